import { OldServerError, probeRecipients, type RecipientVerdict } from '@iteg/old-server'
import { ServerError } from '../errors.ts'
import { asSentence } from '../sentence.ts'
import type { CutoverContext } from './step.ts'

/** What mailcow says to RCPT TO for these; nothing is sent. Rejects with `ServerError`. */
export async function probeMailcow(
  { migration, options }: CutoverContext,
  addresses: readonly string[],
): Promise<readonly RecipientVerdict[]> {
  try {
    return await probeRecipients(migration.config.new.smtp, addresses, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof OldServerError)) throw error
    throw new ServerError('new.smtp', asSentence(`mailcow: ${error.message}`), {
      hint: 'Look whether new.smtp may be reached from here; the old server still delivers.',
      cause: error,
    })
  }
}

/** `info@example.at (550 User unknown), ...`: the first five. */
export function sentenceOf(verdicts: readonly RecipientVerdict[]): string {
  const shown = verdicts
    .slice(0, 5)
    .map(({ address, code, text }) => `${address} (${code} ${text.slice(0, 120)})`)
  return verdicts.length > shown.length ? `${shown.join(', ')}, ...` : shown.join(', ')
}
