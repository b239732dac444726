import { SieveExportError } from '../errors.ts'

/**
 * - `usage` the URL is not one of a database · `connect` the server or the file cannot be reached
 * - `login` the database refused the login · `schema` it is there and not Roundcube's · `read` reading failed midway
 * - `write` the files cannot be written
 */
export type RoundcubeErrorCode = 'usage' | 'connect' | 'login' | 'schema' | 'read' | 'write'

/** What stops the reading of address books altogether. Single broken contacts do not: they are set aside. */
export class RoundcubeError extends SieveExportError {
  override readonly name = 'RoundcubeError'
  readonly code: RoundcubeErrorCode

  constructor(code: RoundcubeErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** True for these errors, also from a second copy of this package. */
export function isRoundcubeError(error: unknown): error is RoundcubeError {
  return error instanceof Error && error.name === 'RoundcubeError' && 'code' in error
}
