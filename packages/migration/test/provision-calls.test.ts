import { afterAll, beforeAll, expect, it } from 'vitest'
import { provision, survey } from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed } from './support/bed.ts'

const sizes = new Map([
  ['first.example', 1],
  ['small.example', 1],
  ['large.example', 20],
])
let bed: Bed
let opened: OpenedMigration

beforeAll(async () => {
  bed = await startBed({
    domains: [...sizes].map(([domain, size]) => {
      const mailboxes = Array.from({ length: size }, (_, at) => ({ address: `user-${at}@${domain}` }))
      const aliases = mailboxes.flatMap(({ address }, at) => [
        { address: `alias-${at}@${domain}`, targets: [address] },
        { address, targets: [address, `far-${at}@elsewhere.example`] },
      ])
      return { domain, mailboxes, aliases }
    }),
  })
  opened = await bed.migration()
  await survey(opened.migration, [...sizes.keys()])
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

/** The calls of one provision: how many read, how many write. */
async function callsOf(domain: string): Promise<{ readonly reads: number; readonly writes: number }> {
  const { requests } = bed.testbed.new.mailcow
  const from = requests.length
  expect(await provision(opened.migration, [domain])).toMatchObject({ ok: true })
  const calls = requests.slice(from)
  const reads = calls.filter((call) => call.method === 'GET').length
  return { reads, writes: calls.length - reads }
}

it('asks mailcow as often for twenty mailboxes as for one, and writes once for each object', async () => {
  // The forwarding host is everybody's: whoever comes first makes it.
  await callsOf('first.example')
  const small = await callsOf('small.example')
  const large = await callsOf('large.example')
  expect([small.writes, large.writes]).toEqual([2 + 3 * 1, 2 + 3 * 20])
  expect(large.reads).toBe(small.reads)
  // Four lists and the password policy before, when the domain is not there yet; seven lists afterwards.
  expect(large.reads).toBe(5 + 7)
  const again = await callsOf('large.example')
  expect(again.writes).toBe(0)
  // Nothing was written, so what was read is what is.
  expect(again.reads).toBe(7 + 1)
  expect(again.reads).toBe((await callsOf('small.example')).reads)
})
