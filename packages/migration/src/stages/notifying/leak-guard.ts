import type { LimitFunction } from 'p-limit'
import type { Ledger } from '../../ledger/ledger.ts'
import { ServerError } from '../errors.ts'
import { readOldScripts } from '../exporting/old-scripts.ts'
import { type Finding, isBlocking } from '../finding.ts'
import { limitedAll } from '../limited-all.ts'
import type { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { reportedFinding } from '../recorded-findings.ts'
import { guardFindings, isGuardCode, NOTICE_SCOPE } from './guard.ts'
import { loginLogFindings } from './login-findings.ts'
import type { MailboxFacts, NoticeFacts } from './notice-facts.ts'
import { senderOf } from './sender.ts'
import { sieveOutcome, type SieveOutcome } from './sieve-outcome.ts'

/** What the guard found out about a domain's mailboxes. */
export interface GuardReport {
  readonly findings: readonly Finding[]
  /** Red and not accepted: no mail to this one, a letter instead. */
  readonly blocking: ReadonlyMap<string, readonly Finding[]>
  /** Accepted: the mail goes, and a letter is written as well. */
  readonly accepted: ReadonlyMap<string, readonly Finding[]>
}

export interface GuardOptions extends StageOptions {
  /** Of our mail, as a rule of a script would see it. */
  readonly subjectFor: (mailbox: MailboxFacts) => string
  readonly limit: LimitFunction
  readonly logins: LoginGuard
  /** False in a dry run: nothing is recorded, and what was accepted before still counts. */
  readonly record: boolean
}

/**
 * Looks for mailboxes where a mail of ours would leak or not be seen: forwards without a copy (aliases and Sieve), rules that
 * throw it away, full ones, and those that nobody opens. Reads the active scripts afresh; writes to no server.
 */
export async function leakGuard(
  migration: Migration,
  ledger: Ledger,
  facts: NoticeFacts,
  mailboxes: readonly MailboxFacts[],
  options: GuardOptions,
): Promise<GuardReport> {
  const { domain, logins } = facts
  let away: string | undefined
  const found = await limitedAll(options.limit, mailboxes, async (mailbox) => {
    options.signal?.throwIfAborted()
    const read = await activeScript(migration, mailbox.address, away, options)
    away ??= read.away
    const mail = {
      from: senderOf(facts.notify.from).address,
      to: mailbox.address,
      subject: read.script === undefined ? '' : options.subjectFor(mailbox),
    }
    const sieve: SieveOutcome | undefined =
      read.script === undefined ? undefined : sieveOutcome(read.script, mail)
    const findings = [
      ...guardFindings({ domain, mailbox, sieve, usage: logins.usage }),
      ...(read.problem === undefined ? [] : [unread(domain, mailbox.address, read.problem)]),
    ]
    return { scope: `${NOTICE_SCOPE}:${mailbox.address}`, findings }
  })
  const general: Finding[] = [
    ...(away === undefined ? [] : [unread(domain, undefined, away)]),
    ...loginLogFindings(domain, logins),
  ]
  const all = [{ scope: NOTICE_SCOPE, findings: general }, ...found]
  const findings = await (options.record ? recorded(ledger, domain, all) : compared(ledger, domain, all))
  return {
    findings,
    blocking: byMailbox(findings.filter((finding) => isGuardCode(finding.code) && isBlocking(finding))),
    accepted: byMailbox(
      findings.filter((finding) => isGuardCode(finding.code) && finding.accepted !== undefined),
    ),
  }
}

type Scoped = readonly { readonly scope: string; readonly findings: readonly Finding[] }[]

async function recorded(ledger: Ledger, domain: string, all: Scoped): Promise<readonly Finding[]> {
  const before = new Set((await ledger.findings.list(domain)).map(({ scope }) => scope))
  const found: Finding[] = []
  for (const { scope, findings } of all) {
    // Nothing then, nothing now: no need to write it down.
    if (findings.length === 0 && !before.has(scope)) continue
    found.push(...(await ledger.findings.replace(domain, scope, findings)).map(reportedFinding))
  }
  return found
}

async function compared(ledger: Ledger, domain: string, all: Scoped): Promise<readonly Finding[]> {
  const known = (await ledger.findings.list(domain)).map(reportedFinding)
  return all
    .flatMap(({ findings }) => findings)
    .map(
      (finding) =>
        known.find(
          ({ code, item, accepted }) =>
            accepted !== undefined && code === finding.code && item === finding.item,
        ) ?? finding,
    )
}

function byMailbox(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  return Map.groupBy(findings, ({ item = '' }) => item)
}

interface ActiveScript {
  readonly script?: Uint8Array
  readonly problem?: string
  /** The server of the scripts cannot be asked at all. */
  readonly away?: string
}

async function activeScript(
  migration: Migration,
  mailbox: string,
  away: string | undefined,
  options: GuardOptions,
): Promise<ActiveScript> {
  if (away !== undefined) return {}
  try {
    const found = await readOldScripts(migration, mailbox, options.logins, options)
    if ('failure' in found)
      return found.failure.code === 'old-home-missing' ? {} : { problem: found.failure.message }
    const active = found.scripts.find((script) => script.active)
    return active === undefined ? {} : { script: active.content }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return { away: error.message }
  }
}

function unread(domain: string, mailbox: string | undefined, message: string): Finding {
  return {
    code: 'filters-unread',
    severity: 'yellow',
    domain,
    ...(mailbox === undefined ? {} : { item: mailbox }),
    message,
    remedy:
      'Whether Sieve scripts forward our mail or throw it away is not known: look at them on the old server.',
  }
}
