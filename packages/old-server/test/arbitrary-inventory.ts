import * as fc from 'fast-check'
import { canonicalInventory } from '../src/canonical.ts'
import type { Address, Inventory, InventoryDomain, Mailbox } from '../src/model.ts'
import type { Target } from '../src/target.ts'

const origin = { file: 'generated' }

/** Few names, so that aliases meet, and with them circles, duplicates and dead ends. */
const localPart = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'a+x', 'b+x', 'c+y')
const hostedDomain = fc.constantFrom('one.example', 'two.example')
const aliasDomain = 'alias.example'
const anyDomain = fc.oneof(hostedDomain, fc.constant(aliasDomain), fc.constant('elsewhere.test'))

/** Addresses that may or may not be listed, in hosted domains, an alias domain or elsewhere. */
export const anyAddress: fc.Arbitrary<string> = fc
  .tuple(fc.oneof(localPart, fc.constantFrom('nobody', 'a+z')), anyDomain)
  .map(([name, domain]) => `${name}@${domain}`)

const addressTarget: fc.Arbitrary<Target> = fc.oneof(
  { weight: 12, arbitrary: anyAddress.map((address) => ({ kind: 'external' as const, address })) },
  { weight: 1, arbitrary: hostedDomain.map((domain) => ({ kind: 'domain' as const, domain })) },
)

const row = (domain: fc.Arbitrary<string>, target: fc.Arbitrary<Target>): fc.Arbitrary<Address> =>
  fc
    .record({
      name: fc.oneof({ weight: 10, arbitrary: localPart }, { weight: 1, arbitrary: fc.constant('') }),
      domain,
      targets: fc.array(target, { minLength: 1, maxLength: 3 }),
    })
    .map(({ name, domain: of, targets }) => ({ address: `${name}@${of}`, targets, active: true, origin }))

/** An inventory in which everything is switched on and every target is an address: what a virtual alias map can say. */
export const activeInventory: fc.Arbitrary<Inventory> = fc
  .record({
    rows: fc.uniqueArray(row(fc.oneof(hostedDomain, fc.constant(aliasDomain)), addressTarget), {
      selector: ({ address }) => address,
      maxLength: 12,
    }),
    mailboxes: fc.uniqueArray(
      fc.record({ name: localPart, domain: hostedDomain, ownAddress: fc.boolean() }),
      { selector: ({ name, domain }) => `${name}@${domain}`, maxLength: 8 },
    ),
  })
  .map(({ rows, mailboxes }) => {
    const domainOf = (name: string): InventoryDomain => ({
      domain: name,
      active: true,
      mailboxes: mailboxes
        .filter(({ domain }) => domain === name)
        .map(({ name: local, ownAddress }) => ({
          address: `${local}@${name}`,
          quotaBytes: undefined,
          active: true,
          ...(ownAddress ? {} : { ownAddress }),
          origin,
        })),
      addresses: rows.filter(({ address }) => {
        const domain = address.slice(address.lastIndexOf('@') + 1)
        return domain === name || (name === 'one.example' && domain === aliasDomain)
      }),
      aliasDomains: name === 'one.example' ? [aliasDomain] : [],
      inactiveAliasDomains: [],
      domainAdmins: [],
      origin,
    })
    return canonicalInventory([domainOf('one.example'), domainOf('two.example')], [])
  })

const oddName = fc.oneof(
  localPart,
  fc.constantFrom(
    '"anna b"',
    '"a@b"',
    '"q\\"uote"',
    'größe',
    "o'neil",
    'x#y',
    '`!$%&*/=?^{|}~',
    '-dash',
    'ÄÖÜ'.toLowerCase(),
  ),
)
const domainName = fc.constantFrom(
  'one.example',
  'two.example',
  'bücher.example',
  'xn--bcher-kva.example',
  'single',
  'a_b.example',
)
/** One line of anything, as people and attackers name themselves. */
const displayName = fc
  .oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(
      'Müller, Anna',
      '"quoted"',
      '=1+1',
      '# no comment',
      '- x',
      'null',
      '12',
      "it's",
      '; DROP',
      'a: b',
      '{x}',
      '*',
      '&a',
      'true',
    ),
  )
  .map((text) => text.replace(/\p{Cc}/gu, '').trim())
  .filter((text) => text !== '')

const path = fc
  .string({ minLength: 1, maxLength: 12 })
  .map((text) => text.replace(/\p{Cc}/gu, '').trim())
  .filter((text) => text !== '')

const anyTarget: fc.Arbitrary<Target> = fc.oneof(
  fc
    .tuple(oddName, domainName)
    .map(([name, domain]) => ({ kind: 'external' as const, address: `${name}@${domain}` })),
  fc.constant({ kind: 'external' as const, address: 'far@[192.0.2.1]' }),
  domainName.map((domain) => ({ kind: 'domain' as const, domain })),
  fc.constantFrom('root', 'anna', 'x+y').map((name) => ({ kind: 'unqualified' as const, name })),
  path.map((command) => ({ kind: 'pipe' as const, command })),
  path.map((text) => ({ kind: 'file' as const, path: `/var/${text}` })),
  path.map((text) => ({ kind: 'include' as const, path: text })),
  fc.constant({ kind: 'discard' as const }),
  fc.constant({ kind: 'autoreply' as const, address: 'anna#one.example@autoreply.one.example' }),
)

const mailboxOf = (domain: string): fc.Arbitrary<Mailbox> =>
  fc
    .record({
      local: oddName,
      name: fc.option(displayName, { nil: undefined }),
      quotaBytes: fc.oneof(fc.constantFrom(null, undefined), fc.integer({ min: 1, max: 2 ** 50 })),
      active: fc.boolean(),
      canReceive: fc.boolean(),
      canLogin: fc.boolean(),
      ownAddress: fc.boolean(),
    })
    .map(({ local, name, quotaBytes, active, ...switches }) => ({
      address: `${local}@${domain}`,
      ...(name === undefined ? {} : { name }),
      quotaBytes,
      active,
      ...(switches.canReceive ? {} : { canReceive: false }),
      ...(switches.canLogin ? {} : { canLogin: false }),
      ...(switches.ownAddress ? {} : { ownAddress: false }),
      origin,
    }))

const domainOf = (domain: string): fc.Arbitrary<InventoryDomain> =>
  fc.record({
    domain: fc.constant(domain),
    active: fc.boolean(),
    mailboxes: fc.uniqueArray(mailboxOf(domain), { selector: ({ address }) => address, maxLength: 4 }),
    addresses: fc.uniqueArray(
      fc
        .record({
          local: fc.oneof(oddName, fc.constant('')),
          targets: fc.array(anyTarget, { minLength: 1, maxLength: 4 }),
          active: fc.boolean(),
        })
        .map(({ local, ...rest }) => ({ address: `${local}@${domain}`, ...rest, origin })),
      { selector: ({ address }) => address, maxLength: 5 },
    ),
    aliasDomains: fc.constantFrom([], [`alt-${domain}`]),
    inactiveAliasDomains: fc.constantFrom([], [`off-${domain}`]),
    domainAdmins: fc.uniqueArray(
      fc.record({ username: displayName, name: displayName }, { requiredKeys: ['username'] }),
      { selector: ({ username }) => username, maxLength: 2 },
    ),
    origin: fc.constant(origin),
  })

/** Everything that an inventory can say, in every combination and with the oddest names. */
export const anyInventory: fc.Arbitrary<Inventory> = fc
  .uniqueArray(domainName, { maxLength: 3 })
  .chain((names) => fc.tuple(...names.map(domainOf)))
  .map((domains) => canonicalInventory(domains, []))
