import { OldServerError } from '../errors.ts'
import { type SmtpReply, type SmtpServer, SmtpSession, type SmtpSessionOptions } from './smtp-session.ts'

/** What a server says to `RCPT TO` for one address. Nothing is ever sent to it. */
export interface RecipientVerdict {
  readonly address: string
  /** `deferred`: a 4xx, the server cannot say now. */
  readonly verdict: 'accepted' | 'refused' | 'deferred'
  readonly code: number
  /** The server's words, printable. */
  readonly text: string
}

/** Postfix slows down after 10 refusals in a session and ends it after 20 (smtpd_soft_error_limit, smtpd_hard_error_limit). */
const REFUSALS_PER_SESSION = 8
const RECIPIENTS_PER_TRANSACTION = 50
/** RSET counts as junk, of which Postfix takes 100 (smtpd_junk_command_limit). */
const TRANSACTIONS_PER_SESSION = 20

/**
 * Asks a server for each address whether it would take mail for it: MAIL FROM:<>, RCPT TO, RSET; no DATA.
 * @throws {OldServerError} `smtp_unreachable`: no connection, or it ended; then nothing is known of the rest
 */
export async function probeRecipients(
  server: SmtpServer,
  addresses: readonly string[],
  options: SmtpSessionOptions = {},
): Promise<readonly RecipientVerdict[]> {
  const odd = addresses.find((address) => !/^[^\s<>\p{Cc}]+@[^\s<>@\p{Cc}]+$/u.test(address))
  if (odd !== undefined)
    throw new OldServerError('smtp_unreachable', `'${odd.slice(0, 80)}' cannot be asked for by SMTP`)
  const verdicts: RecipientVerdict[] = []
  while (verdicts.length < addresses.length) {
    await using session = await SmtpSession.open(server, options)
    await probeInSession(session, addresses, verdicts)
  }
  return verdicts
}

async function probeInSession(
  session: SmtpSession,
  addresses: readonly string[],
  verdicts: RecipientVerdict[],
): Promise<void> {
  let refusals = 0
  for (let transaction = 0; transaction < TRANSACTIONS_PER_SESSION; transaction++) {
    const batch = addresses.slice(verdicts.length, verdicts.length + RECIPIENTS_PER_TRANSACTION)
    if (batch.length === 0) return
    const sender = await session.command('MAIL FROM:<>')
    if (sender.code !== 250)
      throw new OldServerError('smtp_unreachable', `SMTP takes no mail at all: ${sender.code} ${sender.text}`)
    for (const address of batch) {
      const reply = await session.command(`RCPT TO:<${address}>`)
      if (reply.code === 421)
        throw new OldServerError('smtp_unreachable', `SMTP ended the session: ${reply.text}`)
      verdicts.push({ address, verdict: verdictOf(reply), code: reply.code, text: reply.text })
      if (verdictOf(reply) !== 'accepted') refusals += 1
      if (refusals >= REFUSALS_PER_SESSION) return
    }
    await session.command('RSET')
  }
}

function verdictOf({ code }: SmtpReply): RecipientVerdict['verdict'] {
  if (code >= 200 && code < 300) return 'accepted'
  return code < 500 ? 'deferred' : 'refused'
}
