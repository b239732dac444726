import type { CheckedSetup } from '../mail-setup.ts'
import type { DnsProblem } from '../problems.ts'
import { findSet, type ZoneRecords } from '../read-records.ts'
import { textOf, txtRecord } from '../record.ts'
import { addressMechanism, isSpf, lookups, withMechanisms, withoutMechanisms } from '../spf.ts'
import { type Rule, type Ruling, want } from './rule.ts'

/** Both servers may send: the new one by name, the old one by address, since `mx` no longer means it after the switch. */
export const spfRule: Rule = (setup, records) => {
  const both = [`a:${setup.mailHost}`, ...setup.oldAddresses.map(addressMechanism)]
  return rule(
    setup,
    records,
    (policy) => withMechanisms(policy, both),
    'Both servers may send for the domain until the old one is switched off (SPF, RFC 7208).',
  )
}

export const spfWithoutOldRule: Rule = (setup, records) =>
  rule(
    setup,
    records,
    (policy) =>
      policy === undefined ? undefined : withoutMechanisms(policy, setup.oldAddresses.map(addressMechanism)),
    'The old server no longer sends (SPF, RFC 7208).',
  )

function rule(
  setup: CheckedSetup,
  records: ZoneRecords,
  change: (policy: string | undefined) => string | undefined,
  reason: string,
): Ruling {
  const present = findSet(records.sets, setup.domain, 'TXT')?.records ?? []
  const policies = present.map(textOf).filter(isSpf)
  if (policies.length > 1) return { sets: [], problems: [twice(setup.domain)] }
  const policy = change(policies[0])
  // What else stands there belongs to others and stays, cut into strings as it was.
  const others = present.filter((data) => !isSpf(textOf(data)))
  const own = present.find((data) => isSpf(textOf(data)) && textOf(data) === policy)
  const wanted = policy === undefined ? others : [...others, own ?? txtRecord(policy)]
  const count = policy === undefined ? 0 : lookups(policy)
  return {
    sets: [want(setup, records, { name: setup.domain, type: 'TXT' }, wanted, reason)],
    problems: count > 10 ? [tooMany(setup.domain, count)] : [],
  }
}

function twice(domain: string): DnsProblem {
  return {
    code: 'spf-twice',
    message: `${domain} has more than one SPF record; receivers take that for an error. Join them into one by hand.`,
    blocking: true,
  }
}

function tooMany(domain: string, count: number): DnsProblem {
  return {
    code: 'spf-lookups',
    message: `The SPF record of ${domain} makes receivers ask the DNS ${count} times; more than 10 is an error.`,
    blocking: false,
  }
}
