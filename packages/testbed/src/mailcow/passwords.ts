import { hash } from 'bcryptjs'
import type { WriteCall } from './calls.ts'
import { isEmpty, text, type JsonValue } from './php-values.ts'
import type { PasswordPolicy } from './state.ts'

/** mailcow's answers about passwords say neither which function nor which item it was. */
const LOG: JsonValue = ['password_check', null, null]

/** Compares and checks a new password; a failure is reported in the answer. */
export function checkPassword(
  call: WriteCall,
  first: JsonValue | undefined,
  second: JsonValue | undefined,
): boolean {
  const problem = passwordProblem(call.state.passwordPolicy, first, second)
  if (problem === undefined) return true
  call.push({ type: 'danger', log: LOG, msg: problem })
  return false
}

/** The message that refuses a password given twice; undefined: it may be used. */
export function passwordProblem(
  policy: PasswordPolicy,
  first: JsonValue | undefined,
  second: JsonValue | undefined,
): string | undefined {
  if (isEmpty(first) || isEmpty(second)) return 'password_complexity'
  const password = text(first)
  if (password !== text(second)) return 'password_mismatch'
  // Bytes, not characters; and every byte that is no ASCII letter or digit is "special", so umlauts are.
  const acceptable =
    Buffer.byteLength(password) >= Number(policy.length) &&
    (policy.special_chars !== '1' || /[^a-zA-Z\d]/.test(password)) &&
    (policy.chars !== '1' || /[a-zA-Z]/.test(password)) &&
    (policy.numbers !== '1' || /\d/.test(password)) &&
    (policy.lowerupper !== '1' || (/[a-z]/.test(password) && /[A-Z]/.test(password)))
  return acceptable ? undefined : 'password_complexity'
}

const SCHEMES =
  'ARGON2I|ARGON2ID|BLF-CRYPT|CLEAR|CLEARTEXT|CRYPT|DES-CRYPT|LDAP-MD5|MD5|MD5-CRYPT|PBKDF2|PLAIN|PLAIN-MD4|' +
  'PLAIN-MD5|PLAIN-TRUNC|SHA|SHA1|SHA256|SHA256-CRYPT|SHA512|SHA512-CRYPT|SMD5|SSHA|SSHA256|SSHA512'
const PRE_HASHED = new RegExp(`^\\{(?:${SCHEMES})\\}`, 'i')

/** A value that starts with a known `{SCHEME}` is stored as it is; anything else, also `$6$...`, is the password. */
export async function hashPassword(password: string, rounds: number): Promise<string> {
  if (PRE_HASHED.test(password)) return password
  // PHP writes the same algorithm as $2y$.
  return `{BLF-CRYPT}${(await hash(password, rounds)).replace(/^\$2[ab]\$/, '$2y$')}`
}
