import { createHash } from 'node:crypto'
import type { SampleMessage } from '@iteg/testbed'

let made = 0

/** A message of its own; the same call twice makes two that differ. */
export function message(
  subject: string,
  options: Partial<SampleMessage> & { readonly body?: string } = {},
): SampleMessage {
  made += 1
  const { body = `This is “${subject}”.`, ...rest } = options
  const receivedAt = new Date(
    Date.UTC(2016, made % 12, 1 + (made % 28), made % 24, made % 60, (7 * made) % 60),
  )
  const lines = [
    'From: Karl Gruber <karl@outside.example>',
    'To: anna@here.example',
    `Date: ${receivedAt.toUTCString()}`,
    `Message-ID: <${made}.e2e@outside.example>`,
    `Subject: ${subject}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    ...body.split('\n'),
  ]
  return { raw: Buffer.from(lines.map((line) => `${line}\r\n`).join('')), receivedAt, flags: [], ...rest }
}

/** `count` messages, with flags of every kind among them. */
export function messages(subject: string, count: number, bodyBytes = 200): SampleMessage[] {
  const flags = [
    [],
    [String.raw`\Seen`],
    [String.raw`\Seen`, String.raw`\Answered`],
    [String.raw`\Flagged`, '$Label1'],
  ]
  return Array.from({ length: count }, (_, index) =>
    message(`${subject} ${index + 1}`, {
      flags: flags[index % flags.length] ?? [],
      body: `Text of ${subject}. `.repeat(Math.ceil(bodyBytes / (subject.length + 10))),
    }),
  )
}

/** A message as one line that two mailboxes can be compared by: subject, date, flags and the hash of every byte. */
export function messageLine({ raw, receivedAt, flags }: SampleMessage): string {
  const subject = /^Subject: (.*)$/im.exec(raw.toString('latin1', 0, 8192))?.[1]?.trim() ?? '(no subject)'
  const date = Number.isNaN(receivedAt.getTime()) ? 'no date' : receivedAt.toISOString().slice(0, 19)
  const hash = createHash('sha256').update(asStored(raw)).digest('hex').slice(0, 20)
  return `${subject} | ${date} | ${flags.toSorted().join(' ')} | ${hash}`
}

/** What Dovecot itself changes when it stores a message: line ends become CRLF, NUL becomes 0x80. */
function asStored(raw: Buffer): Buffer {
  const text = raw
    .toString('latin1')
    .replaceAll(/(?<!\r)\n/g, '\r\n')
    .replaceAll('\0', '\u0080')
  return Buffer.from(text, 'latin1')
}

/** Messages as `readMailbox` shows them. */
export function linesOf(list: readonly SampleMessage[]): string[] {
  return list.map(messageLine).toSorted()
}

/** Deterministic numbers from 0 to 1 (mulberry32), so that every run of a test kills at the same places. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
