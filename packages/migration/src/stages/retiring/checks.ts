import { readQueue } from '@iteg/old-server'
import { z } from 'zod'
import type { Ledger } from '../../ledger/ledger.ts'
import type { LoginUsage } from '../notifying/login-usage.ts'
import { readLoginUsage } from '../notifying/login-usage.ts'
import { loadInventory } from '../inventory.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { movingMailboxes } from '../chosen-mailboxes.ts'
import { runnerFor } from '../runner-for.ts'
import { asSentence } from '../sentence.ts'
import type { RetireCheck } from './retire-report.ts'

export const DAY_MS = 24 * 60 * 60_000
/** A month, whichever it is. */
const MONTH_DAYS = 31
/** Older knowledge than this is none of today. */
const FRESH_DAYS = 2
const SHOWN = 20

type Finding = Omit<RetireCheck, 'at'>

/** Every domain of the inventory and of the ledger; each must have come to the end of its cut-over. */
export async function movedCheck(
  migration: Migration,
  ledger: Ledger,
  domains: readonly string[],
  options: StageOptions,
): Promise<Finding> {
  const { domains: hosted } = await loadInventory(migration, options)
  const names = [...new Set([...domains, ...hosted.map(({ domain }) => domain)])].toSorted()
  const left: string[] = []
  for (const domain of names) {
    const isDone = (await ledger.stages.latestDone(domain, 'cutover')) !== undefined
    if (!isDone || (await ledger.lastDeltas.get(domain)) === undefined) left.push(domain)
  }
  const ok = left.length === 0 && names.length > 0
  return {
    check: 'moved',
    ok,
    message: ok
      ? `All ${names.length} domains of the inventory and the ledger are cut over.`
      : names.length === 0
        ? 'No domain was ever surveyed.'
        : `${left.length} of ${names.length} domains are not cut over: ${left.slice(0, SHOWN).join(', ')}.`,
    evidence: names,
    ...(ok ? {} : { remedy: `mailmove status ${left.slice(0, SHOWN).join(' ')}` }),
  }
}

export async function monthCheck(ledger: Ledger, domains: readonly string[], now: Date): Promise<Finding> {
  const times: { readonly domain: string; readonly at: Date }[] = []
  for (const domain of domains) {
    const delta = await ledger.lastDeltas.get(domain)
    if (delta !== undefined) times.push({ domain, at: delta.verifiedAt })
  }
  const last = times.toSorted((one, other) => other.at.getTime() - one.at.getTime())[0]
  const until = last === undefined ? undefined : new Date(last.at.getTime() + MONTH_DAYS * DAY_MS)
  const ok = until !== undefined && until <= now
  return {
    check: 'month',
    ok,
    message:
      last === undefined
        ? 'No domain is cut over.'
        : `The last one was ${last.domain}, whose last delta was verified on ${day(last.at)}${ok ? '.' : `; a month ends on ${day(until ?? now)}.`}`,
    evidence: times.map(({ domain, at }) => `${domain} ${at.toISOString()}`),
    ...(ok ? {} : { remedy: 'Wait until then.' }),
  }
}

/** Nobody but the master user; and the log must tell of all that time. */
export async function loginsCheck(migration: Migration, options: StageOptions): Promise<Finding> {
  const now = migration.now()
  const { usage, problem } = await readLoginUsage(migration.config, now, options)
  return judgeLogins(usage, problem, migration.config.retire.quietDays, now)
}

/** Pure. */
export function judgeLogins(
  usage: LoginUsage | undefined,
  problem: string | undefined,
  quietDays: number,
  now: Date,
): Finding {
  const check = 'logins'
  if (usage === undefined)
    return {
      check,
      ok: false,
      message: problem ?? 'mailmove was not told where the old server logs its logins (old.loginLog).',
      evidence: [],
      remedy: 'Set old.loginLog to a log that can be read here.',
    }
  const from = new Date(now.getTime() - quietDays * DAY_MS)
  const late = [...usage.mailboxes].flatMap(([user, protocols]) =>
    [...protocols].flatMap(([protocol, at]) => (at >= from ? [{ user, protocol, at }] : [])),
  )
  if (late.length > 0)
    return {
      check,
      ok: false,
      message: `${new Set(late.map(({ user }) => user)).size} mailboxes were opened on the old server in the last ${quietDays} days.`,
      evidence: late
        .slice(0, SHOWN)
        .map(({ user, protocol, at }) => `${user} ${protocol} ${at.toISOString()}`),
      remedy: 'mailmove adopt shows them; ask their users to use the new server.',
    }
  const { reachesBackTo } = usage
  if (reachesBackTo === undefined || reachesBackTo > from)
    return {
      check,
      ok: false,
      message: `Nobody has logged in, but the log begins ${reachesBackTo === undefined ? 'nowhere: it is empty' : `only on ${day(reachesBackTo)}`}; ${quietDays} days are asked for.`,
      evidence: [],
      remedy: 'Keep the log longer, or lower retire.quietDays knowingly.',
    }
  return {
    check,
    ok: true,
    message: `Nobody has logged in for ${quietDays} days (master users left out); the log goes back to ${day(reachesBackTo)}.`,
    evidence: usage.until === undefined ? [] : [`last login of a user: ${usage.until.toISOString()}`],
  }
}

const caughtUp = z.looseObject({
  quietSince: z.string().exactOptional(),
  outcome: z.string(),
  inactive: z.array(z.string()),
  totals: z.looseObject({
    copied: z.number(),
    alreadyThere: z.number(),
    setAside: z.number(),
    excluded: z.number(),
    vanished: z.number(),
    sourceMessages: z.number(),
  }),
})

/** A delivery would lie in an old mailbox, and the next catch-up would find it there. */
export async function deliveriesCheck(
  ledger: Ledger,
  domain: string,
  quietDays: number,
  now: Date,
): Promise<Finding> {
  const run = await ledger.stages.latest(domain, 'catchup')
  const report = run === undefined ? undefined : caughtUp.safeParse(await ledger.stages.report(run.id))
  const remedy = `mailmove catchup ${domain}`
  const no = (message: string, evidence: readonly string[] = []): Finding => ({
    check: 'deliveries',
    domain,
    ok: false,
    message,
    evidence,
    remedy,
  })
  if (run?.endedAt === undefined || report?.success !== true)
    return no('There is no catch-up that came to its end: nobody has looked for late mail.')
  const { quietSince, totals, outcome, inactive } = report.data
  const { copied, alreadyThere, setAside, excluded, vanished, sourceMessages } = totals
  const sums = `${sourceMessages} messages: ${copied} copied, ${alreadyThere} there, ${setAside} set aside, ${excluded} left out, ${vanished} vanished`
  const evidence = [
    `catch-up of ${run.endedAt.toISOString()}: ${sums}`,
    ...(inactive.length === 0 ? [] : [`not looked at, switched off: ${inactive.join(', ')}`]),
  ]
  if (outcome === 'partial' || outcome === 'failed')
    return no('The last catch-up could not look everywhere.', evidence)
  if (copied + alreadyThere + setAside + excluded + vanished !== sourceMessages)
    return no('The sums of the last catch-up do not match.', evidence)
  if (now.getTime() - run.endedAt.getTime() > FRESH_DAYS * DAY_MS)
    return no(`The last catch-up is of ${day(run.endedAt)}: too long ago.`, evidence)
  const since = quietSince === undefined ? undefined : new Date(quietSince)
  if (since === undefined || now.getTime() - since.getTime() < quietDays * DAY_MS)
    return no(
      since === undefined
        ? 'The last catch-up found messages that had come late.'
        : `Nothing came since ${day(since)}; ${quietDays} days are asked for.`,
      evidence,
    )
  return {
    check: 'deliveries',
    domain,
    ok: true,
    message: `Nothing has come into its old mailboxes since ${day(since)}; last looked ${day(run.endedAt)}.`,
    evidence,
  }
}

/** Read from the ledger with its digest, so that what is there is what was compared. */
export async function verifiedCheck(migration: Migration, ledger: Ledger, domain: string): Promise<Finding> {
  const moving = movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))
  const evidence: string[] = []
  const missing: string[] = []
  for (const { address } of moving) {
    const green = (await ledger.verifyReports.list(domain, { mailbox: address })).find(
      (report) => report.green,
    )
    if (green === undefined) {
      missing.push(address)
      continue
    }
    // Rejects when it no longer fits its digest.
    await ledger.verifyReports.read(green.id)
    evidence.push(`${address} ${green.at.toISOString()} ${green.digest}`)
  }
  const ok = missing.length === 0
  return {
    check: 'verified',
    domain,
    ok,
    message: ok
      ? `Each of its ${moving.length} mailboxes has a frozen report without an unexplained difference; the digests fit.`
      : `Without a green frozen report: ${missing.slice(0, SHOWN).join(', ')}.`,
    evidence,
    ...(ok ? {} : { remedy: `mailmove verify ${domain}` }),
  }
}

export async function queueCheck(
  { config }: Migration,
  domains: readonly string[],
  options: StageOptions,
): Promise<Finding> {
  const { relay, run, commands } = config.old
  const directory = relay?.kind === 'postfix' ? relay.directory : '/etc/postfix'
  const remedy = 'Look at it with postqueue -p on the old server, and let mailmove run it there (old.run).'
  try {
    const runner = runnerFor(run, commands)
    const { messages, reasons } = await readQueue(runner, directory, domains, { signal: options.signal })
    const ok = messages === 0
    return {
      check: 'queue',
      ok,
      message: ok
        ? `postqueue on ${runner.where} shows nothing for these domains.`
        : `${messages} messages wait in the queue on ${runner.where}.`,
      evidence: reasons,
      ...(ok ? {} : { remedy: 'Find out what holds them (postqueue -p), and wait until they are gone.' }),
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    const reason = error instanceof Error ? error.message : 'unknown reason'
    return {
      check: 'queue',
      ok: false,
      message: asSentence(`Its queue cannot be seen: ${reason}`),
      evidence: [],
      remedy,
    }
  }
}

const day = (at: Date): string => at.toISOString().slice(0, 10)
