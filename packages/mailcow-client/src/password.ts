import { usageError } from './errors.ts'

/**
 * A new password: in clear, or as the hash of one. Two fields, because mailcow takes anything that starts with
 * `{SCHEME}` for a hash, and anything else for the password itself.
 */
export type NewPassword =
  | { readonly password: string; readonly passwordHash?: never }
  | {
      readonly password?: never
      /** With its scheme, e.g. `{SHA512-CRYPT}$6$…`, see {@link HASH_SCHEMES}. */
      readonly passwordHash: string
    }

/** The schemes that mailcow was seen to recognise, each with a real login. */
export const HASH_SCHEMES: readonly string[] = [
  'ARGON2I',
  'ARGON2ID',
  'BLF-CRYPT',
  'CRYPT',
  'DES-CRYPT',
  'LDAP-MD5',
  'MD5-CRYPT',
  'PBKDF2',
  'PLAIN',
  'PLAIN-MD5',
  'SHA1',
  'SHA256-CRYPT',
  'SHA512-CRYPT',
  'SMD5',
  'SSHA',
  'SSHA256',
  'SSHA512',
]

const SCHEME = /^\{([A-Za-z0-9.-]+)\}/

/** The text that mailcow stores or hashes; undefined when neither is given. Refuses what it would misunderstand. */
export function passwordToWire(given: {
  readonly password?: string | undefined
  readonly passwordHash?: string | undefined
}): string | undefined {
  const { password, passwordHash } = given
  if (passwordHash !== undefined) {
    if (password !== undefined) throw usageError('give the password or its hash, not both')
    const scheme = SCHEME.exec(passwordHash)?.[1]?.toUpperCase()
    if (scheme === undefined || !HASH_SCHEMES.includes(scheme)) {
      throw usageError(
        'passwordHash does not start with a scheme that mailcow knows: it would be taken for the password itself',
        `Known: ${HASH_SCHEMES.map((name) => `{${name}}`).join(' ')}`,
      )
    }
    return passwordHash
  }
  if (password === '') throw usageError('the password is empty')
  if (password !== undefined && SCHEME.test(password)) {
    throw usageError(
      'the password begins like a hash, {…}: mailcow would take it for one',
      'Choose another one, or give a hash as passwordHash.',
    )
  }
  return password
}
