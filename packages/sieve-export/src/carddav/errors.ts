import { SieveExportError } from '../errors.ts'

/**
 * - `usage` the address cannot be used · `connect` the server cannot be reached, or answers too late
 * - `login` it refused the password (never repeated: fail2ban counts) · `refused` it does not let us read or make a book
 * - `busy` it is overloaded or being restarted · `protocol` its answer makes no sense · `limit` it is far too long
 */
export type CardDavErrorCode = 'usage' | 'connect' | 'login' | 'refused' | 'busy' | 'protocol' | 'limit'

/** What ends an import. A card that the server does not take does not: it is in the report. */
export class CardDavError extends SieveExportError {
  override readonly name = 'CardDavError'
  readonly code: CardDavErrorCode
  /** Whether the same may work later without anybody doing something. */
  readonly retryable: boolean

  constructor(code: CardDavErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
    this.retryable = code === 'connect' || code === 'busy'
  }
}

/** True for these errors, also from a second copy of this package. */
export function isCardDavError(error: unknown): error is CardDavError {
  return error instanceof Error && error.name === 'CardDavError' && 'code' in error
}
