import { SieveExportError } from '../errors.ts'

/**
 * - `missing` the home directory is not there · `denied` it may not be read · `limit` there is more than any user has
 * - `io` the disk failed
 */
export type ScriptFilesErrorCode = 'missing' | 'denied' | 'limit' | 'io'

/** Why a user's script files cannot be read at all; what is wrong with a single file is a problem in the result. */
export class ScriptFilesError extends SieveExportError {
  override readonly name = 'ScriptFilesError'
  readonly code: ScriptFilesErrorCode

  constructor(code: ScriptFilesErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
  }
}

/** True for these errors, also from a second copy of this package. */
export function isScriptFilesError(error: unknown): error is ScriptFilesError {
  return error instanceof Error && error.name === 'ScriptFilesError' && 'code' in error
}
