import type { SmtpDelivery, SmtpOptions } from './options.ts'

/** A pool of connections to one mail server, opened when the first message is sent. Throws nothing. */
export function openSmtp(options: SmtpOptions): SmtpDelivery {
  throw new Error(`being built: ${options.host}`)
}
