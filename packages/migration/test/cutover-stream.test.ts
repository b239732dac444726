import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Arrival, findArrivals, stayingDomain, tenant } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { catchup, copy, exportDomains, provision, rollback, survey, verify } from '../src/index.ts'
import { type MailFlowBed, startMailFlowBed } from './support/mail-flow-bed.ts'
import {
  NUMBER_HEADER,
  type NumberedStream,
  type SentMessage,
  startStream,
  type StreamTarget,
} from './support/numbered-stream.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

const DOMAIN = 'example.at'
const ALIAS_DOMAIN = 'example.co.at'
const own = (local: string): string => `${local}@${DOMAIN}`
const FRIEND = 'friend@outside.example'
const PARTNER = 'partner@elsewhere.example'

const inventory = {
  domains: [
    {
      domain: DOMAIN,
      mailboxes: [
        { address: own('anna'), name: 'Anna' },
        { address: own('bob'), name: 'Bob' },
        { address: own('carl'), name: 'Carl' },
        { address: own('dora'), name: 'Dora' },
      ],
      aliases: [
        { address: own('info'), targets: [own('anna'), own('dora')] },
        { address: own('deep'), targets: [own('info')] },
        { address: own('bob'), targets: [own('bob'), FRIEND] },
        { address: own('carl'), targets: [PARTNER] },
        { address: own('ext'), targets: [FRIEND] },
        { address: `@${DOMAIN}`, targets: [own('dora')] },
      ],
      aliasDomains: [ALIAS_DOMAIN],
    },
  ],
}

const TARGETS: readonly StreamTarget[] = [
  { to: own('anna'), mailboxes: [own('anna')], outside: [] },
  { to: own('info'), mailboxes: [own('anna'), own('dora')], outside: [] },
  { to: own('deep'), mailboxes: [own('anna'), own('dora')], outside: [] },
  { to: own('bob'), mailboxes: [own('bob')], outside: [FRIEND] },
  { to: own('carl'), mailboxes: [], outside: [PARTNER] },
  { to: own('ext'), mailboxes: [], outside: [FRIEND] },
  { to: `anna@${ALIAS_DOMAIN}`, mailboxes: [own('anna')], outside: [] },
  { to: `info@${ALIAS_DOMAIN}`, mailboxes: [own('anna'), own('dora')], outside: [] },
  { to: `@${DOMAIN}`, mailboxes: [own('dora')], outside: [] },
]

/** `CUTOVER_STREAM=full`: killed at every point, with the numbers of docs/cutover.md. Otherwise at one point in six, in a sixth of the mail. */
const isFull = process.env['CUTOVER_STREAM'] === 'full'
const KILLS = isFull ? 200 : 25
const MESSAGES = isFull ? 5000 : 800
const KILLS_BACK = isFull ? 60 : 8
const MESSAGES_BACK = isFull ? 2000 : 320
const ONE_POINT_IN = isFull ? 1 : 6

let bed: MailFlowBed
beforeAll(async () => {
  bed = await startMailFlowBed(inventory)
  const migration = await bed.open()
  await survey(migration, [DOMAIN])
  await provision(migration, [DOMAIN])
  await copy(migration, [DOMAIN])
  await verify(migration, [DOMAIN])
  await exportDomains(migration, [DOMAIN])
  await migration.close()
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
})

/** Where a run was killed, and when. */
interface KilledAt {
  readonly at: number
  readonly name: string
}

interface Run {
  readonly killed: boolean
  readonly code: number | null
  readonly stderr: string
}

const CHILD = fileURLToPath(new URL('./support/mail-flow-child.ts', import.meta.url))

async function runOnce(command: 'cutover' | 'rollback', points: string): Promise<Run> {
  const { config, testbed, folder } = bed
  const child = spawn(
    process.execPath,
    [
      '--conditions=@iteg/source',
      '--disable-warning=ExperimentalWarning',
      CHILD,
      path.join(testbed.dir, 'cutover.yaml'),
      config.workDir,
      config.secrets.key.file,
      command,
      DOMAIN,
      points,
    ],
    {
      env: {
        PATH: process.env['PATH'],
        ONE_POINT_IN: String(ONE_POINT_IN),
        NODE_COMPILE_CACHE: path.join(folder, 'compiled'),
        ...testbed.env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code, signal]: unknown[] = await once(child, 'close')
  return { killed: signal === 'SIGKILL', code: typeof code === 'number' ? code : null, stderr }
}

/** Again and again until it is done. How often it was killed, and where. */
async function throughAllKills(
  command: 'cutover' | 'rollback',
  stream: NumberedStream,
  perKill: number,
): Promise<readonly KilledAt[]> {
  const points = path.join(bed.folder, `points-${command}`)
  await writeFile(points, '')
  let waits = 0
  for (let kills = 0; ;) {
    const run = await runOnce(command, points)
    if (run.killed) {
      kills += 1
      await stream.reach(kills * perKill)
      continue
    }
    if (run.code === 0) break
    waits += 1
    if (run.code !== 3 || waits > 20) throw new Error(`${command} ended with ${run.code}: ${run.stderr}`)
  }
  const lines = (await readFile(points, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const [time = '', ...name] = line.split(' ')
    return { at: Number(time), name: name.join(' ') }
  })
}

interface Count {
  readonly lost: readonly string[]
  readonly wrong: readonly string[]
  /** Messages of which somebody outside got two, and the addresses. */
  readonly twiceOutside: readonly {
    readonly message: SentMessage
    readonly address: string
    readonly copies: number
  }[]
}

function count(sent: readonly SentMessage[], arrivals: readonly Arrival[], side: 'old' | 'new'): Count {
  const places = Map.groupBy(
    arrivals.filter(({ at: where }) => where === side || where === 'outside'),
    ({ value }) => value,
  )
  const lost: string[] = []
  const wrong: string[] = []
  const twiceOutside: { message: SentMessage; address: string; copies: number }[] = []
  for (const message of sent) {
    const found = places.get(message.number) ?? []
    const { mailboxes, outside, to } = message.target
    const expected = [
      ...mailboxes.map((address) => `${side} ${address}`),
      ...outside.map((address) => `outside ${address}`),
    ]
    const seen = Map.groupBy(
      found,
      ({ at: where, address, returned }) => `${returned ? 'returned to ' : ''}${where} ${address}`,
    )
    for (const place of expected) {
      const copies = seen.get(place)?.length ?? 0
      const name = `${message.number} (${message.way}, to ${to}): ${copies} in ${place}`
      if (copies === 0) lost.push(name)
      else if (copies > 1 && place.startsWith('outside '))
        twiceOutside.push({ message, address: place.slice('outside '.length), copies })
      else if (copies > 1) wrong.push(name)
    }
    for (const [place, copies] of seen)
      if (!expected.includes(place))
        wrong.push(`${message.number} (${message.way}, to ${to}): ${copies.length} in ${place}`)
  }
  return { lost, wrong, twiceOutside }
}

/** What a log says of mail that was given back or refused for good. */
const rejectionsOf = (log: string): readonly string[] =>
  log
    .split('\n')
    .filter((line) => / status=(?:bounced|expired) |NOQUEUE: reject: .*: 5\d\d /.test(line))
    .filter((line) => !PROBES.some((probe) => line.includes(probe)))

/** RCPT TO for somebody whom nobody has is answered with 550: that is what is looked for. */
const PROBES = ['mailmove-nobody-knows-me@']

async function expectNoRejections(): Promise<void> {
  const { old, new: newSide } = bed.testbed
  expect(rejectionsOf(await old.postfix.log())).toEqual([])
  expect(rejectionsOf(await newSide.postfix.log())).toEqual([])
  expect(await old.postfix.queue()).toEqual([])
  expect(await newSide.postfix.queue()).toEqual([])
}

/** Everything of the domains that stay where they are: the old server's files line by line, and mailcow's rows. */
async function strangers(): Promise<unknown> {
  const { old, new: newSide } = bed.testbed
  const { configDirectory } = old.postfix
  const names = await readdir(configDirectory)
  // What a killed run has left half-written begins with a dot: nobody reads it.
  const lines: string[] = []
  for (const name of names
    .filter((file) => !file.endsWith('.db') && !file.startsWith('.') && !file.includes('mailmove'))
    .toSorted())
    for (const line of (await readFile(path.join(configDirectory, name), 'latin1')).split('\n'))
      if (line.includes(stayingDomain.domain) || name === 'main.cf' || name === 'master.cf')
        lines.push(`${name}: ${line}`)
  const rows = Object.entries(newSide.mailcow.state).map(([table, value]) => [
    table,
    Array.isArray(value) ? value.filter((row) => JSON.stringify(row).includes(tenant.domain)) : [],
  ])
  return { lines, rows: JSON.stringify(rows) }
}

interface Window {
  readonly from: number
  readonly to: number
}
/** A message that is accepted before a window begins may be routed within it. */
const SLACK_MS = 10_000

function windowOf(points: readonly KilledAt[], steps: readonly string[]): Window {
  const times = points
    .filter(({ name }) => steps.some((step) => name.startsWith(`${step}:`)))
    .map(({ at }) => at)
  return { from: Math.min(...times), to: Math.max(...times) + SLACK_MS }
}

/**
 * Copies that a forward's external target got twice, by cutover.md allowed while aliases or forwards of both sides are at work for the
 * same message: between the aliases' activation and the transport's end, and while the old server's files change. Not anywhere else.
 */
function expectTwiceOnlyIn(windows: readonly Window[], twice: Count['twiceOutside']): void {
  const outsideWindows = twice.filter(
    ({ message, copies }) =>
      copies > 2 ||
      !windows.some(({ from, to }) => message.begunAt <= to && message.acceptedAt + SLACK_MS >= from),
  )
  expect(outsideWindows).toEqual([])
}

/** For whoever reads the run: how much it was, and what came twice. */
async function tell(
  way: string,
  points: readonly KilledAt[],
  stream: NumberedStream,
  result: Count,
): Promise<void> {
  const steps = Map.groupBy(points, ({ name }) => name.slice(0, name.indexOf(':')))
  const perStep = [...steps].map(([step, at]) => `${step} ${at.length}`).join(', ')
  const twice = Map.groupBy(result.twiceOutside, ({ address }) => address)
  const text = [
    `${way}: ${stream.sent.length} messages, ${stream.retries()} tries again, ${points.length} kills (${perStep})`,
    `twice outside: ${[...twice].map(([address, found]) => `${address} ${found.length}`).join(', ') || 'none'}`,
  ].join('; ')
  process.stderr.write(`${text}\n`)
}

describe('while the process is killed at every point and thousands of messages are sent', () => {
  let before: unknown
  beforeAll(async () => {
    before = await strangers()
  })

  it('a cut-over loses no message and brings each once', async () => {
    const stream = startStream(bed.testbed, TARGETS, 'forth')
    const points = await throughAllKills('cutover', stream, Math.ceil(MESSAGES / KILLS))
    await stream.reach(MESSAGES)
    await stream.stop()
    await bed.testbed.settled({ limitMs: 120_000 })
    const again = await bed.open()
    const report = await catchup(again, [DOMAIN])
    const probes = (await (await again.mailcow()).mailboxes.list(DOMAIN)).filter(({ address }) =>
      address.includes('probe'),
    )
    await again.close()
    const result = count(stream.sent, await findArrivals(bed.testbed, NUMBER_HEADER), 'new')
    await tell('cutover', points, stream, result)
    expect(report.ok).toBe(true)
    expect(stream.refused).toEqual([])
    expect(result.lost).toEqual([])
    expect(result.wrong).toEqual([])
    await expectNoRejections()
    expectTwiceOnlyIn(
      [
        windowOf(points, ['aliases-active', 'mailcow-final', 'transport-gone']),
        windowOf(points, ['old-relays', 'old-accepts']),
      ],
      result.twiceOutside,
    )
    expect(probes).toEqual([])
    expect(points.length).toBeGreaterThanOrEqual(KILLS)
    expect(stream.sent.length).toBeGreaterThanOrEqual(MESSAGES)
    expect(await strangers()).toEqual(before)
  })

  it('a rollback loses no message and brings each into the old mailboxes', async () => {
    const stream = startStream(bed.testbed, TARGETS, 'back')
    const points = await throughAllKills('rollback', stream, Math.ceil(MESSAGES_BACK / KILLS_BACK))
    await stream.reach(MESSAGES_BACK)
    await stream.stop()
    await bed.testbed.settled({ limitMs: 120_000 })
    const again = await bed.open()
    const report = await rollback(again, [DOMAIN])
    const quiet = await rollback(again, [DOMAIN])
    await again.close()
    const result = count(stream.sent, await findArrivals(bed.testbed, NUMBER_HEADER), 'old')
    await tell('rollback', points, stream, result)
    expect(report.domains[0]).toMatchObject({ outcome: 'back', final: 'old' })
    expect(quiet.domains[0]?.steps.find(({ step }) => step === 'mail-back')?.outcome).toBe('unchanged')
    expect(stream.refused).toEqual([])
    expect(result.lost).toEqual([])
    expect(result.wrong).toEqual([])
    await expectNoRejections()
    expectTwiceOnlyIn([windowOf(points, ['old-final', 'transport', 'mailcow-relays'])], result.twiceOutside)
    expect(points.length).toBeGreaterThanOrEqual(KILLS_BACK)
    expect(await strangers()).toEqual(before)
  })
})
