import type { ExplainedMessage, ExplainedPlace, ExplainReport } from '@iteg/migration'
import { count, visible } from '../ui/text.ts'
import { formatBytes, formatTime } from '../ui/units.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

/** Message by message where it is, or why not. Everything that comes out of mail is shown, never sent to the terminal. */
export function renderExplain(report: ExplainReport, style: RenderStyle): string {
  const { messages, mailboxes, query, unread, more, limit } = report
  const where = count(mailboxes, 'mailbox', 'mailboxes')
  return blocks([
    messages.length === 0
      ? paragraph(
          `Not found: “${query}” (${words[report.lookedFor]}) is in none of ${where}, on neither server. ${hint(report)}`,
          '',
          style,
        )
      : '',
    ...messages.map((message) => renderMessage(message, style)),
    more
      ? `There are more; the first ${limit} are listed. Name a mailbox with --mailbox, or more of the subject.`
      : '',
    ...unread.map(({ mailbox, server, message }) =>
      paragraph(`${mailbox}: the ${server} server could not be looked through: ${message}`, '  ', style, ''),
    ),
  ])
}

const words: Readonly<Record<ExplainReport['lookedFor'], string>> = {
  messageId: 'as Message-ID',
  subject: 'as a part of the subject',
  address: 'as an address in From, To, Cc, or as Message-ID',
}

function hint({ unread }: ExplainReport): string {
  return unread.length === 0 ? '' : 'But not every mailbox could be looked through.'
}

function renderMessage(message: ExplainedMessage, style: RenderStyle): string {
  const { mailbox, subject = '(no subject)', from, messageId, date, bytes, copiedAt, file } = message
  const field = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [paragraph(value, '              ', style, `  ${name.padEnd(12)}`)]
  return [
    `${style.paint('bold', visible(mailbox))}  ${visible(subject)}`,
    ...field('what is so', message.message),
    ...field('old server', placeOf(message.old)),
    ...field('mailcow', placeOf(message.new)),
    ...field('copied', copiedAt === undefined ? undefined : formatTime(new Date(copiedAt))),
    ...field('file', file),
    ...field('from', from),
    ...field('Message-ID', messageId),
    ...field('received', date === undefined ? undefined : formatTime(new Date(date))),
    ...field('size', formatBytes(bytes)),
  ].join('\n')
}

function placeOf(place: ExplainedPlace | undefined): string {
  if (place === undefined) return 'not there'
  const { folder, uid, uidValidity, flags } = place
  return `${folder}, UID ${uid} (UIDVALIDITY ${uidValidity})${flags.length === 0 ? '' : ` ${flags.join(' ')}`}`
}
