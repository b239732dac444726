import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chownSync,
} from 'node:fs'
import path from 'node:path'
import { addCorpus, fillMailbox, homeDirectory } from '../../packages/testbed/src/index.ts'
import type { Dovecot, SampleMessage, Testbed } from '../../packages/testbed/src/index.ts'
import type { Bench, Contender } from './contenders.ts'
import { measure } from './measure.ts'
import type { Command, Measured } from './measure.ts'

/** What one mailbox with a corpus does not show. */
export interface Scenario {
  readonly name: 'fifty' | 'large' | 'eight' | 'huge'
  readonly title: string
  /** Only mailmove takes part: it is about what this program promises of itself. */
  readonly alone: boolean
  /** Messages may be fewer in a quick run. */
  readonly mailboxes: number
  /** Fills the source mailboxes `source-1` to `source-n`, and the targets where they are not to be empty. */
  fill(bed: Testbed, sources: readonly string[], targets: readonly string[], quick: boolean): Promise<void>
  /** How often each contender runs; the last run is the one that counts. */
  readonly runs: number
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'fifty',
    title: '50 mailboxes of 200 messages: mailmove in one run, the others four at once',
    alone: false,
    mailboxes: 50,
    runs: 1,
    fill: async ({ old }, sources) => {
      for (const source of sources) fillMailbox(old, source, new Map([['INBOX', letters(200)]]))
    },
  },
  {
    name: 'large',
    title: 'one message of 200 MB',
    alone: false,
    mailboxes: 1,
    runs: 1,
    fill: async ({ old }, [source = '']) => {
      fillMailbox(old, source, new Map([['INBOX', [...letters(2), letter(3, 200_000_000)]]]))
    },
  },
  {
    name: 'eight',
    title: 'corpus B eight times, as mailboxes of one run',
    alone: true,
    mailboxes: 8,
    runs: 1,
    fill: async (bed, sources) => {
      const { address } = await addCorpus(bed, 'B')
      for (const source of sources)
        symlinkSync(homeDirectory(bed.old, address), homeDirectory(bed.old, source))
    },
  },
  {
    name: 'huge',
    title: 'a folder of 700,000 messages (quick: 50,000), nothing new',
    alone: true,
    mailboxes: 1,
    // The first run finds all of them on the target, by content; the second is the one that is meant.
    runs: 2,
    fill: async (bed, [source = ''], [target = ''], quick) => {
      for (const [side, address] of [[bed.old, source] as const, [bed.new, target] as const]) {
        fillMailbox(side, address, new Map([['INBOX', letters(1)]]))
        multiply(side, address, quick ? 50_000 : 700_000)
      }
    },
  },
]

/** Runs a scenario once for a contender, and measures it as a whole. */
export async function runScenario(
  bench: Bench,
  contender: Contender,
  addresses: readonly string[],
): Promise<Measured> {
  const commands = await Promise.all(addresses.map((address) => contender.prepare(bench, address)))
  const [first] = commands
  if (first === undefined) throw new Error('a scenario has a mailbox at least')
  if (contender.name !== 'mailmove') return fourAtOnce(commands)
  const others = addresses.slice(1).flatMap((address) => ['--mailbox', address])
  return measure({ ...first, args: [...first.args, ...others] })
}

async function fourAtOnce(commands: readonly Command[]): Promise<Measured> {
  const startedAt = performance.now()
  const left = [...commands]
  const peaks: number[] = []
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      peaks.push((await measure(next)).peakMegabytes ?? 0)
  }
  await Promise.all(Array.from({ length: 4 }, () => worker()))
  return { seconds: (performance.now() - startedAt) / 1000, peakMegabytes: Math.max(...peaks) }
}

/** One source for each number, which the contenders' addresses on the old server all lead to. */
export async function prepareScenario(
  bed: Testbed,
  scenario: Scenario,
  contenders: readonly string[],
  quick: boolean,
): Promise<void> {
  const numbers = Array.from({ length: scenario.mailboxes }, (_, index) => index + 1)
  const sources = numbers.map((number) => `source-${scenario.name}-${number}@bench.example`)
  mkdirSync(path.dirname(homeDirectory(bed.old, sources[0] ?? '')), { recursive: true })
  const [first = ''] = contenders
  await scenario.fill(bed, sources, scenarioAddresses(scenario, first), quick)
  for (const contender of contenders)
    for (const [index, address] of scenarioAddresses(scenario, contender).entries())
      symlinkSync(homeDirectory(bed.old, sources[index] ?? ''), homeDirectory(bed.old, address))
}

export function scenarioAddresses({ name, mailboxes }: Scenario, contender: string): string[] {
  return Array.from({ length: mailboxes }, (_, index) => `${name}-${contender}-${index + 1}@bench.example`)
}

function letters(count: number): SampleMessage[] {
  return Array.from({ length: count }, (_, index) => letter(index + 1, 500 + ((index * 997) % 7000)))
}

function letter(number: number, size: number): SampleMessage {
  const header = `From: Sender <sender@outside.example>\r\nSubject: Message ${number}\r\nMessage-ID: <scenario.${number}@bench.example>\r\n\r\n`
  const line = `${'Lorem ipsum dolor sit amet, consetetur sadipscing elitr. '.repeat(2).slice(0, 76)}\r\n`
  return {
    raw: Buffer.concat([
      Buffer.from(header),
      Buffer.alloc(Math.ceil(size / line.length) * line.length, line),
    ]),
    receivedAt: new Date(Date.UTC(2020, 0, 1) + number * 3_600_000),
    flags: ['\\Seen'],
  }
}

/** File systems allow 65,000 names for a file (ext4). */
const namesPerFile = 60_000

/** Makes many messages of the only one in INBOX: further names of the same file, which cost no room. */
function multiply(side: Dovecot, address: string, count: number): void {
  const folder = path.join(homeDirectory(side, address), 'Maildir', 'cur')
  const [name = ''] = readdirSync(folder)
  const { uid, gid } = statSync(path.join(folder, name))
  const content = readFileSync(path.join(folder, name))
  let file = path.join(folder, name)
  for (let index = 1; index < count; index += 1) {
    const next = path.join(folder, name.replace(/\.M\d+P1Q\d+\./, `.M${index}P1Q9${index}.`))
    if (index % namesPerFile === 0) {
      file = next
      writeFileSync(file, content)
      chownSync(file, uid, gid)
    } else linkSync(file, next)
  }
}
