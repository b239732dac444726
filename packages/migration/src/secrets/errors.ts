/** What can be wrong with the key file, a sealed secret or a password policy. */
export type SecretErrorCode =
  | 'key_missing'
  | 'key_exists'
  | 'key_readable_by_others'
  | 'key_inside_work_dir'
  | 'key_malformed'
  | 'key_inaccessible'
  /** Sealed with another key: `password reset` heals it. */
  | 'wrong_key'
  /** The sealed bytes were changed, or belong to another mailbox or purpose: `password reset` heals it. */
  | 'secret_damaged'
  /** What is to be sealed is empty or too long. */
  | 'secret_unsuitable'
  /** No password that we make can be inside this policy. */
  | 'policy_unreachable'

/** Never holds a secret or key, neither in the message nor in `cause`. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
  readonly code: SecretErrorCode
  /** The way out, as one sentence or command line. */
  readonly hint: string | undefined

  constructor(
    code: SecretErrorCode,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}
