import { createTransport } from 'nodemailer'
import type { Endpoint } from '../endpoint.ts'

export interface Delivery {
  readonly from?: string
  readonly to: string
  /** The whole message, headers and body. */
  readonly raw: string | Buffer
}

/** Delivers a message over LMTP, as the MTA would. Rejects with the server's answer (`responseCode`) when refused. */
export async function deliver(
  lmtp: Endpoint,
  { from = 'sender@outside.example', to, raw }: Delivery,
): Promise<void> {
  const transport = createTransport({ ...lmtp, lmtp: true, secure: false, ignoreTLS: true })
  try {
    const { rejectedErrors } = await transport.sendMail({ envelope: { from, to: [to] }, raw })
    // LMTP answers for each recipient after the message itself (RFC 2033 §4.2).
    const refusal = rejectedErrors?.[0]
    if (refusal !== undefined) throw refusal
  } finally {
    transport.close()
  }
}
