/** What can be wrong with the key file or a sealed secret. */
export type SecretErrorCode =
  | 'key_missing'
  | 'key_exists'
  | 'key_readable_by_others'
  | 'key_inside_work_dir'
  | 'key_malformed'
  | 'key_inaccessible'
  /** Sealed with another key: `password reset` heals it. */
  | 'wrong_key'
  /** The sealed bytes were changed, or belong to another mailbox or purpose. */
  | 'secret_damaged'

/** Never holds a secret or key, neither in the message nor in `cause`. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
  readonly code: SecretErrorCode

  constructor(code: SecretErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
  }
}
