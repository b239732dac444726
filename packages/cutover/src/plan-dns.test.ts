import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordNames, type MailSetup } from './mail-setup.ts'
import { manualChanges } from './manual.ts'
import { type DnsPhase, type DnsPlan, invertPlan, planDns } from './plan-dns.ts'
import { findSet, type ZoneRecords } from './read-records.ts'
import { formatSet, type RecordData, type RecordSet, textOf, txtRecord } from './record.ts'
import { isSpf } from './spf.ts'

const setup: MailSetup = {
  domain: 'Example.AT',
  mx: [{ host: 'mail.new.example', priority: 10 }],
  mailHost: 'mail.new.example',
  dkim: { selector: 'dkim', record: `v=DKIM1;k=rsa;p=${'A'.repeat(392)}` },
  oldAddresses: ['192.0.2.10', '2001:db8::10'],
  oldDkimSelector: 'old',
}

const set = (name: string, ttl: number, ...records: RecordData[]): RecordSet => ({
  name,
  type: records[0]?.type ?? 'TXT',
  ttl,
  records,
})

const zone = (...sets: RecordSet[]): ZoneRecords => ({
  zone: 'example.at',
  signed: false,
  sets,
  servers: [],
  differing: [],
})

const before = zone(
  set('example.at', 86_400, { type: 'MX', preference: 5, exchange: 'mailhaus.example' }),
  set('example.at', 3600, txtRecord('v=spf1 mx -all'), txtRecord('google-site-verification=abc')),
  set('autoconfig.example.at', 7200, { type: 'A', address: '192.0.2.10' }),
  set('_imap._tcp.example.at', 7200, {
    type: 'SRV',
    priority: 0,
    weight: 0,
    port: 143,
    target: 'mailhaus.example',
  }),
  set('old._domainkey.example.at', 3600, txtRecord('v=DKIM1; p=BBBB')),
)

/** What the zone is after a plan, as RFC 2136 §3.4.2 says. */
function outcome(records: ZoneRecords, plan: DnsPlan): ZoneRecords {
  const left = records.sets.filter(
    ({ name, type }) => !plan.changes.some((change) => change.name === name && change.type === type),
  )
  return { ...records, sets: [...left, ...plan.changes.flatMap(({ after }) => after ?? [])] }
}

const lines = (plan: DnsPlan): readonly string[] =>
  manualChanges(plan).flatMap(({ remove, add }) => [
    ...remove.map((line) => `- ${line}`),
    ...add.map((line) => `+ ${line}`),
  ])

describe('planDns', () => {
  it('prepares: key and SPF of the new server, and short lives for what will change', () => {
    const plan = planDns(before, setup, 'prepare')
    expect(plan.problems).toEqual([])
    expect(plan.waitSeconds).toBe(86_400)
    const [first, second] = [`v=DKIM1;k=rsa;p=${'A'.repeat(239)}`, 'A'.repeat(153)]
    expect(lines(plan)).toEqual([
      `+ dkim._domainkey.example.at. 300 IN TXT "${first}" "${second}"`,
      '- example.at. 3600 IN TXT "v=spf1 mx -all"',
      '+ example.at. 3600 IN TXT "v=spf1 mx a:mail.new.example ip4:192.0.2.10 ip6:2001:db8::10 -all"',
      '+ _dmarc.example.at. 300 IN TXT "v=DMARC1; p=none"',
      '- example.at. 86400 IN MX 5 mailhaus.example.',
      '+ example.at. 300 IN MX 5 mailhaus.example.',
      '- autoconfig.example.at. 7200 IN A 192.0.2.10',
      '+ autoconfig.example.at. 300 IN A 192.0.2.10',
      '- _imap._tcp.example.at. 7200 IN SRV 0 0 143 mailhaus.example.',
      '+ _imap._tcp.example.at. 300 IN SRV 0 0 143 mailhaus.example.',
    ])
    for (const { reason } of plan.changes) expect(reason).toMatch(/\.$/)
  })

  it('switches MX, web names and services, and leads nobody to a port that was not offered', () => {
    const plan = planDns(outcome(before, planDns(before, setup, 'prepare')), setup, 'switch')
    const text = lines(plan)
    expect(text.slice(0, 4)).toEqual([
      '- example.at. 300 IN MX 5 mailhaus.example.',
      '+ example.at. 300 IN MX 10 mail.new.example.',
      '- autoconfig.example.at. 300 IN A 192.0.2.10',
      '+ autoconfig.example.at. 300 IN CNAME mail.new.example.',
    ])
    expect(text).toContain('+ _imap._tcp.example.at. 300 IN SRV 0 1 143 mail.new.example.')
    expect(text.some((line) => line.includes('_pop3._tcp') || line.includes('_submission._tcp'))).toBe(false)
    expect(plan.waitSeconds).toBe(300)
  })

  it('retires: the old part of SPF and the old key go, all else stays', () => {
    const prepared = outcome(before, planDns(before, setup, 'prepare'))
    expect(lines(planDns(prepared, setup, 'retire'))).toEqual([
      '- example.at. 3600 IN TXT "v=spf1 mx a:mail.new.example ip4:192.0.2.10 ip6:2001:db8::10 -all"',
      '+ example.at. 3600 IN TXT "v=spf1 mx a:mail.new.example -all"',
      '- old._domainkey.example.at. 3600 IN TXT "v=DKIM1; p=BBBB"',
    ])
  })

  it('never writes a second SPF record, nor over another key, nor beside a CNAME', () => {
    const twice = zone(set('example.at', 60, txtRecord('v=spf1 -all'), txtRecord('v=spf1 mx -all')))
    const taken = zone(set('dkim._domainkey.example.at', 60, txtRecord('v=DKIM1; p=CCCC')))
    const alias = zone(set('dkim._domainkey.example.at', 60, { type: 'CNAME', target: 'keys.example' }))
    for (const [records, code] of [
      [twice, 'spf-twice'],
      [taken, 'dkim-taken'],
      [alias, 'cname-in-the-way'],
    ] as const) {
      const plan = planDns(records, setup, 'prepare')
      expect(plan.problems).toMatchObject([{ code, blocking: true }])
      const touched = code === 'spf-twice' ? 'example.at' : 'dkim._domainkey.example.at'
      expect(plan.changes.map(({ name }) => name)).not.toContain(touched)
    }
  })

  it('publishes TLSA in signed zones only', () => {
    const tlsa = [
      { name: '_25._tcp.mail.example.at', usage: 3, selector: 1, matchingType: 1, certificate: 'ab' },
    ]
    const names = (signed: boolean): readonly string[] =>
      planDns({ ...before, signed }, { ...setup, tlsa }, 'prepare').changes.map(({ name }) => name)
    expect(names(false)).not.toContain('_25._tcp.mail.example.at')
    expect(names(true)).toContain('_25._tcp.mail.example.at')
  })

  it('reads every set that any phase may change', () => {
    const read = new Set(recordNames(setup).map(({ name, type }) => `${name} ${type}`))
    for (const phase of ['prepare', 'switch', 'settle', 'retire'] as const)
      for (const { name, type } of planDns(before, setup, phase).changes)
        expect(read).toContain(`${name} ${type}`)
  })
})

const text = (...texts: string[]): fc.Arbitrary<RecordData> => fc.constantFrom(...texts).map(txtRecord)

const texts = (zoneRecords: ZoneRecords): readonly string[] =>
  findSet(zoneRecords.sets, 'example.at', 'TXT')?.records.map(textOf) ?? []

describe('laws', () => {
  const ttl = fc.integer({ min: 0, max: 100_000 })
  const maybe = (name: string, ...data: readonly fc.Arbitrary<RecordData>[]): fc.Arbitrary<RecordSet[]> =>
    fc
      .tuple(fc.boolean(), ttl, fc.tuple(...data))
      .map(([there, seconds, records]) => (there ? [set(name, seconds, ...records)] : []))
  const host = fc.constantFrom('mailhaus.example', 'mail.new.example')
  const records = fc
    .tuple(
      maybe('example.at', fc.record({ type: fc.constant('MX'), preference: fc.nat(20), exchange: host })),
      maybe(
        'example.at',
        text('v=spf1 mx -all', 'v=spf1 redirect=x.example', 'MS=ms123'),
        text('other', 'v=spf1'),
      ),
      maybe('dkim._domainkey.example.at', text('v=DKIM1;p=Q', `v=DKIM1; p=${'A'.repeat(392)}`)),
      maybe('old._domainkey.example.at', text('v=DKIM1;p=B')),
      maybe('_dmarc.example.at', text('v=DMARC1; p=reject', 'nonsense')),
      maybe('autodiscover.example.at', fc.record({ type: fc.constant('CNAME'), target: host })),
      maybe('autoconfig.example.at', fc.constant({ type: 'AAAA', address: '2001:db8::1' })),
      maybe(
        '_imaps._tcp.example.at',
        fc.record({
          type: fc.constant('SRV'),
          priority: fc.nat(3),
          weight: fc.nat(3),
          port: fc.nat(999),
          target: host,
        }),
      ),
    )
    .map((sets) => zone(...sets.flat()))
  const phase = fc.constantFrom<DnsPhase>('prepare', 'switch', 'settle', 'retire')

  it('what is done needs not be done again', () => {
    fc.assert(
      fc.property(records, phase, (found, which) => {
        const done = outcome(found, planDns(found, setup, which))
        expect(planDns(done, setup, which).changes).toEqual([])
      }),
    )
  })

  it('the inverse restores the zone', () => {
    fc.assert(
      fc.property(records, phase, (found, which) => {
        const plan = planDns(found, setup, which)
        const restored = outcome(outcome(found, plan), invertPlan(plan, 'back'))
        expect(restored.sets.flatMap(formatSet).toSorted()).toEqual(found.sets.flatMap(formatSet).toSorted())
      }),
    )
  })

  it('other people’s texts survive every phase, and there is never a second policy', () => {
    fc.assert(
      fc.property(records, fc.array(phase), (found, phases) => {
        const others = texts(found).filter((each) => !isSpf(each))
        const policies = texts(found).filter(isSpf).length
        let now = found
        for (const which of phases) now = outcome(now, planDns(now, setup, which))
        expect(texts(now).filter((each) => !isSpf(each))).toEqual(others)
        expect(texts(now).filter(isSpf).length).toBeLessThanOrEqual(Math.max(1, policies))
      }),
    )
  })
})
