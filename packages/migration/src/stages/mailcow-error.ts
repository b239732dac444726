import type { MailcowError } from '@iteg/mailcow-client'

/** The client's own check, here too: asking the client itself would load all of it with every command. */
export function isMailcowError(error: unknown): error is MailcowError {
  return error instanceof Error && error.name === 'MailcowError' && 'code' in error && 'effect' in error
}
