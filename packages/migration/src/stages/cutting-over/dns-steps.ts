import { setTimeout as pause } from 'node:timers/promises'
import {
  applyDns,
  type DnsChange,
  type DnsPhase,
  type DnsPlan,
  type DnsVerdict,
  formatServer,
  formatSet,
  invertPlan,
  manualChanges,
  planDns,
  type RecordSet,
  verifyDns,
} from '@iteg/cutover'
import { z } from 'zod'
import { domainSettings } from '../ascii-names.ts'
import { GateError } from '../errors.ts'
import { askingDns, readZones, resolversOf, type ZoneView } from './dns-context.ts'
import { joinSwitch, keptSwitch } from './kept-switch.ts'
import { recorded } from './recorded-write.ts'
import type { CutoverContext, CutoverStep, StepResult } from './step.ts'

const DEFAULT_DNS_TIMEOUT_MS = 2 * 60_000

/** Days before: receivers must know mailcow's key and its right to send, and resolvers must forget the MX soon. */
export const dnsPrepare: CutoverStep = {
  name: 'dns-prepare',
  title: 'DNS prepared: mailcow may send for the domain, TTLs are low',
  run: async (context) => {
    const plans = await plansFor(context, 'prepare')
    assertPossible(context, plans)
    if (plans.every(({ changes }) => changes.length === 0))
      return waitFor(context, 'Everything is published.')
    if (context.options.dryRun === true)
      return { outcome: 'planned', message: 'These records will be written:', lines: linesOf(plans) }
    if (!isOurs(context))
      // It hinders nothing: once the old server relays, no message depends on what resolvers remember.
      return {
        outcome: 'open',
        message: 'The DNS is kept by somebody else, who should change:',
        lines: linesOf(plans),
      }
    const seconds = Math.max(...plans.map(({ waitSeconds }) => waitSeconds))
    // Before the first record is written: killed in between, the old TTLs are waited for all the same.
    const until = new Date(context.migration.now().getTime() + seconds * 1000)
    await context.ledger.cutoverSteps.keep(context.domain, context.way, 'dns-prepare', {
      until: until.toISOString(),
    })
    await write(context, plans)
    return {
      outcome: seconds === 0 ? 'done' : 'waiting',
      message: `${countOf(plans)} records written${seconds === 0 ? '.' : '; resolvers may still hold the old ones.'}`,
      detail: { until: until.toISOString() },
      ...(seconds === 0 ? {} : { until }),
    }
  },
}

/** Last of all: whatever resolvers still remember, the old server hands it on. */
export const mx: CutoverStep = {
  name: 'mx',
  title: 'MX, autoconfig and SRV lead to mailcow',
  run: async (context) => {
    const plans = await plansFor(context, 'switch')
    assertPossible(context, plans)
    if (context.options.dryRun !== true && isOurs(context)) await keepForWayBack(context, plans)
    return redirect(context, plans)
  },
}

export const mxSeen: CutoverStep = {
  name: 'mx-seen',
  title: 'Every name server answers with it',
  run: async (context) => {
    if (context.options.dryRun === true)
      return { outcome: 'planned', message: 'Every name server and resolver will be asked.' }
    const until = Date.now() + (context.options.dnsTimeoutMs ?? DEFAULT_DNS_TIMEOUT_MS)
    for (;;) {
      const verdicts = await Promise.all((await zonesOf(context)).map((view) => verdictOn(context, view)))
      const late = verdicts.flatMap(({ servers }) => servers.filter(({ verdict }) => verdict !== 'agrees'))
      const wrong = late.filter(({ kind }) => kind === 'authoritative')
      if (late.length === 0) return { outcome: 'done', message: 'All of them, and the resolvers too.' }
      const names = [
        ...new Set(late.map(({ server, verdict }) => `${formatServer(server)} (${verdict})`)),
      ].join(', ')
      if (Date.now() >= until)
        return wrong.length === 0
          ? {
              outcome: 'open',
              message: `All of them; resolvers still remember the old answer: ${names}. The old server hands on what comes.`,
            }
          : { outcome: 'waiting', message: `Not yet: ${names}. The old server hands on what comes.` }
      await pause(
        1000,
        undefined,
        context.options.signal === undefined ? {} : { signal: context.options.signal },
      )
    }
  },
}

/** Before the first record is written: killed in between, the way back is known all the same. */
async function keepForWayBack(context: CutoverContext, plans: readonly DnsPlan[]): Promise<void> {
  if (plans.every(({ changes }) => changes.length === 0)) return
  const earlier = (await switchOf(context)) ?? []
  const detail = { plans: joinSwitch(earlier, plans) }
  await context.ledger.cutoverSteps.keep(context.domain, 'forward', 'mx', detail)
}

async function switchOf({ ledger, domain }: CutoverContext): Promise<readonly DnsPlan[] | undefined> {
  const steps = await ledger.cutoverSteps.list(domain, 'forward')
  return keptSwitch(steps.find(({ step }) => step === 'mx')?.detail)
}

/** What the switch has replaced stands again, set by set, where nobody has changed it since. */
export const mxBack: CutoverStep = {
  name: 'mx-back',
  title: 'MX, autoconfig and SRV lead to the old server again',
  run: async (context) => {
    const done = await switchOf(context)
    if (done === undefined) return { outcome: 'unchanged', message: 'mailmove has not changed them.' }
    const zones = await zonesOf(context)
    const plans = done.map((plan) => {
      const inverse = invertPlan(plan, 'The old server delivers again.')
      const records = zones.find(({ records: { zone } }) => zone === plan.zone)?.records.sets ?? []
      // Only what still is as the switch left it: the rest is somebody else's, or back already.
      const changes = inverse.changes.filter((change) => isAsLeft(change, records))
      return { ...inverse, changes }
    })
    return redirect(context, plans)
  },
}

/** Forth or back: writes what leads to another server, or says who has to. */
async function redirect(context: CutoverContext, plans: readonly DnsPlan[]): Promise<StepResult> {
  if (plans.every(({ changes }) => changes.length === 0)) return { outcome: 'unchanged', message: 'They do.' }
  const lines = linesOf(plans)
  if (context.options.dryRun === true)
    return { outcome: 'planned', message: 'These records will be written:', lines }
  if (!isOurs(context))
    return { outcome: 'waiting', message: 'The DNS is kept by somebody else, who has to change:', lines }
  await write(context, plans)
  return { outcome: 'done', message: `${countOf(plans)} records written.` }
}

function isAsLeft({ name, type, before }: DnsChange, sets: readonly RecordSet[]): boolean {
  const found = sets.find((set) => set.name === name && set.type === type)
  return textOf(found) === textOf(before)
}

function textOf(set: RecordSet | undefined): string {
  return set === undefined ? '' : formatSet(set).join('\n')
}

const waited = z.looseObject({ until: z.string() })

/** TTLs that were lowered before take their old length to be forgotten. */
async function waitFor(context: CutoverContext, message: string): Promise<StepResult> {
  const steps = await context.ledger.cutoverSteps.list(context.domain, 'forward')
  const detail = waited.safeParse(steps.find(({ step }) => step === 'dns-prepare')?.detail)
  const until = detail.success ? new Date(detail.data.until) : undefined
  if (until === undefined || until <= context.migration.now() || context.options.dryRun === true)
    return { outcome: 'unchanged', message }
  return {
    outcome: 'waiting',
    message: 'Resolvers may still hold the old records.',
    until,
    detail: { until: until.toISOString() },
  }
}

async function zonesOf(context: CutoverContext): Promise<readonly ZoneView[]> {
  const { aliasDomains } = (await context.facts()).inventory.domain
  return readZones(context.migration, context.domain, aliasDomains, context.options)
}

async function plansFor(context: CutoverContext, phase: DnsPhase): Promise<readonly DnsPlan[]> {
  return (await zonesOf(context)).map(({ records, setup }) => planDns(records, setup, phase))
}

/** Both in one: what the switch wants is either written or to be written, and that is what everybody shall see. */
async function verdictOn(context: CutoverContext, { zone, records, setup }: ZoneView): Promise<DnsVerdict> {
  const plan = planDns(records, setup, 'switch')
  return askingDns(context.options, () =>
    verifyDns(plan, zone, resolversOf(context.migration.config), { signal: context.options.signal }),
  )
}

function isOurs({ migration, domain }: CutoverContext): boolean {
  return domainSettings(migration.config, domain).dns === 'ours' && migration.config.dns.kind === 'rfc2136'
}

async function write(context: CutoverContext, plans: readonly DnsPlan[]): Promise<void> {
  const { dns } = context.migration.config
  if (dns.kind !== 'rfc2136') return
  const { server: host, port, key } = dns
  const target = { server: { host, port }, key: { ...key, secret: key.secret.reveal() } }
  for (const plan of plans) {
    if (plan.changes.length === 0) continue
    const payload = plan.changes.map(({ name, type, after }) => ({ name, type, after }))
    await recorded(context, { system: 'dns', operation: plan.phase, item: plan.domain, payload }, () =>
      askingDns({}, () => applyDns(plan, target)),
    )
  }
}

function assertPossible({ domain }: CutoverContext, plans: readonly DnsPlan[]): void {
  const problems = plans.flatMap((plan) => plan.problems.filter(({ blocking }) => blocking))
  if (problems.length === 0) return
  throw new GateError(problems.map(({ message }) => message).join(' '), {
    domains: [domain],
    hint: 'Correct the zone, then run mailmove cutover again; nothing was changed.',
  })
}

const countOf = (plans: readonly DnsPlan[]): number =>
  plans.reduce((sum, { changes }) => sum + changes.length, 0)

/** As a zone file has them, each with its reason. */
function linesOf(plans: readonly DnsPlan[]): readonly string[] {
  return plans.flatMap((plan) =>
    manualChanges(plan).flatMap(({ reason, remove, add }) => [
      `; ${reason}`,
      ...remove.map((line) => `- ${line}`),
      ...add.map((line) => `+ ${line}`),
    ]),
  )
}
