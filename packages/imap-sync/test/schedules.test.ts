import { startProxy, startTestbed, type Proxy, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isImapSyncError, memoryState } from '../src/index.ts'
import { MailboxPair } from './support/pair.ts'
import { Chance, randomCuts, randomLetters, randomOperation, sourceFolders } from './support/schedule.ts'

// Random mailboxes, random changes, connections cut and processes ended at random places: the end is always the same as
// without all that. A failure names its seed; IMAP_SYNC_SEED=n runs that one alone, IMAP_SYNC_SCHEDULES=n runs more.

const only = process.env['IMAP_SYNC_SEED']
const first = only === undefined ? 1 : Number(only)
const schedules = only === undefined ? Number(process.env['IMAP_SYNC_SCHEDULES'] ?? 24) : 1
const atOnce = 4

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

test(
  `${schedules} schedules of changes, cuts and crashes: nothing missing, nothing doubled, flags and dates right`,
  { timeout: schedules * 15_000 + 30_000 },
  async () => {
    const seeds = Array.from({ length: schedules }, (_, index) => first + index)
    const failures: string[] = []
    const worker = async (): Promise<void> => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        const record: string[] = []
        await runSchedule(seed, record).catch((error: unknown) => {
          failures.push(
            `seed ${seed}\n  ${record.join('\n  ')}\n${error instanceof Error ? error.message : String(error)}`,
          )
        })
      }
    }
    await Promise.all(Array.from({ length: atOnce }, () => worker()))
    expect(failures.join('\n\n')).toBe('')
  },
)

async function runSchedule(seed: number, record: string[]): Promise<void> {
  const chance = new Chance(seed)
  await using pair = await MailboxPair.make(bed)
  await using source = await startProxy({ target: bed.old.imap })
  await using target = await startProxy({ target: bed.new.imap })
  for (const folder of sourceFolders) {
    await pair.old.create(folder)
    const letters = randomLetters(chance, 25)
    if (letters.length > 0) await pair.old.append(folder, letters)
  }
  const foreign = chance.next() < 0.3 ? randomLetters(chance, 5) : []
  if (foreign.length > 0) await pair.fresh.append('INBOX', foreign)
  record.push(`${foreign.length} foreign messages`)
  const before = (await pair.fresh.contents())['INBOX'] ?? []
  for (let round = 0; round < 3; round += 1) {
    record.push(randomCuts(chance, { source, target }))
    await disturbedRun(pair, chance, { source, target }, record)
    if (chance.next() < 0.1) {
      pair.state = memoryState()
      record.push('memory lost')
    }
    for (let index = chance.below(4); index > 0; index -= 1)
      record.push(await randomOperation(chance, pair.old))
  }
  const report = await pair.sync({
    accepted: ['tooManyDeletions', 'folderDisappeared', 'sourceSuddenlyEmpty'],
  })
  record.push(JSON.stringify(report.totals))
  expect(report.outcome).toBe('complete')
  const again = await pair.sync()
  expect(again.totals.copied, 'a run after the last one copies nothing').toBe(0)
  await compare(pair, before, record.includes('memory lost'))
}

/** A run that is cut off, and sometimes ended in the middle as if the process had died. */
async function disturbedRun(
  pair: MailboxPair,
  chance: Chance,
  proxies: { readonly source: Proxy; readonly target: Proxy },
  record: string[],
): Promise<void> {
  const dies = new AbortController()
  const deadly = chance.next() < 0.5
  const events = chance.below(12)
  const seen = pair.events.length
  const timer = setInterval(() => {
    if (deadly && pair.events.length - seen >= events) dies.abort(new Error('died'))
  }, 1)
  record.push(deadly ? `dies after ${events} events` : 'lives')
  const { source, target } = proxies
  const mailbox = {
    source: { ...pair.source, server: { ...pair.source.server, port: source.port } },
    target: { ...pair.target, server: { ...pair.target.server, port: target.port } },
    limits: { batchMessages: 1 + chance.below(8), lanes: 1 + chance.below(3), reconnects: 20 },
    accepted: ['tooManyDeletions', 'folderDisappeared', 'sourceSuddenlyEmpty'],
  } as const
  try {
    const report = await pair.sync(mailbox, dies.signal)
    record.push(`${report.outcome} ${JSON.stringify(report.totals)}`)
  } catch (error) {
    if (!dies.signal.aborted && !isImapSyncError(error)) throw error
    record.push(`ended: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    clearInterval(timer)
  }
}

/** The target is the source, folder by folder, plus what was there before and is not ours to remove. */
async function compare(pair: MailboxPair, foreign: readonly string[], memoryLost: boolean): Promise<void> {
  const [old, fresh, map] = [await pair.old.contents(), await pair.fresh.contents(), await pair.map()]
  for (const wire of new Set(map.entries.map(({ targetWire }) => targetWire))) {
    const sources = map.entries.filter(({ targetWire }) => targetWire === wire)
    // A message that was there without our knowledge counts as the source's when its content is the same, and keeps
    // its own date.
    const dateless = memoryLost || (wire === 'INBOX' && foreign.length > 0)
    const form = (message: string) => (dateless ? message.replace(/ \d+ /, ' ') : message)
    const wanted = sources.flatMap(({ sourceWire }) => old[sourceWire] ?? []).map((message) => form(message))
    const has = (fresh[wire] ?? []).map((message) => form(message))
    const missing = wanted.filter((message) => {
      const index = has.indexOf(message)
      if (index !== -1) has.splice(index, 1)
      return index === -1
    })
    expect(missing, `missing in ${wire}`).toEqual([])
    const unexplained = [...has]
    for (const message of wire === 'INBOX' ? foreign : []) {
      // A foreign message that was once the same as one of the source's has its flags.
      const index = unexplained.findIndex((left) => left.split(' ')[0] === message.split(' ')[0])
      if (index !== -1) unexplained.splice(index, 1)
    }
    // What we copied and no longer know to be ours is found by content, and found messages are never deleted.
    if (!memoryLost) expect(unexplained, `too many in ${wire}`).toEqual([])
  }
}
