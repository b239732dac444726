import { NotifyError } from '../errors.ts'

export type SmtpErrorCode = 'connect' | 'tls' | 'login' | 'refused' | 'busy' | 'protocol'

export interface SmtpErrorDetails {
  readonly code: SmtpErrorCode
  /** Whether the message may have been taken all the same: then look before sending again. */
  readonly outcome: 'not-sent' | 'unknown'
  /** The server's answer, if it gave one: its code and its text, cut off where it is long. */
  readonly response?: string
  readonly responseCode?: number
  /** Recipients that the server refused, where that is why. */
  readonly rejected?: readonly SmtpRejection[]
}

/** A recipient that the server did not take. */
export interface SmtpRejection {
  readonly address: string
  readonly responseCode: number | undefined
  /** Cut off where it is long. */
  readonly response: string
  /** False for a 4xx: the same again later may succeed. */
  readonly permanent: boolean
}

/** Sending failed. Never holds the password, nor the message. */
export class SmtpError extends NotifyError {
  override readonly name = 'SmtpError'
  override readonly code: SmtpErrorCode
  readonly outcome: 'not-sent' | 'unknown'
  readonly response: string | undefined
  readonly responseCode: number | undefined
  readonly rejected: readonly SmtpRejection[]
  /** Whether the same call may succeed later. */
  readonly retryable: boolean

  constructor(message: string, details: SmtpErrorDetails, options?: ErrorOptions) {
    super(message, options)
    this.code = details.code
    this.outcome = details.outcome
    this.response = details.response
    this.responseCode = details.responseCode
    this.rejected = details.rejected ?? []
    this.retryable = details.code === 'connect' || details.code === 'busy'
  }
}

/** Whether sending failed. */
export function isSmtpError(error: unknown): error is SmtpError {
  return error instanceof SmtpError
}
