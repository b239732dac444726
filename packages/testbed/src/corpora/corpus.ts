import { Random } from '../demo/random.ts'
import type { DiskMessage } from '../mail/maildir.ts'
import { TextBlock } from './text-block.ts'
import type { Stretch } from './text-block.ts'

/**
 * The three mailboxes that the copier is measured with, one user each:
 * `A` 20,000 small messages in 12 folders, `B` an office worker's 3,000 messages of every size, `C` 60 huge ones.
 */
export type CorpusName = 'A' | 'B' | 'C'

interface Plan {
  readonly folders: readonly string[]
  /** Bytes of each message's content. */
  readonly sizes: (random: Random) => number[]
}

const kibibyte = 1024
const megabyte = 1_000_000

const plans: Readonly<Record<CorpusName, Plan>> = {
  A: {
    folders: ['INBOX', 'Sent', 'Trash', ...Array.from({ length: 9 }, (_, index) => `Ordner.${index + 1}`)],
    sizes: (random) => Array.from({ length: 20_000 }, () => sizeOfSmall(random)),
  },
  B: {
    folders: [
      'INBOX',
      'Sent',
      'Archiv.2021',
      'Archiv.2022',
      'Archiv.2023',
      'Archiv.2024',
      'Kunden',
      'Projekte',
    ],
    sizes: (random) => [
      ...Array.from({ length: 2989 }, () =>
        Math.round(Math.min(random.logNormal(10.5 * kibibyte, 1.6), 4.5 * megabyte)),
      ),
      ...Array.from({ length: 11 }, (_, index) => 6.6 * megabyte + index * 1_200_000),
    ],
  },
  C: {
    folders: ['INBOX', 'Pläne', 'Scans'],
    sizes: () =>
      Array.from({ length: 60 }, (_, index) => 5 * megabyte + Math.round((index * 18 * megabyte) / 59)),
  },
}

/** Most are short notes; the mean is near 3.5 KiB beside the headers. */
function sizeOfSmall(random: Random): number {
  return Math.round(Math.min(Math.max(random.logNormal(2.9 * kibibyte, 0.6), 0.5 * kibibyte), 7.5 * kibibyte))
}

/** The messages of a corpus by folder, made while they are read; always the same ones. */
export function corpus(name: CorpusName): ReadonlyMap<string, Iterable<DiskMessage>> {
  const { folders, sizes } = plans[name]
  const random = new Random(name.charCodeAt(0))
  const all = shuffle(sizes(random), random)
  const text = new TextBlock(random)
  const perFolder = Math.ceil(all.length / folders.length)
  return new Map(
    folders.map((folder, index) => {
      const first = index * perFolder
      return [
        folder,
        { [Symbol.iterator]: () => messages(name, all.slice(first, first + perFolder), first, text) },
      ] as const
    }),
  )
}

function* messages(
  name: CorpusName,
  sizes: readonly number[],
  first: number,
  text: TextBlock,
): Generator<DiskMessage> {
  // A generator of its own: a folder has the same content however often, and in whatever order, it is read.
  const random = new Random(first + 1)
  for (const [index, size] of sizes.entries()) {
    const number = first + index
    const receivedAt = new Date(Date.UTC(2014, 0, 1) + number * (name === 'A' ? 18_000_000 : 120_000_000))
    const parts = size > 24 * kibibyte ? withAttachment(random, size, text) : [text.prose(random, size)]
    const type =
      size > 24 * kibibyte
        ? 'multipart/mixed; boundary="corpus"'
        : 'text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit'
    const head = Buffer.from(header(name, number, receivedAt, type))
    const chunks = [head, ...parts.map(({ bytes }) => bytes)]
    const bareLineFeeds = countLines(head) + parts.reduce((sum, { lines }) => sum + lines, 0)
    yield { chunks, bareLineFeeds, receivedAt, flags: flagsFor(random) }
  }
}

function withAttachment(random: Random, size: number, text: TextBlock): Stretch[] {
  return [
    literal('--corpus\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n'),
    text.prose(random, 800),
    literal(
      '\n--corpus\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="scan.pdf"\n\n',
    ),
    ...text.base64(random, size),
    literal('--corpus--\n'),
  ]
}

function literal(text: string): Stretch {
  const bytes = Buffer.from(text)
  return { bytes, lines: countLines(bytes) }
}

function header(name: CorpusName, number: number, date: Date, type: string): string {
  return `Return-Path: <sender${number % 97}@outside.example>
Received: from mail.outside.example (mail.outside.example [192.0.2.${number % 250}])
	by mailhaus.example (Postfix) with ESMTPS id ${(number + 0x100000).toString(16)};
	${date.toUTCString()}
From: Sender ${number % 97} <sender${number % 97}@outside.example>
To: corpus-${name.toLowerCase()}@bench.example
Subject: Message ${number} of corpus ${name}
Date: ${date.toUTCString()}
Message-ID: <${name}.${number}@bench.example>
MIME-Version: 1.0
Content-Type: ${type}

`
}

function flagsFor(random: Random): string[] {
  return [
    ...(random.chance(0.85) ? ['\\Seen'] : []),
    ...(random.chance(0.2) ? ['\\Answered'] : []),
    ...(random.chance(0.04) ? ['\\Flagged'] : []),
    ...(random.chance(0.1) ? ['NonJunk'] : []),
    ...(random.chance(0.03) ? ['$Forwarded'] : []),
  ]
}

function countLines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1
  return count
}

function shuffle(items: number[], random: Random): number[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.between(0, last)
    const held = items[last] ?? 0
    items[last] = items[other] ?? 0
    items[other] = held
  }
  return items
}
