import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import { NoticeUsageError } from '../errors.ts'
import { cleanLine } from '../markdown/clean.ts'
import { parseMailAddress } from './address.ts'
import type { ComposeOptions, MessageAttachment } from './options.ts'

const longestSubject = 200
const longestFileName = 120
/** Ours, and those that a mailing list or an old program would send: nothing is to look like bulk mail. */
const refusedHeaders =
  /^(?:from|to|cc|bcc|sender|reply-to|subject|date|message-id|mime-version|content-.*|auto-submitted|precedence|list-.*|return-path|received)$/iu

/**
 * The bytes of the mail (RFC 5322, CRLF): `multipart/alternative`, inside `multipart/mixed` where there are
 * attachments; `Auto-Submitted: auto-generated` (RFC 3834), so that no vacation answers. The same input gives the same
 * bytes. Throws `NoticeUsageError`.
 */
export async function composeMessage(options: ComposeOptions): Promise<Uint8Array> {
  const { rendered, attachments = [], headers = {} } = options
  const messageId = bareMessageId(options.messageId)
  if (Number.isNaN(options.date.getTime())) throw new NoticeUsageError('date is not a date')
  const composer = new MailComposer({
    from: parseMailAddress(options.from, 'from'),
    to: parseMailAddress(options.to, 'to'),
    ...(options.replyTo !== undefined && { replyTo: parseMailAddress(options.replyTo, 'replyTo') }),
    subject: cleanLine(rendered.subject, longestSubject),
    messageId: `<${messageId}>`,
    date: options.date,
    text: rendered.text,
    html: rendered.html,
    attachments: attachments.map(attached),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': language(rendered.language),
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [headerName(name), headerValue(value)]),
      ),
    },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
    // Boundaries that are the same for the same message: a message made again after a crash is the same one.
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
  })
  const message = composer.compile()
  message.keepBcc = false
  return new Uint8Array(await message.build())
}

function attached({ fileName, contentType, content }: MessageAttachment): object {
  if (!/^[\w.+-]+\/[\w.+-]+(?:;[^\r\n]*)?$/u.test(contentType))
    throw new NoticeUsageError(`${cleanLine(contentType, 60)} is no content type`)
  return {
    // A path in a name is nobody's business.
    filename: cleanLine(fileName, longestFileName).replaceAll(/[/\\]/gu, '_'),
    contentType,
    content: Buffer.from(content),
    // A line end must stay what it is.
    contentTransferEncoding: 'base64',
    contentDisposition: 'attachment',
  }
}

function bareMessageId(value: string): string {
  const bare = value.trim().replace(/^<(.*)>$/su, '$1')
  // RFC 5322 §3.6.4, without the forms that nobody writes
  if (bare.length > 240 || !/^[\w!#$%&'*+/=?^`{|}~.-]+@[\w.-]+$/u.test(bare))
    throw new NoticeUsageError('messageId is no Message-ID: something@a.host')
  return bare
}

function language(tag: string): string {
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/u.test(tag) ? tag : 'und'
}

function headerName(name: string): string {
  if (!/^[A-Za-z][\w-]{0,60}$/u.test(name) || refusedHeaders.test(name))
    throw new NoticeUsageError(`${cleanLine(name, 60)} cannot be a further header`)
  return name
}

function headerValue(value: string): string {
  return cleanLine(value, 500)
}

/**
 * A Message-ID that the same parts always give, such as domain, mailbox, kind and version: after a crash it is looked
 * for in the mailbox. Nobody reads the parts out of it. Throws `NoticeUsageError` when `host` is none.
 */
export function newMessageId(parts: readonly string[], host: string): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)
  return `<${bareMessageId(`${digest}@${host}`)}>`
}
