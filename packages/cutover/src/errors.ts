/**
 * What stopped an operation, as the decision a caller has to make:
 * - `name` a domain name cannot be used (nothing was sent) · `server` the address of a server cannot be used
 * - `unreachable` no connection · `timeout` no answer in time · `answer` the answer makes no sense
 * - `zone` no zone or no authoritative server is known for the domain
 * - `signature` the key's name, secret or clock is wrong (RFC 8945) · `refused` the server does not allow it
 * - `prerequisite` the records were changed by somebody else since they were read: read again
 */
export type CutoverErrorCode =
  | 'name'
  | 'server'
  | 'unreachable'
  | 'timeout'
  | 'answer'
  | 'zone'
  | 'signature'
  | 'refused'
  | 'prerequisite'

/** Everything that this package throws. Messages are one line and hold no secret. */
export class CutoverError extends Error {
  override readonly name = 'CutoverError'
  readonly code: CutoverErrorCode

  constructor(code: CutoverErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
  }
}
