import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseDocument } from 'yaml'
import { addCorpus, homeDirectory, startTestbed } from '../../packages/testbed/src/index.ts'
import type { CorpusName, Testbed } from '../../packages/testbed/src/index.ts'
import { compare } from './compare.ts'
import type { Arrived } from './compare.ts'
import { contenders } from './contenders.ts'
import type { Bench, Contender } from './contenders.ts'
import { measure } from './measure.ts'
import type { Command, Measured } from './measure.ts'
import { figures } from './figures.ts'
import { prepareScenario, runScenario, scenarioAddresses, scenarios } from './scenarios.ts'
import type { Scenario } from './scenarios.ts'
import { serverCpuSeconds } from './server-cpu.ts'

export interface BenchOptions {
  readonly corpora: readonly CorpusName[]
  readonly rounds: number
  readonly tls: boolean
  readonly storage: 'plain' | 'as-mailcow'
  readonly wanted?: readonly string[]
  /** Beside the corpora. */
  readonly scenarios: readonly Scenario['name'][]
  /** Leaves out what takes minutes: imapsync where it is slowest, and the largest folder's full size. */
  readonly quick: boolean
}

/** `full`: into an empty mailbox; `again`: nothing has changed; `delta`: 1 % new mail and 1 % changed flags. */
export type Pass = 'full' | 'again' | 'delta'

export interface Figure extends Measured {
  readonly corpus: CorpusName
  readonly contender: string
  readonly pass: Pass
  readonly round: number
  /** CPU seconds of both servers. */
  readonly serverSeconds: number
}

interface ScenarioFigure extends Measured {
  readonly scenario: Scenario['name']
  readonly contender: string
}

export interface BenchReport {
  readonly schema: 'mailmove.bench.copy/1'
  readonly machine: string
  readonly options: Omit<BenchOptions, 'wanted'>
  readonly figures: readonly Figure[]
  readonly scenarioFigures: readonly ScenarioFigure[]
  readonly arrived: readonly ({ readonly corpus: CorpusName; readonly contender: string } & Arrived)[]
}

const imapsyncRounds = 3
const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Every contender copies the same source into a mailbox of its own in each round, in rotated order. */
export async function benchCopy(options: BenchOptions): Promise<BenchReport> {
  const { tls, storage, rounds, corpora, quick } = options
  const field = contenders(options.wanted, tls)
  const report = {
    schema: 'mailmove.bench.copy/1',
    machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? '?'}, Node ${process.version}`,
    options: { tls, storage, rounds, corpora, quick, scenarios: options.scenarios },
    figures: [] as Figure[],
    scenarioFigures: [] as ScenarioFigure[],
    arrived: [] as BenchReport['arrived'][number][],
  } as const
  const work = mkdtempSync(path.join(tmpdir(), 'mailmove-bench-'))
  try {
    for (const corpus of corpora) {
      // A test bed for each corpus: the disk is as empty for the last as for the first.
      await using bed = await startBed(work, corpus, field, options)
      const bench: Bench = { bed, work, tls }
      await benchCorpus(bench, corpus, field, options, report)
    }
    for (const scenario of scenarios.filter(({ name }) => options.scenarios.includes(name)))
      report.scenarioFigures.push(...(await benchScenario(work, scenario, field, options)))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  process.stderr.write(figures(report))
  return report
}

async function benchCorpus(
  bench: Bench,
  corpus: CorpusName,
  field: readonly Contender[],
  { rounds, storage, quick }: BenchOptions,
  report: { readonly figures: Figure[]; readonly arrived: BenchReport['arrived'][number][] },
): Promise<void> {
  const { bed } = bench
  const commands = new Map<string, Command>()
  const run = async (contender: string, pass: Pass, round: number): Promise<void> => {
    const command = commands.get(addressOf(corpus, contender, round))
    if (command === undefined) throw new Error(`${contender} was not prepared`)
    dropCachedHeaders(bed, corpus)
    execFileSync('sync')
    const before = serverCpuSeconds(bed.dir)
    const measured = await measure(command)
    // Their processes end a moment after the client has gone.
    await pause(300)
    const serverSeconds = serverCpuSeconds(bed.dir) - before
    report.figures.push({ corpus, contender, pass, round, ...measured, serverSeconds })
    say(`${corpus} ${pass} round ${round}: ${contender} ${measured.seconds.toFixed(2)} s`)
  }
  for (let round = 1; round <= rounds; round += 1)
    for (const contender of turn(field, round)) {
      const { name } = contender
      if (name === 'imapsync' && (round > imapsyncRounds || (quick && corpus === 'A'))) continue
      const address = addressOf(corpus, name, round)
      commands.set(address, await contender.prepare(bench, address))
      await run(name, 'full', round)
      if (storage === 'plain' && round === 1)
        report.arrived.push({ corpus, contender: name, ...compare(bed.old, bed.new, address) })
      if (name !== 'relay') await run(name, 'again', round)
    }
  await changeOnePercent(bed, sourceOf(corpus))
  for (let round = 1; round <= rounds; round += 1)
    for (const { name } of turn(field, round))
      if (name !== 'relay' && commands.has(addressOf(corpus, name, round))) await run(name, 'delta', round)
}

/** Everybody once, each into mailboxes of its own. */
async function benchScenario(
  work: string,
  scenario: Scenario,
  field: readonly Contender[],
  options: BenchOptions,
): Promise<readonly ScenarioFigure[]> {
  const able = field.filter(({ name }) =>
    scenario.alone
      ? name === 'mailmove'
      : // The relay's plan is for one mailbox.
        name !== 'relay' && !(options.quick && name === 'imapsync'),
  )
  const names = able.map(({ name }) => name)
  const addresses = names.flatMap((name) => scenarioAddresses(scenario, name))
  say(`making ${scenario.title} …`)
  await using bed = await emptyBed(work, scenario.name, addresses, options)
  await prepareScenario(bed, scenario, names, options.quick)
  if (!options.tls) speakPlain(bed)
  for (const stage of ['survey', 'provision'] as const) await mailmove(bed, stage)
  const bench: Bench = { bed, work, tls: options.tls }
  const results: ScenarioFigure[] = []
  for (const contender of able) {
    let measured: Measured | undefined
    execFileSync('sync')
    for (let run = 0; run < scenario.runs; run += 1)
      measured = await runScenario(bench, contender, scenarioAddresses(scenario, contender.name))
    if (measured === undefined) continue
    results.push({ scenario: scenario.name, contender: contender.name, ...measured })
    say(`${scenario.name}: ${contender.name} ${measured.seconds.toFixed(2)} s`)
  }
  return results
}

/** A test bed whose old server knows these addresses. */
async function emptyBed(
  work: string,
  name: string,
  addresses: readonly string[],
  { storage }: Pick<BenchOptions, 'storage'>,
): Promise<Testbed> {
  const inventory = path.join(work, `inventory-${name}.yaml`)
  const mailboxes = addresses.map((address) => ({ address, quotaBytes: 2 ** 31 }))
  writeFileSync(inventory, JSON.stringify({ domains: [{ domain: 'bench.example', mailboxes }] }))
  return startTestbed({ inventory, storage })
}

function turn<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

function addressOf(corpus: CorpusName, contender: string, round: number): string {
  return `${corpus.toLowerCase()}-${contender}-${round}@bench.example`
}

function sourceOf(corpus: CorpusName): string {
  return addressOf(corpus, 'source', 0)
}

/** One source mailbox that all addresses share on the old server, and an empty mailbox of each on the new one. */
async function startBed(
  work: string,
  corpus: CorpusName,
  field: readonly Contender[],
  { rounds, storage, tls }: BenchOptions,
): Promise<Testbed> {
  const addresses = Array.from({ length: rounds }, (_, index) =>
    field.map(({ name }) => addressOf(corpus, name, index + 1)),
  ).flat()
  const bed = await emptyBed(work, corpus, addresses, { storage })
  try {
    say(`making corpus ${corpus} …`)
    const source = await addCorpus(bed, corpus)
    const home = homeDirectory(bed.old, source.address)
    for (const address of [...addresses, sourceOf(corpus)]) {
      mkdirSync(path.dirname(homeDirectory(bed.old, address)), { recursive: true })
      symlinkSync(home, homeDirectory(bed.old, address))
    }
    await bed.addOldMailbox(sourceOf(corpus))
    // Dovecot's own view of the new files is made once, not by whoever comes first.
    await bed.old.doveadm('mailbox', 'status', '-u', sourceOf(corpus), 'messages vsize', 'INBOX', 'INBOX.*')
    if (!tls) speakPlain(bed)
    for (const stage of ['survey', 'provision'] as const) await mailmove(bed, stage)
    return bed
  } catch (error) {
    await bed.stop()
    throw error
  }
}

/** The test bed's configuration has TLS everywhere; without it all contenders go without. */
function speakPlain({ config = '', old, new: target }: Testbed): void {
  const document = parseDocument(readFileSync(config, 'utf8'))
  for (const [side, { imap }] of [['old', old] as const, ['new', target] as const])
    document.setIn([side, 'imap'], { ...imap, tls: 'none', allowInsecure: true })
  writeFileSync(config, document.toString())
}

async function mailmove(bed: Testbed, stage: 'survey' | 'provision'): Promise<void> {
  const main = path.resolve(import.meta.dirname, '../../apps/cli/bin/mailmove.js')
  const args = [main, '--config', bed.config ?? '', '--quiet', stage, 'bench.example']
  await measure({ command: process.execPath, args, env: bed.env })
}

/** dsync is far faster when the old server has all headers cached; nobody finds them cached. */
function dropCachedHeaders(bed: Testbed, corpus: CorpusName): void {
  const maildir = path.join(homeDirectory(bed.old, sourceOf(corpus)), 'Maildir')
  for (const name of readdirSync(maildir, { recursive: true, encoding: 'utf8' }))
    if (path.basename(name) === 'dovecot.index.cache') rmSync(path.join(maildir, name), { force: true })
}

async function changeOnePercent(bed: Testbed, address: string): Promise<void> {
  const listed = await bed.old.doveadm(
    '-f',
    'tab',
    'mailbox',
    'status',
    '-u',
    address,
    'messages',
    'INBOX',
    'INBOX.*',
  )
  const folders = listed
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
  for (const [folder = '', messages] of folders) {
    const share = Math.round(Number(messages) / 100)
    if (share === 0) continue
    await bed.old.doveadm(
      'flags',
      'add',
      '-u',
      address,
      '\\Flagged Seen-by-bench',
      'mailbox',
      folder,
      '1:' + share,
    )
    await bed.old.doveadm('copy', '-u', address, folder, 'mailbox', folder, `${share + 1}:${2 * share}`)
  }
}
