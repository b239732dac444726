import { OldServerError } from '../errors.ts'
import { type SmtpServer, SmtpSession, type SmtpSessionOptions } from './smtp-session.ts'

/** A message of ours to one recipient. */
export interface ProbeMessage {
  readonly to: string
  readonly messageId: string
  readonly subject: string
  /** Plain ASCII lines. */
  readonly text: string
}

/**
 * Hands one message in, with the empty sender: nothing ever comes back for it.
 * @throws {OldServerError} `smtp_refused` with the server's words; `smtp_unreachable`
 */
export async function sendProbe(
  server: SmtpServer,
  { to, messageId, subject, text }: ProbeMessage,
  options: SmtpSessionOptions = {},
): Promise<void> {
  const head = [
    'From: mailmove <postmaster@localhost>',
    `To: <${to}>`,
    `Subject: ${subject}`,
    `Message-ID: <${messageId}>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'Auto-Submitted: auto-generated',
  ]
  const lines = [...head, '', ...text.split('\n')]
  const odd = lines.find((line) => !/^[\u0020-\u007e]*$/.test(line))
  if (odd !== undefined || !/^[^\s<>]+@[^\s<>@]+$/.test(to))
    throw new OldServerError('smtp_refused', `a message that cannot be sent to '${to.slice(0, 80)}'`)
  await using session = await SmtpSession.open(server, options)
  // RFC 5321 §4.5.2: a line that begins with a dot gets another.
  const body = lines.map((line) => (line.startsWith('.') ? `.${line}` : line)).join('\r\n')
  const dialogue: readonly (readonly [command: string, code: number])[] = [
    ['MAIL FROM:<>', 250],
    [`RCPT TO:<${to}>`, 250],
    ['DATA', 354],
    [`${body}\r\n.`, 250],
  ]
  for (const [command, code] of dialogue) {
    const reply = await session.command(command)
    if (reply.code !== code) throw new OldServerError('smtp_refused', `SMTP says ${reply.code} ${reply.text}`)
  }
}
