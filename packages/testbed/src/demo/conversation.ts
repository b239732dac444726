import type { Person } from './compose.ts'
import { compose } from './compose.ts'
import { outsiders } from './people.ts'
import type { Random } from './random.ts'
import type { SampleMessage } from './sample-message.ts'
import { letters, newsletters, replies, spam } from './texts.ts'
import type { Letter } from './texts.ts'

/** A message of a conversation, and who wrote it. */
export interface ConversationMessage extends SampleMessage {
  readonly from: Person
}

export interface Period {
  readonly from: Date
  readonly until: Date
}

/** Somebody writes, they answer each other a few times. In order of time. */
export async function conversation(
  random: Random,
  owner: Person,
  period: Period,
  attachmentBytes?: number,
): Promise<ConversationMessage[]> {
  const other = random.pick(outsiders)
  const language = other.language
  const letter = random.pick(letters[language])
  const messages: ConversationMessage[] = []
  const references: string[] = []
  let date = within(random, period)
  let quoted: { from: Person; date: Date; text: string } | undefined
  const length = random.pick([1, 1, 1, 2, 2, 3, 4])
  const ownerBegins = random.chance(0.3)
  for (let turn = 0; turn < length; turn += 1) {
    const ownerWrites = (turn % 2 === 0) === ownerBegins
    const [from, to] = ownerWrites ? [owner, other] : [other, owner]
    const messageId = newMessageId(random, date, from)
    const composed = await compose(random, {
      from: { ...from, language },
      to: [to],
      date,
      letter: turn === 0 ? letter : answer(random, letter, language),
      messageId,
      references: [...references],
      ...(quoted === undefined ? {} : { quoted }),
      ...withAttachment(random, turn === 0 ? letter : undefined, attachmentBytes),
    })
    const answered = turn + 1 < length
    messages.push({
      from,
      raw: composed.raw,
      receivedAt: date,
      flags: flagsFor(random, ownerWrites, answered),
    })
    references.push(messageId)
    quoted = { from, date, text: composed.text }
    date = new Date(date.getTime() + random.between(600, 3 * 86_400) * 1000)
  }
  return messages
}

/** One message that nobody answers: a newsletter, or unwanted mail. */
export async function bulkMessage(
  random: Random,
  owner: Person,
  period: Period,
  kind: 'newsletter' | 'spam',
): Promise<SampleMessage> {
  const date = within(random, period)
  const from: Person = {
    name: 'Info',
    address: `info@${kind}${random.between(1, 40)}.example`,
    language: 'de',
  }
  const { raw } = await compose(random, {
    from,
    to: [owner],
    date,
    letter: random.pick(kind === 'spam' ? spam : newsletters),
    messageId: newMessageId(random, date, from),
    headers:
      kind === 'spam'
        ? { 'X-Spam-Flag': 'YES', 'X-Spam-Score': String(random.between(6, 30)) }
        : { 'List-Unsubscribe': '<https://newsletter.example/u>', Precedence: 'bulk' },
  })
  return {
    raw,
    receivedAt: date,
    flags: kind === 'spam' ? ['Junk', '\\Seen'] : random.chance(0.5) ? ['\\Seen'] : [],
  }
}

function within(random: Random, { from, until }: Period): Date {
  const seconds = random.between(Math.ceil(from.getTime() / 1000), Math.floor(until.getTime() / 1000))
  return new Date(seconds * 1000)
}

function newMessageId(random: Random, date: Date, { address }: Person): string {
  const unique = random.between(0, 2 ** 40).toString(36)
  return `<${date.getTime().toString(36)}.${unique}@${address.split('@')[1] ?? 'example'}>`
}

function answer(random: Random, letter: Letter, language: 'de' | 'en'): Letter {
  const prefix = language === 'de' ? random.pick(['AW: ', 'Re: ']) : 'Re: '
  return { subject: prefix + letter.subject, text: [random.pick(replies[language])] }
}

function withAttachment(
  random: Random,
  letter: Letter | undefined,
  bytes: number | undefined,
): { attachmentBytes?: number } {
  if (letter?.attachment === undefined) return {}
  if (bytes !== undefined) return { attachmentBytes: bytes }
  return random.chance(0.6)
    ? { attachmentBytes: Math.round(Math.min(random.logNormal(9000, 0.8), 60_000)) }
    : {}
}

function flagsFor(random: Random, own: boolean, answered: boolean): string[] {
  const flags: string[] = []
  if (own || answered || random.chance(0.8)) flags.push('\\Seen')
  if (answered && !own) flags.push('\\Answered')
  if (random.chance(0.07)) flags.push('\\Flagged')
  if (random.chance(0.06)) flags.push('$Forwarded')
  if (random.chance(0.25)) flags.push('NonJunk')
  if (random.chance(0.06)) flags.push(random.pick(['$Label1', '$Label2', '$Label4', 'Rechnung', '$MDNSent']))
  return flags
}
