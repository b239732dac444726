import { once } from 'node:events'
import { createServer } from 'node:net'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  applyDns,
  type DnsPlan,
  type DnsServer,
  findZone,
  formatSet,
  invertPlan,
  type MailSetup,
  planDns,
  readRecords,
  recordNames,
  type TsigKey,
  verifyDns,
  type Zone,
} from '../src/index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bed: Testbed
let resolvers: readonly DnsServer[]
let domain: string
let setup: MailSetup
const key = (): TsigKey => bed.dns.key
const primary = (): DnsServer => ({ host: bed.dns.host, port: bed.dns.port })

beforeAll(async () => {
  bed = await startTestbed({ only: ['dns'] })
  resolvers = [primary()]
  domain = bed.dns.zones[0] ?? ''
  setup = {
    domain,
    mx: [{ host: 'mail.new.example', priority: 10 }],
    mailHost: 'mail.new.example',
    dkim: { selector: 'dkim', record: `v=DKIM1;k=rsa;p=${'Q'.repeat(392)}` },
    oldAddresses: ['192.0.2.10'],
  }
})
afterAll(() => bed.stop())

const zoneOf = (name: string): Promise<Zone> => findZone(name, resolvers, { port: bed.dns.port })
const planOf = async (phase: DnsPlan['phase']): Promise<DnsPlan> =>
  planDns(await readRecords(await zoneOf(domain), recordNames(setup)), setup, phase)
const apply = (plan: DnsPlan): Promise<void> => applyDns(plan, { server: primary(), key: key() })

describe('a zone', () => {
  it('is found from a name in it, with every server', async () => {
    const zone = await zoneOf(`www.${domain}`)
    expect(zone.name).toBe(domain)
    expect(zone.servers.map(({ host }) => host).toSorted()).toEqual(
      bed.dns.servers.map(({ host }) => host).toSorted(),
    )
    expect(zone.unresolved).toEqual([])
  })

  it('is read from all of them', async () => {
    const records = await readRecords(await zoneOf(domain), recordNames(setup))
    expect(records.differing).toEqual([])
    expect(records.servers.every(({ failure }) => failure === undefined)).toBe(true)
    expect(records.sets.some(({ type }) => type === 'MX')).toBe(true)
  })
})

describe('an update', () => {
  it('is written, is all there, and takes itself back', async () => {
    const before = await readRecords(await zoneOf(domain), recordNames(setup))
    const prepare = await planOf('prepare')
    await apply(prepare)
    expect((await planOf('prepare')).changes).toEqual([])
    const change = await planOf('switch')
    await apply(change)
    expect((await planOf('switch')).changes).toEqual([])
    await bed.dns.followed()
    expect((await verifyDns(change, await zoneOf(domain), resolvers)).agreed).toBe(true)
    await apply(invertPlan(change, 'back'))
    await apply(invertPlan(prepare, 'back'))
    await bed.dns.followed()
    const after = await readRecords(await zoneOf(domain), recordNames(setup))
    expect(after.sets.flatMap(formatSet)).toEqual(before.sets.flatMap(formatSet))
  })

  it('changes nothing when somebody else was faster', async () => {
    const plan = await planOf('switch')
    await apply(plan)
    await expect(apply(plan)).rejects.toMatchObject({ code: 'prerequisite' })
    await apply(invertPlan(plan, 'back'))
  })

  it('is refused without the right key, and says which part is wrong', async () => {
    const plan = await planOf('switch')
    const secret = Buffer.alloc(32, 1).toString('base64')
    const wrongSecret = applyDns(plan, { server: primary(), key: { ...key(), secret } })
    await expect(wrongSecret).rejects.toMatchObject({
      code: 'signature',
      message: expect.stringContaining('secret'),
    })
    await expect(wrongSecret).rejects.not.toThrow(secret)
    const wrongName = applyDns(plan, { server: primary(), key: { ...key(), name: 'nobody' } })
    await expect(wrongName).rejects.toMatchObject({
      code: 'signature',
      message: expect.stringContaining('know'),
    })
    expect((await planOf('switch')).changes).toEqual(plan.changes)
  })

  it('of a zone that is not there is refused', async () => {
    const plan = { ...(await planOf('switch')), zone: 'nowhere.example' }
    await expect(apply(plan)).rejects.toMatchObject({ code: 'refused' })
  })

  it('that a secondary has not followed is named', async () => {
    await bed.dns.secondary.holdBack()
    const plan = await planOf('switch')
    await apply(plan)
    const verdict = await verifyDns(plan, await zoneOf(domain), [])
    expect(verdict.agreed).toBe(false)
    const late = new Set(
      verdict.servers.filter(({ verdict: said }) => said === 'differs').map(({ server }) => server.host),
    )
    expect([...late]).toEqual([bed.dns.secondary.host])
    const records = await readRecords(await zoneOf(domain), recordNames(setup))
    expect(records.differing).toContainEqual({ name: domain, type: 'MX' })
    await bed.dns.secondary.catchUp()
    expect((await verifyDns(plan, await zoneOf(domain), [])).agreed).toBe(true)
    await apply(invertPlan(plan, 'back'))
  })
})

describe('a server', () => {
  it('that is not there, or says what is no DNS, ends in a typed error', async () => {
    await expect(findZone(domain, [{ host: '127.0.0.1', port: 9 }])).rejects.toMatchObject({
      code: 'unreachable',
    })
    for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', '\u0000\u0003abc', '', '\u0000\u00ff']) {
      const server = createServer((socket) => socket.on('error', () => undefined).end(answer, 'latin1'))
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      await expect(findZone(domain, [{ host: '127.0.0.1', port }])).rejects.toMatchObject({ code: 'answer' })
      server.close()
    }
  })

  it('that never answers is not waited for', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const asked = findZone(domain, [{ host: '127.0.0.1', port }], { timeoutMs: 200 })
    await expect(asked).rejects.toMatchObject({ code: 'timeout' })
    server.close()
  })
})
