import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyAction, emptyState, type ModelState, ownershipOf } from '../../../test/planner-model.ts'
import { STAGED_FLAGS } from './domain.ts'
import { planProvision } from './planner.ts'
import { forwardScript } from './sieve-forward.ts'
import { MIB } from './quota.ts'
import type { DesiredDomain } from './desired.ts'

const LOCAL_PARTS = ['anna', 'bob', 'chef', 'office', 'info', 'sales', 'o+b', "d'arc"]
const address = fc.constantFrom(...LOCAL_PARTS).map((name) => `${name}@example.at`)
const target = fc.oneof(address, fc.constantFrom('x@example.net', 'y@example.org'))
const quota = fc.integer({ min: 1, max: 200_000 }).map((count) => count * MIB)

const desiredArbitrary: fc.Arbitrary<DesiredDomain> = fc
  .record({
    hosts: fc.uniqueArray(fc.constantFrom('192.0.2.10', '192.0.2.11', '2001:db8::1'), { minLength: 1 }),
    nexthop: fc.constantFrom('[old.example]:25', '[192.0.2.10]:2525'),
    names: fc.uniqueArray(fc.constantFrom(...LOCAL_PARTS)),
    split: fc.nat({ max: LOCAL_PARTS.length }),
    quotas: fc.array(quota, { minLength: LOCAL_PARTS.length, maxLength: LOCAL_PARTS.length }),
    targets: fc.array(fc.uniqueArray(target, { minLength: 1, maxLength: 4 }), {
      minLength: LOCAL_PARTS.length,
      maxLength: LOCAL_PARTS.length,
    }),
    flags: fc.array(
      fc.record({ forwards: fc.boolean(), keeps: fc.boolean(), announced: fc.constant(false) }),
      {
        minLength: LOCAL_PARTS.length,
        maxLength: LOCAL_PARTS.length,
      },
    ),
    defaultQuota: quota,
    display: fc.string({ maxLength: 5 }),
  })
  .map(({ hosts, nexthop, names, split, quotas, targets, flags, defaultQuota, display }) => ({
    domain: 'example.at',
    description: 'moved',
    forwardingHosts: hosts,
    nexthop,
    defaultMailboxQuotaBytes: defaultQuota,
    mailboxes: names.slice(0, split).map((name, index) => ({
      address: `${name}@example.at`,
      name: display,
      quotaBytes: quotas[index] ?? MIB,
      password: 'own' as const,
      announced: flags[index]?.announced ?? false,
    })),
    aliases: names.slice(split).map((name, index) => ({
      address: `${name}@example.at`,
      targets: targets[index] ?? [],
      active: false,
      senderAllowed: true,
    })),
    forwards: names.slice(0, split).flatMap((name, index) => {
      const flag = flags[index]
      if (flag?.forwards !== true) return []
      const to = targets[index] ?? []
      return [
        {
          mailbox: `${name}@example.at`,
          targets: to,
          keepCopy: flag.keeps,
          script: forwardScript(to, flag.keeps),
        },
      ]
    }),
  }))

function carryOut(state: ModelState, desired: DesiredDomain): ModelState {
  const { actions } = planProvision(desired, state.mailcow, ownershipOf(state), 'staged')
  return actions.reduce(applyAction, state)
}

describe('planProvision', () => {
  it('has nothing left to do once its plan is carried out, from any state that earlier plans left', () => {
    fc.assert(
      fc.property(fc.array(desiredArbitrary, { minLength: 1, maxLength: 4 }), (wishes) => {
        const state = wishes.reduce(carryOut, emptyState())
        const last = wishes.at(-1)
        if (last === undefined) return
        const again = planProvision(last, state.mailcow, ownershipOf(state), 'staged')
        expect(again.actions).toEqual([])
      }),
    )
  })

  it('has nothing left to do after it was stopped at any action and started again', () => {
    fc.assert(
      fc.property(desiredArbitrary, fc.nat(), (desired, at) => {
        const { actions } = planProvision(desired, emptyState().mailcow, ownershipOf(emptyState()), 'staged')
        const stopped = actions.slice(0, at % (actions.length + 1)).reduce(applyAction, emptyState())
        const state = carryOut(stopped, desired)
        expect(state.mailcow).toEqual(carryOut(emptyState(), desired).mailcow)
        expect(planProvision(desired, state.mailcow, ownershipOf(state), 'staged').actions).toEqual([])
      }),
    )
  })

  it('makes exactly what is wanted, with limits that mailcow accepts at every step', () => {
    fc.assert(
      fc.property(desiredArbitrary, (desired) => {
        // applyAction throws where mailcow would refuse: limits, order, an address that is taken.
        const { mailcow } = carryOut(emptyState(), desired)
        expect(mailcow.mailboxes.map((mailbox) => [mailbox.address, mailbox.quotaBytes])).toEqual(
          desired.mailboxes.map((mailbox) => [mailbox.address, mailbox.quotaBytes]),
        )
        expect(mailcow.aliases.map((alias) => [alias.address, alias.active])).toEqual(
          desired.aliases.map((alias) => [alias.address, false]),
        )
        expect(mailcow.filters.map((filter) => filter.mailbox)).toEqual(
          desired.forwards.map((forward) => forward.mailbox),
        )
        expect(mailcow.domain).toMatchObject(STAGED_FLAGS)
      }),
    )
  })

  it('never touches what is not ours, whatever is there', () => {
    fc.assert(
      fc.property(desiredArbitrary, desiredArbitrary, (theirs, ours) => {
        const before = { ...carryOut(emptyState(), theirs), made: new Set<string>(['domain:example.at']) }
        const after = carryOut(before, ours)
        for (const mailbox of before.mailcow.mailboxes)
          expect(after.mailcow.mailboxes).toContainEqual(mailbox)
        for (const alias of before.mailcow.aliases) expect(after.mailcow.aliases).toContainEqual(alias)
        for (const filter of before.mailcow.filters) expect(after.mailcow.filters).toContainEqual(filter)
      }),
    )
  })

  const base: DesiredDomain = {
    domain: 'example.at',
    description: 'moved',
    forwardingHosts: ['192.0.2.10'],
    nexthop: '[old.example]:25',
    defaultMailboxQuotaBytes: MIB,
    mailboxes: [],
    aliases: [],
    forwards: [],
  }
  const anna = {
    address: 'anna@example.at',
    name: 'Anna',
    quotaBytes: 5 * MIB,
    password: 'own' as const,
    announced: false,
  }

  it('orders: forwarding host and transport before the domain, limits before mailboxes', () => {
    const { actions } = planProvision(
      { ...base, mailboxes: [anna] },
      emptyState().mailcow,
      ownershipOf(emptyState()),
      'staged',
    )
    expect(actions.map((action) => action.kind)).toEqual([
      'add-forwarding-host',
      'add-transport',
      'add-domain',
      'add-mailbox',
    ])
  })

  it('leaves name, and a larger quota, to a user who was announced', () => {
    const state = carryOut(emptyState(), { ...base, mailboxes: [anna] })
    const wish = { ...anna, name: 'other', quotaBytes: 3 * MIB, announced: true }
    const plan = planProvision({ ...base, mailboxes: [wish] }, state.mailcow, ownershipOf(state), 'staged')
    expect(plan.actions).toEqual([])
  })

  it('raises the quota of a user who was announced', () => {
    const state = carryOut(emptyState(), { ...base, mailboxes: [anna] })
    const wish = { ...anna, name: 'other', quotaBytes: 9 * MIB, announced: true }
    const plan = planProvision({ ...base, mailboxes: [wish] }, state.mailcow, ownershipOf(state), 'staged')
    expect(plan.actions).toEqual([
      { kind: 'edit-mailbox', item: anna.address, changes: { quotaBytes: 9 * MIB } },
    ])
  })

  it('stops at a domain that is not ours, and at one that is an alias domain', () => {
    const state = { ...carryOut(emptyState(), base), made: new Set<string>() }
    const foreign = planProvision({ ...base, mailboxes: [anna] }, state.mailcow, ownershipOf(state), 'staged')
    expect(foreign.conflicts.map((conflict) => conflict.kind)).toEqual(['transport-exists', 'domain-exists'])
    expect(foreign.actions).toEqual([])
    const alias = { ...emptyState().mailcow, aliasDomainOf: 'other.at' }
    const plan = planProvision(base, alias, ownershipOf(emptyState()), 'staged')
    expect(plan.conflicts.map((conflict) => conflict.kind)).toEqual(['domain-is-alias-domain'])
  })

  it('touches neither flags nor transport nor alias states once mailcow is final', () => {
    const info = {
      address: 'info@example.at',
      targets: ['anna@example.at'],
      active: false,
      senderAllowed: true,
    }
    const wish = { ...base, mailboxes: [anna], aliases: [info] }
    const staged = carryOut(emptyState(), wish)
    const domain = staged.mailcow.domain
    const final: ModelState = {
      ...staged,
      mailcow: {
        ...staged.mailcow,
        transports: [],
        domain: domain && { ...domain, relay: false, relayAllRecipients: false },
        aliases: staged.mailcow.aliases.map((alias) => ({ ...alias, active: true })),
      },
    }
    expect(planProvision(wish, final.mailcow, ownershipOf(final), 'final').actions).toEqual([])
  })
})
