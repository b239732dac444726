import type { CheckedSetup } from '../mail-setup.ts'
import { findSet, type ZoneRecords } from '../read-records.ts'
import { mxRule, serviceRule, webNameRule } from './where-to.ts'
import type { Rule, Wanted } from './rule.ts'

/** What the switch will replace must not live long in caches. */
export const shortTtlRule: Rule = (setup, records) => ({
  sets: moved(setup, records).map(({ name, type, before }) => ({
    name,
    type,
    before,
    after: before === undefined ? undefined : { ...before, ttl: Math.min(before.ttl, setup.ttl.moving) },
    reason: 'Resolvers forget it soon after the switch.',
  })),
})

/** Once nothing moves any more, a long TTL spares everybody look-ups. Only what points to the new server is touched. */
export const settledTtlRule: Rule = (setup, records) => ({
  sets: moved(setup, records)
    .filter(({ before, after }) => before !== undefined && after !== undefined)
    .map(({ name, type, before }) => ({
      name,
      type,
      before,
      after: before === undefined ? undefined : { ...before, ttl: Math.max(before.ttl, setup.ttl.settled) },
      reason: 'Nothing moves any more.',
    })),
})

function moved(setup: CheckedSetup, records: ZoneRecords): readonly Wanted[] {
  return [mxRule, webNameRule, serviceRule]
    .flatMap((rule) => rule(setup, records).sets)
    .filter(({ name, type }) => findSet(records.sets, name, type) !== undefined)
}
