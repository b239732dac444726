import type { NoticeKind } from '@iteg/notify'
import { ServerError, UsageError } from '../errors.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'
import { openNoticeRun } from './notice-run.ts'
import { senderOf } from './sender.ts'

export interface SendTestRequest {
  readonly address: string
  readonly kind: NoticeKind
  /** Default: `de`. */
  readonly language?: string
}

export interface SendTestReport {
  readonly schema: 'mailmove.notices-send-test/1'
  /** ISO 8601. */
  readonly at: string
  readonly recipient: string
  readonly kind: NoticeKind
  readonly language: string
  readonly subject: string
  readonly messageId: string
  /** What the mail server said. */
  readonly response: string
}

/** Data of an invented firm, with the files that it names; the password is masked. Recorded nowhere, and may be repeated. */
export async function sendTestNotice(
  migration: Migration,
  { address, kind, language = 'de' }: SendTestRequest,
  options: StageOptions = {},
): Promise<SendTestReport> {
  await using run = await openNoticeRun(migration, options)
  const { notify, templates, from } = run.drafting
  if (!templates.has(kind, language))
    throw new UsageError(`There is no text of ${kind} in the language ${language}.`, {
      hint: `There are texts in: ${templates.languages.join(', ')}`,
    })
  const data = notify.sampleData(kind)
  const rendered = notify.renderPreview(templates, { kind, language, data })
  const date = migration.now()
  const host = senderOf(from).address.replace(/^.*@/u, '')
  const messageId = notify.newMessageId(['test', address, kind, date.toISOString()], host)
  const attachments = sampleFiles(data).map((fileName) => ({
    fileName,
    contentType: fileName.endsWith('.vcf') ? 'text/vcard; charset=utf-8' : 'application/sieve',
    content: Buffer.from(fileName.endsWith('.vcf') ? SAMPLE_CARD : SAMPLE_SCRIPT),
  }))
  const subject = `[Test] ${rendered.subject}`
  const content = await notify.composeMessage({
    rendered: { ...rendered, subject },
    from,
    to: address,
    messageId,
    date,
    attachments,
  })
  try {
    const smtp = await run.delivery.smtp()
    const { response } = await smtp.send(content, { from: run.delivery.sender, to: [address] }, options)
    return {
      schema: 'mailmove.notices-send-test/1',
      at: date.toISOString(),
      recipient: address,
      kind,
      language,
      subject,
      messageId,
      response,
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!notify.isSmtpError(error)) throw error
    throw new ServerError('notify.smtp', asSentence(`The mail server: ${error.message}`), {
      hint: 'Look at notify.smtp in the configuration.',
      cause: error,
    })
  }
}

const SAMPLE_SCRIPT = 'require "fileinto";\r\nif header :contains "subject" "Test" { fileinto "Test"; }\r\n'
const SAMPLE_CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Muster\r\nN:Muster;;;;\r\nEND:VCARD\r\n'

function sampleFiles(data: object): readonly string[] {
  const lists: unknown[] = [
    'scripts' in data ? data.scripts : [],
    'addressBooks' in data ? data.addressBooks : [],
  ]
  return lists.flatMap((list) =>
    Array.isArray(list)
      ? list.flatMap((entry: unknown) =>
          typeof entry === 'object' &&
          entry !== null &&
          'fileName' in entry &&
          typeof entry.fileName === 'string'
            ? [entry.fileName]
            : [],
        )
      : [],
  )
}
