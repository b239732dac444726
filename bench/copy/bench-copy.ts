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

export interface BenchOptions {
  readonly corpora: readonly CorpusName[]
  readonly rounds: number
  readonly tls: boolean
  readonly storage: 'plain' | 'as-mailcow'
  readonly wanted?: readonly string[]
}

/** `full`: into an empty mailbox; `again`: nothing has changed; `delta`: 1 % new mail and 1 % changed flags. */
export type Pass = 'full' | 'again' | 'delta'

export interface Figure extends Measured {
  readonly corpus: CorpusName
  readonly contender: string
  readonly pass: Pass
  readonly round: number
}

export interface BenchReport {
  readonly schema: 'mailmove.bench.copy/1'
  readonly machine: string
  readonly options: Omit<BenchOptions, 'wanted'>
  readonly figures: readonly Figure[]
  readonly arrived: readonly ({ readonly corpus: CorpusName; readonly contender: string } & Arrived)[]
}

const imapsyncRounds = 3
const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Every contender copies the same source into a mailbox of its own in each round, in rotated order. */
export async function benchCopy(options: BenchOptions): Promise<BenchReport> {
  const { tls, storage, rounds, corpora } = options
  const field = contenders(options.wanted, tls)
  const report = {
    schema: 'mailmove.bench.copy/1',
    machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? '?'}, Node ${process.version}`,
    options: { tls, storage, rounds, corpora },
    figures: [] as Figure[],
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
  { rounds, storage }: BenchOptions,
  report: { readonly figures: Figure[]; readonly arrived: BenchReport['arrived'][number][] },
): Promise<void> {
  const { bed } = bench
  const commands = new Map<string, Command>()
  const run = async (contender: string, pass: Pass, round: number): Promise<void> => {
    const command = commands.get(addressOf(corpus, contender, round))
    if (command === undefined) throw new Error(`${contender} was not prepared`)
    dropCachedHeaders(bed, corpus)
    execFileSync('sync')
    const measured = await measure(command)
    report.figures.push({ corpus, contender, pass, round, ...measured })
    say(`${corpus} ${pass} round ${round}: ${contender} ${measured.seconds.toFixed(2)} s`)
  }
  for (let round = 1; round <= rounds; round += 1)
    for (const contender of turn(field, round)) {
      const { name } = contender
      if (name === 'imapsync' && round > imapsyncRounds) continue
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
  const inventory = path.join(work, `inventory-${corpus}.yaml`)
  const mailboxes = addresses.map((address) => ({ address, quotaBytes: 2 ** 31 }))
  writeFileSync(inventory, JSON.stringify({ domains: [{ domain: 'bench.example', mailboxes }] }))
  const bed = await startTestbed({ inventory, storage })
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
