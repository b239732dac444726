import { type CheckedSetup, checkSetup, type MailSetup } from './mail-setup.ts'
import { isWithin } from './name.ts'
import { type DnsProblem, zoneProblems } from './problems.ts'
import type { ZoneRecords } from './read-records.ts'
import { type RecordSet, sameRecords } from './record.ts'
import { dkimRule, dmarcRule, oldKeyRule } from './rules/keys-and-policy.ts'
import type { Rule, Wanted } from './rules/rule.ts'
import { settledTtlRule, shortTtlRule } from './rules/lifetime.ts'
import { spfRule, spfWithoutOldRule } from './rules/spf-rule.ts'
import { mxRule, serviceRule, tlsaRule, webNameRule } from './rules/where-to.ts'
import type { SetChange } from './wire/update.ts'

/**
 * - `prepare` days before: the new server's key and right to send; TTLs lowered
 * - `switch` the MX, and what leads mail programs to the server
 * - `settle` afterwards: TTLs raised again
 * - `retire` the old server no longer sends: its part of SPF and its key go
 */
export type DnsPhase = 'prepare' | 'switch' | 'settle' | 'retire'

/** One set of records that changes, and why. */
export interface DnsChange extends SetChange {
  readonly reason: string
}

/** What one phase does to the DNS of one domain; plain data. */
export interface DnsPlan {
  readonly zone: string
  readonly domain: string
  readonly phase: DnsPhase
  /** In the order in which they are sent. Empty: everything is as wanted. */
  readonly changes: readonly DnsChange[]
  /** What is as wanted already, and why it is wanted. */
  readonly kept: readonly { readonly set: RecordSet; readonly reason: string }[]
  readonly problems: readonly DnsProblem[]
  /** How long resolvers may still hold what these changes replace, in seconds. */
  readonly waitSeconds: number
}

const RULES: Readonly<Record<DnsPhase, readonly Rule[]>> = {
  prepare: [dkimRule, spfRule, dmarcRule, tlsaRule, shortTtlRule],
  switch: [mxRule, webNameRule, serviceRule],
  settle: [settledTtlRule],
  retire: [spfWithoutOldRule, oldKeyRule],
}

/**
 * What a phase changes, as data. Pure: the same records and setup give the same plan, and what a plan wants is no longer
 * in the plan that is made of its outcome.
 * @throws {CutoverError} `name` when a name in the setup cannot be used
 */
export function planDns(records: ZoneRecords, setup: MailSetup, phase: DnsPhase): DnsPlan {
  const checked = checkSetup(setup)
  const found = RULES[phase].map((rule) => rule(checked, records))
  const wanted = found.flatMap(({ sets }) => sets)
  const changes = wanted.filter((set) => isChange(set))
  const kept = wanted.flatMap(({ after, reason, ...set }) =>
    after === undefined || isChange({ ...set, after, reason }) ? [] : [{ set: after, reason }],
  )
  const ttls = changes.map(({ before }) => before?.ttl ?? 0)
  return {
    zone: records.zone,
    domain: checked.domain,
    phase,
    changes,
    kept,
    problems: [
      ...zoneProblems(records),
      ...outside(checked, records.zone),
      ...found.flatMap(({ problems = [] }) => problems),
    ],
    waitSeconds: Math.max(0, ...ttls),
  }
}

/** The plan that takes another one back, as long as nobody has changed the sets since. */
export function invertPlan(plan: DnsPlan, reason: string): DnsPlan {
  const changes = plan.changes
    .map(({ name, type, before, after }) => ({ name, type, before: after, after: before, reason }))
    .toReversed()
  const waitSeconds = Math.max(0, ...changes.map(({ before }) => before?.ttl ?? 0))
  return { ...plan, changes, kept: [], problems: [], waitSeconds }
}

function isChange({ before, after }: Wanted): boolean {
  if (before === undefined || after === undefined) return before !== after
  return before.ttl !== after.ttl || !sameRecords(before, after)
}

function outside({ domain }: CheckedSetup, zone: string): readonly DnsProblem[] {
  if (isWithin(domain, zone)) return []
  return [{ code: 'outside-zone', message: `${domain} does not lie in the zone ${zone}.`, blocking: true }]
}
