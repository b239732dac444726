import { describe, expect, it } from 'vitest'
import { effectiveRecipients, expandAddress } from './effective-recipients.ts'
import type { Inventory } from './model.ts'
import { parseInventory } from './read-file.ts'
import type { Verdict } from './verdict.ts'

function full(name: string): string {
  return name.includes('@') || /^[/|:]/u.test(name) ? name : `${name}@example.at`
}

/** `a`, `off b`, `a: x y` (an alias), `off a: x`; all in example.at where no domain is named. */
function inventoryOf(...lines: readonly string[]): Inventory {
  const rows = lines.map((line) => {
    const active = !line.startsWith('off ')
    const [name = '', targets] = line.replace(/^off /u, '').split(': ')
    return targets === undefined
      ? `mailbox,${full(name)},,,,${active}`
      : `alias,${full(name)},${targets.split(' ').map(full).join(' ')},,,${active}`
  })
  return parseInventory(`kind,address,targets,name,quotaBytes,active\n${rows.join('\n')}\n`, {
    format: 'csv',
  })
}

function twoDomains(otherIsActive: 'true' | 'false'): Inventory {
  return parseInventory(
    `kind,address,targets,active\nalias,office@example.at,max@other.at,\ndomain,other.at,,${otherIsActive}\nmailbox,max@other.at,,\n`,
    { format: 'csv' },
  )
}

function verdictsOf(inventory: Inventory): ReadonlyMap<string, Verdict> {
  return new Map(effectiveRecipients(inventory, 'example.at').map((verdict) => [verdict.address, verdict]))
}

function summary(verdict: Verdict | undefined): readonly unknown[] {
  return [verdict?.verdict, verdict?.deliverTo, verdict?.issues.map((issue) => issue.code)]
}

describe('effectiveRecipients', () => {
  it('gives a mailbox without rows to itself', () => {
    const verdict = verdictsOf(inventoryOf('anna')).get('anna@example.at')
    expect(verdict).toMatchObject({
      verdict: 'mailbox',
      active: true,
      mailbox: true,
      leaves: [
        {
          kind: 'mailbox',
          address: 'anna@example.at',
          mailbox: 'anna@example.at',
          path: ['anna@example.at'],
        },
      ],
      deliverTo: [],
      path: [],
      issues: [],
    })
  })

  it('tells forwards that keep a copy from those that do not', () => {
    const verdicts = verdictsOf(inventoryOf('anna', 'bernd', 'anna: anna x@far.test', 'bernd: x@far.test'))
    expect(summary(verdicts.get('anna@example.at'))).toEqual(['mailbox+copy', ['x@far.test'], []])
    expect(summary(verdicts.get('bernd@example.at'))).toEqual(['mailbox-forwards-only', ['x@far.test'], []])
  })

  it('expands nested aliases to their leaves and says by which way', () => {
    const verdict = verdictsOf(inventoryOf('anna', 'bernd', 'team: sub bernd', 'sub: anna')).get(
      'team@example.at',
    )
    expect(verdict?.leaves.map((leaf) => leaf.path)).toEqual([
      ['team@example.at', 'sub@example.at', 'anna@example.at'],
      ['team@example.at', 'bernd@example.at'],
    ])
    expect(verdict?.path.map((step) => [step.address, step.by, step.to, step.origin.line])).toEqual([
      ['team@example.at', 'row', ['bernd@example.at', 'sub@example.at'], 4],
      ['sub@example.at', 'row', ['anna@example.at'], 5],
    ])
  })

  it('names a mailbox that forwards by itself as target, so that the new server does not forward twice', () => {
    const verdicts = verdictsOf(inventoryOf('anna', 'anna: anna x@far.test', 'office: anna'))
    const office = verdicts.get('office@example.at')
    expect(office?.leaves.map((leaf) => leaf.address)).toEqual(['anna@example.at', 'x@far.test'])
    expect(summary(office)).toEqual(['alias', ['anna@example.at'], []])
  })

  it('reports an external target that an alias and a forward both reach, with both ways', () => {
    const office = verdictsOf(inventoryOf('anna', 'anna: anna x@far.test', 'office: anna x@far.test')).get(
      'office@example.at',
    )
    expect(summary(office)).toEqual(['alias', ['anna@example.at', 'x@far.test'], ['delivered-twice']])
    expect(office?.issues[0]).toMatchObject({
      severity: 'yellow',
      target: 'x@far.test',
      paths: [
        ['office@example.at', 'x@far.test'],
        ['office@example.at', 'anna@example.at', 'x@far.test'],
      ],
    })
  })

  it('reports a colleague who is reached twice, but not what two nested aliases merge', () => {
    const verdicts = verdictsOf(
      inventoryOf(
        'anna',
        'bernd',
        'anna: anna bernd',
        'all: anna bernd',
        'twice: one two',
        'one: bernd',
        'two: bernd',
      ),
    )
    expect(summary(verdicts.get('all@example.at'))).toEqual([
      'alias',
      ['anna@example.at', 'bernd@example.at'],
      ['delivered-twice'],
    ])
    expect(summary(verdicts.get('twice@example.at'))).toEqual(['alias', ['bernd@example.at'], []])
  })

  it('finds circles, the way into them, and that they stop the good targets too', () => {
    const verdicts = verdictsOf(inventoryOf('anna', 'in: one anna', 'one: two', 'two: one'))
    expect(verdicts.get('in@example.at')).toMatchObject({ verdict: 'loop', leaves: [], deliverTo: [] })
    expect(verdicts.get('in@example.at')?.issues[0]?.paths).toEqual([
      ['in@example.at', 'one@example.at', 'two@example.at', 'one@example.at'],
    ])
    expect(verdicts.get('in@example.at')?.path.map((step) => step.address)).toEqual([
      'in@example.at',
      'one@example.at',
      'two@example.at',
    ])
  })

  it('reports mailboxes that forward to each other: fine on the old server, a circle on the new one', () => {
    const verdicts = verdictsOf(inventoryOf('anna', 'bernd', 'anna: anna bernd', 'bernd: bernd anna'))
    expect(verdicts.get('anna@example.at')?.leaves.map((leaf) => leaf.address)).toEqual([
      'anna@example.at',
      'bernd@example.at',
    ])
    expect(verdicts.get('anna@example.at')?.issues).toMatchObject([
      {
        code: 'forward-circle',
        severity: 'red',
        paths: [['anna@example.at', 'bernd@example.at', 'anna@example.at']],
      },
    ])
  })

  it('finds dead ends, alone and among good targets', () => {
    const verdicts = verdictsOf(inventoryOf('anna', 'gone: nobody', 'half: anna nobody', 'self: self'))
    expect(summary(verdicts.get('gone@example.at'))).toEqual(['dead', [], ['dead']])
    expect(summary(verdicts.get('half@example.at'))).toEqual(['alias', ['anna@example.at'], ['dead-target']])
    expect(summary(verdicts.get('self@example.at'))).toEqual(['dead', [], ['dead']])
    expect(verdicts.get('half@example.at')?.undeliverable).toEqual([
      {
        target: { kind: 'mailbox', address: 'nobody@example.at' },
        reason: 'no-such-address',
        path: ['half@example.at'],
      },
    ])
  })

  it('leaves out a mailbox whose forward leads nowhere', () => {
    const verdicts = verdictsOf(inventoryOf('anna', 'bernd', 'anna: nobody', 'all: anna bernd'))
    expect(summary(verdicts.get('anna@example.at'))).toEqual(['dead', [], ['dead']])
    expect(summary(verdicts.get('all@example.at'))).toEqual(['alias', ['bernd@example.at'], ['dead-target']])
  })

  it('knows pipes, files, includes, vacation and /dev/null', () => {
    const verdicts = verdictsOf(
      inventoryOf(
        'anna',
        'p: |/bin/cmd',
        'f: /var/f anna',
        'i: :include:/x',
        'n: /dev/null',
        'na: /dev/null anna',
        'anna: anna anna#example.at@autoreply.example.at',
      ),
    )
    expect(summary(verdicts.get('p@example.at'))).toEqual(['unsupported', [], ['unsupported-target']])
    expect(summary(verdicts.get('f@example.at'))).toEqual([
      'alias',
      ['anna@example.at'],
      ['unsupported-target', 'autoreply'],
    ])
    expect(summary(verdicts.get('i@example.at'))).toEqual(['unsupported', [], ['unsupported-target']])
    expect(summary(verdicts.get('n@example.at'))).toEqual(['discard', [], []])
    expect(summary(verdicts.get('na@example.at'))).toEqual(['alias', ['anna@example.at'], ['autoreply']])
    expect(summary(verdicts.get('anna@example.at'))).toEqual(['mailbox', [], ['autoreply']])
  })

  it('takes what is switched off out of the expansion, but says what it would be', () => {
    const verdicts = verdictsOf(
      inventoryOf(
        'anna',
        'off old',
        'off old: old',
        'off sleeping: anna',
        'off anna: x@far.test',
        'all: anna old sleeping',
      ),
    )
    expect(verdicts.get('old@example.at')).toMatchObject({ verdict: 'mailbox', active: false, mailbox: true })
    expect(verdicts.get('sleeping@example.at')).toMatchObject({
      verdict: 'alias',
      active: false,
      deliverTo: ['anna@example.at'],
    })
    // The mailbox is on and only its forward is off: the forward must not come back to life.
    expect(verdicts.get('anna@example.at')).toMatchObject({ verdict: 'mailbox', active: true, deliverTo: [] })
    expect(
      verdicts.get('all@example.at')?.undeliverable.map(({ reason, target }) => [reason, target]),
    ).toEqual([
      ['inactive', { kind: 'mailbox', address: 'old@example.at' }],
      ['inactive', { kind: 'mailbox', address: 'sleeping@example.at' }],
    ])
  })

  it('lets the catch-all take what nothing else takes, and no mailbox', () => {
    const inventory = inventoryOf('anna', '@example.at: anna', 'off bernd')
    const verdicts = verdictsOf(inventory)
    expect(summary(verdicts.get('@example.at'))).toEqual(['catch-all', ['anna@example.at'], []])
    expect(verdicts.get('anna@example.at')?.verdict).toBe('mailbox')
    expect(expandAddress(inventory, 'Typo@Example.AT').leaves.map((leaf) => leaf.path)).toEqual([
      ['typo@example.at', '@example.at', 'anna@example.at'].filter((step) => step !== '@example.at'),
    ])
    expect(expandAddress(inventory, 'bernd@example.at').leaves.map((leaf) => leaf.address)).toEqual([
      'bernd@example.at',
    ])
  })

  it('follows aliases into other hosted domains and knows when those are switched off', () => {
    const on = verdictsOf(twoDomains('true')).get('office@example.at')
    const off = verdictsOf(twoDomains('false')).get('office@example.at')
    expect(on).toMatchObject({ verdict: 'alias', leaves: [{ kind: 'mailbox', address: 'max@other.at' }] })
    expect(off).toMatchObject({ verdict: 'dead', undeliverable: [{ reason: 'inactive' }] })
  })

  it('speaks of the addresses of a domain that is switched off as if it were on', () => {
    const inventory = parseInventory(
      'kind,address,targets,active\ndomain,example.at,,false\nmailbox,anna@example.at,,\nalias,a@example.at,anna@example.at,\n',
      { format: 'csv' },
    )
    expect(verdictsOf(inventory).get('a@example.at')).toMatchObject({
      verdict: 'alias',
      active: false,
      deliverTo: ['anna@example.at'],
    })
  })

  it('hands a tag on, and lets a row with the tag win', () => {
    const inventory = inventoryOf('anna', 'fwd: ext@far.test', 'fwd+shop: anna', 'list: anna+list fwd+x')
    expect(expandAddress(inventory, 'fwd+tag@example.at').leaves.map((leaf) => leaf.address)).toEqual([
      'ext+tag@far.test',
    ])
    expect(expandAddress(inventory, 'fwd+shop@example.at').leaves.map((leaf) => leaf.address)).toEqual([
      'anna@example.at',
    ])
    expect(verdictsOf(inventory).get('list@example.at')).toMatchObject({
      leaves: [
        { kind: 'mailbox', address: 'anna+list@example.at', mailbox: 'anna@example.at' },
        { kind: 'external', address: 'ext+x@far.test' },
      ],
      deliverTo: ['anna+list@example.at', 'ext+x@far.test'],
    })
    expect(
      expandAddress(inventory, 'fwd-tag@example.at', { recipientDelimiter: '-' }).leaves[0]?.address,
    ).toBe('ext-tag@far.test')
    expect(expandAddress(inventory, 'fwd+tag@example.at', { recipientDelimiter: null }).leaves).toEqual([])
  })

  it('follows a row for a tagged address of a mailbox instead of the mailbox', () => {
    const verdicts = verdictsOf(
      inventoryOf('anna', 'bernd', 'anna+shop: bernd', 'orders: anna+shop anna+other'),
    )
    expect(summary(verdicts.get('orders@example.at'))).toEqual([
      'alias',
      ['anna+other@example.at', 'bernd@example.at'],
      [],
    ])
  })

  it('completes targets without a domain only when it knows with what', () => {
    const inventory = inventoryOf('anna', 'office: anna')
    const odd = parseInventory('kind,address,targets\nalias,office@example.at,root\n', { format: 'csv' })
    expect(summary(effectiveRecipients(odd, 'example.at')[0])).toEqual(['dead', [], ['dead']])
    expect(effectiveRecipients(odd, 'example.at', { myOrigin: 'MX.example.at' })[0]?.leaves[0]?.address).toBe(
      'root@mx.example.at',
    )
    expect(effectiveRecipients(inventory, 'nowhere.at')).toEqual([])
  })

  it('refuses what would multiply for ever or beyond the limit, quickly', () => {
    const wide = Array.from({ length: 1001 }, (_, index) => `x${index}@far.test`).join(' ')
    // Each level doubles the ways: 2 to the power of 200 of them, but only 200 addresses.
    const deep = Array.from({ length: 200 }, (_, index) => `n${index}: n${index + 1} m${index + 1}`)
    const deepToo = Array.from({ length: 200 }, (_, index) => `m${index}: n${index + 1} m${index + 1}`)
    const verdicts = verdictsOf(
      inventoryOf(
        `wide: ${wide}`,
        'grow: grow+x grow+y',
        ...deep,
        ...deepToo,
        'n200: end@far.test',
        'm200: end@far.test',
      ),
    )
    expect(summary(verdicts.get('wide@example.at'))).toEqual(['unsupported', [], ['too-many-recipients']])
    expect(['loop', 'unsupported']).toContain(verdicts.get('grow@example.at')?.verdict)
    expect(verdicts.get('n0@example.at')).toMatchObject({ verdict: 'alias', deliverTo: ['end@far.test'] })
  })

  it('bounds the work where forwards of mailboxes multiply', () => {
    const names = Array.from({ length: 60 }, (_, index) => `b${index}`)
    const forwards = names.map((name, index) => `${name}: ${name} b${(index + 1) % 60} b${(index + 7) % 60}`)
    const verdicts = verdictsOf(inventoryOf(...names, ...forwards))
    expect(verdicts.get('b0@example.at')?.verdict).toBe('mailbox+copy')
    expect(verdicts.get('b0@example.at')?.issues.length).toBeLessThan(200)
  })
})
