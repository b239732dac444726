import MailComposer from 'nodemailer/lib/mail-composer'
import type { Random } from './random.ts'
import { goodbyes } from './texts.ts'
import type { Letter } from './texts.ts'

export interface Person {
  readonly name: string
  readonly address: string
  readonly language: 'de' | 'en'
}

export interface LetterFacts {
  readonly from: Person
  readonly to: readonly Person[]
  readonly cc?: readonly Person[]
  readonly date: Date
  readonly letter: Letter
  readonly messageId: string
  /** The thread so far, oldest first. */
  readonly references?: readonly string[]
  /** What is quoted below the text. */
  readonly quoted?: { readonly from: Person; readonly date: Date; readonly text: string }
  readonly attachmentBytes?: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface ComposedLetter {
  readonly raw: Buffer
  readonly text: string
}

/** Makes a message as an ordinary mail program would: text, often HTML beside it, sometimes an attachment. */
export async function compose(random: Random, facts: LetterFacts): Promise<ComposedLetter> {
  const { from, to, cc = [], date, letter, references = [], quoted } = facts
  const number = String(random.between(1000, 99_999))
  const later = new Date(date.getTime() + random.between(2, 30) * 86_400_000)
  const day = dayFormats[from.language].format(later)
  const fill = (text: string): string => text.replaceAll('{n}', number).replaceAll('{day}', day)
  const paragraphs = [...letter.text.map(fill), `${random.pick(goodbyes[from.language])}\n${from.name}`]
  const quote = quoted === undefined ? [] : [quotation(quoted)]
  const text = `${[...paragraphs, ...quote].join('\n\n')}\n`
  const attachment = facts.attachmentBytes === undefined ? undefined : letter.attachment
  const composer = new MailComposer({
    from: { name: from.name, address: from.address },
    to: to.map(({ name, address }) => ({ name, address })),
    cc: cc.map(({ name, address }) => ({ name, address })),
    subject: fill(letter.subject),
    date,
    messageId: facts.messageId,
    ...(references.length === 0 ? {} : { inReplyTo: references.at(-1) ?? '', references: [...references] }),
    headers: {
      ...received(random, facts),
      'User-Agent': random.pick(userAgents),
      ...facts.headers,
    },
    text,
    ...(random.chance(0.45) ? { html: html(paragraphs) } : {}),
    ...(attachment === undefined
      ? {}
      : { attachments: [{ filename: fill(attachment), content: random.bytes(facts.attachmentBytes ?? 0) }] }),
    // Without it the boundary would differ from run to run.
    baseBoundary: `mailmove${random.between(100_000, 999_999)}`,
    newline: 'win',
  })
  return { raw: await composer.compile().build(), text: paragraphs.join('\n\n') }
}

const dayFormats = {
  de: new Intl.DateTimeFormat('de-AT', { timeZone: 'UTC' }),
  en: new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC' }),
}

const userAgents = [
  'Roundcube Webmail/1.4.15',
  'Mozilla Thunderbird 102.15.1',
  'Microsoft Outlook 16.0',
  'iPhone Mail (20G75)',
  'Apple Mail (2.3696.120.41.1.8)',
]

function received(random: Random, { from, to, date }: LetterFacts): Record<string, string> {
  const id = random.between(0x100000, 0xffffff).toString(16).toUpperCase()
  const domain = from.address.split('@')[1] ?? 'outside.example'
  return {
    'Return-Path': `<${from.address}>`,
    'Delivered-To': to[0]?.address ?? '',
    Received: `from mail.${domain} (mail.${domain} [192.0.2.${random.between(1, 254)}]) by mailhaus.example (Postfix) with ESMTPS id ${id} for <${to[0]?.address ?? ''}>; ${date.toUTCString()}`,
  }
}

function html(paragraphs: readonly string[]): string {
  const body = paragraphs.map((text) => `<p>${escape(text).replaceAll('\n', '<br>')}</p>`).join('\n')
  return `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body style="font-family: Calibri">\n${body}\n</body></html>\n`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function quotation({ from, date, text }: NonNullable<LetterFacts['quoted']>): string {
  const when = date.toISOString().slice(0, 10)
  const head = from.language === 'de' ? `Am ${when} schrieb ${from.name}:` : `On ${when}, ${from.name} wrote:`
  return [head, ...text.split('\n').map((line) => `> ${line}`)].join('\n')
}
