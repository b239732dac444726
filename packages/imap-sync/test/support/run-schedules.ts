import process from 'node:process'
import { startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isImapSyncError, memoryState, type FolderMap } from '../../src/index.ts'
import { missingSets, startLesserServer } from './lesser-server.ts'
import { MailboxPair } from './pair.ts'
import {
  Chance,
  randomLetters,
  randomOperation,
  randomTroubles,
  sourceFolders,
  type Way,
} from './schedule.ts'
import { startTroubledServer } from './troubled-server.ts'

// Random mailboxes, random changes, a target that may lack something, connections that fail in every way and processes that end at
// random places: the end is always the same as without all that. A failure names its seed: IMAP_SYNC_SEED=n runs that one
// alone, IMAP_SYNC_SCHEDULES=n runs another number.

const only = process.env['IMAP_SYNC_SEED']
const schedules = Number(process.env['IMAP_SYNC_SCHEDULES'] ?? 100)
const atOnce = 12

/** Dovecot without what makes it slow to start a session and to store a message; nothing that it does changes. */
const quick = `mail_fsync = never
service imap {
  service_count = 500
  process_min_avail = 4
}
service imap-login {
  service_count = 0
}
auth_cache_size = 1M
`

/** Defines the test of one shard: every `shards`-th seed from `shard` on. */
export function scheduleTests(shard: number, shards: number): void {
  let bed: Testbed

  beforeAll(async () => {
    bed = await startTestbed({ only: ['imap'], oldSettings: quick, newSettings: quick })
  })

  afterAll(() => bed.stop())

  const all = Array.from({ length: schedules }, (_, index) => index + 1).filter(
    (seed) => seed % shards === shard - 1,
  )
  const seeds = only === undefined ? all : shard === 1 ? [Number(only)] : []

  test(
    `${seeds.length} schedules: nothing missing, nothing doubled, flags and dates right`,
    { timeout: seeds.length * 3000 + 60_000 },
    async () => {
      const failures: string[] = []
      const left = [...seeds]
      const worker = async (): Promise<void> => {
        for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
          const record: string[] = []
          await runSchedule(bed, seed, record).catch((error: unknown) => {
            const reason = error instanceof Error ? error.message : String(error)
            failures.push(`IMAP_SYNC_SEED=${seed}\n  ${record.join('\n  ')}\n${reason}`)
          })
        }
      }
      await Promise.all(Array.from({ length: atOnce }, () => worker()))
      expect(failures.join('\n\n')).toBe('')
    },
  )
}

async function runSchedule(bed: Testbed, seed: number, record: string[]): Promise<void> {
  const chance = new Chance(seed)
  await using pair = await MailboxPair.make(bed, { address: `seed${seed}@example.at` })
  const missing = chance.pick(missingSets)
  record.push(`the target lacks ${missing.join(', ') || 'nothing'}`)
  await using lesser = missing.length === 0 ? undefined : await startLesserServer(bed.new.imap, missing)
  await using source = await startTroubledServer(bed.old.imap)
  await using target = await startTroubledServer(lesser ?? bed.new.imap)
  await using sourceProxy = await startProxy({ target: source })
  await using targetProxy = await startProxy({ target })
  const ways = {
    source: { proxy: sourceProxy, server: source },
    target: { proxy: targetProxy, server: target },
  }
  for (const folder of sourceFolders) {
    await pair.old.create(folder)
    const letters = randomLetters(chance, 12)
    if (letters.length > 0) await pair.old.append(folder, letters)
  }
  const foreign = chance.next() < 0.3 ? randomLetters(chance, 5) : []
  if (foreign.length > 0) await pair.fresh.append('INBOX', foreign)
  record.push(`${foreign.length} foreign messages`)
  const before = foreign.length > 0 ? ((await pair.fresh.contents())['INBOX'] ?? []) : []
  const folderMap = await pair.map()
  // Stored by a run that was cut off before it knew, and gone from the source before anybody looked: nobody can say any more that
  // it is our copy, and what is not known to be ours is never deleted.
  const orphans = new Set<string>()
  for (let round = chance.below(2); round >= 0; round -= 1) {
    record.push(randomTroubles(chance, ways))
    await disturbedRun(pair, folderMap, chance, ways, record)
    if (chance.next() < 0.1) {
      pair.state = memoryState()
      record.push('memory lost')
    }
    const doubt = (await pair.state.intents()).length > 0
    const held = doubt ? await hashesOf(pair.old) : []
    for (let index = chance.below(4); index > 0; index -= 1)
      record.push(await randomOperation(chance, pair.old))
    for (const hash of held) orphans.add(hash)
  }
  const report = await pair.sync({ folderMap, accepted })
  record.push(JSON.stringify(report.totals))
  expect(report.outcome).toBe('complete')
  const again = await pair.sync({ folderMap })
  expect(again.totals.copied, 'a run after the last one copies nothing').toBe(0)
  await compare(pair, folderMap, { foreign: before, orphans, memoryLost: record.includes('memory lost') })
}

const accepted = ['tooManyDeletions', 'folderDisappeared', 'sourceSuddenlyEmpty'] as const

/** A run that is cut off, and sometimes ended in the middle as if the process had died. */
async function disturbedRun(
  pair: MailboxPair,
  folderMap: FolderMap,
  chance: Chance,
  ways: { readonly source: Way; readonly target: Way },
  record: string[],
): Promise<void> {
  const dies = new AbortController()
  const deadly = chance.next() < 0.5
  const events = chance.below(12)
  let seen = 0
  pair.onEvent = () => {
    seen += 1
    if (deadly && seen > events) dies.abort(new Error('died'))
  }
  record.push(deadly ? `dies after ${events} events` : 'lives')
  const { source, target } = ways
  const mailbox = {
    source: { ...pair.source, server: { ...pair.source.server, port: source.proxy.port } },
    target: { ...pair.target, server: { ...pair.target.server, port: target.proxy.port } },
    limits: { batchMessages: 1 + chance.below(8), lanes: 1 + chance.below(3), reconnects: 20 },
    folderMap,
    accepted,
  } as const
  try {
    const report = await pair.sync(mailbox, dies.signal, { idleMs: 400, connectMs: 1000 })
    record.push(`${report.outcome} ${JSON.stringify(report.totals)}`)
  } catch (error) {
    if (!dies.signal.aborted && !isImapSyncError(error)) throw error
    record.push(`ended: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    pair.onEvent = undefined
    for (const way of Object.values(ways)) way.server.calm()
  }
}

/** The target is the source, folder by folder, plus what was there before and is not ours to remove. */
async function compare(
  pair: MailboxPair,
  map: FolderMap,
  known: {
    readonly foreign: readonly string[]
    readonly orphans: ReadonlySet<string>
    readonly memoryLost: boolean
  },
): Promise<void> {
  const { foreign, orphans, memoryLost } = known
  const [old, fresh] = [await pair.old.contents(), await pair.fresh.contents()]
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
      const index = unexplained.findIndex((left) => hashOf(left) === hashOf(message))
      if (index !== -1) unexplained.splice(index, 1)
    }
    // What we copied and no longer know to be ours is found by content, and found messages are never deleted.
    const surplus = unexplained.filter((message) => !orphans.has(hashOf(message)))
    if (!memoryLost) expect(surplus, `too many in ${wire}`).toEqual([])
  }
}

function hashOf(message: string): string {
  return message.split(' ')[0] ?? ''
}

async function hashesOf(client: MailboxPair['old']): Promise<readonly string[]> {
  return Object.values(await client.contents()).flatMap((messages) =>
    messages.map((message) => hashOf(message)),
  )
}
