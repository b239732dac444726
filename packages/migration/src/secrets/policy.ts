/** The rules of mailcow for passwords (`get/passwordpolicy`). Lengths are bytes of UTF-8, as mailcow counts. */
export interface PasswordPolicy {
  readonly minLength: number
  /** At least one letter, A-Z or a-z. */
  readonly letters: boolean
  /** At least one byte outside A-Z, a-z, 0-9. */
  readonly specialCharacters: boolean
  readonly lowerAndUpper: boolean
  readonly numbers: boolean
}

/** ITEG's own rule: every initial password is inside it, whatever mailcow asks. */
export const ITEG_RULE: PasswordPolicy = Object.freeze({
  minLength: 12,
  letters: true,
  specialCharacters: false,
  lowerAndUpper: true,
  numbers: true,
})

export type PasswordProblem =
  | 'too-short'
  | 'no-letter'
  | 'no-special-character'
  | 'no-lower-case'
  | 'no-upper-case'
  | 'no-number'
  /** mailcow takes `{SCHEME}...` for a hash and stores it as it is: nobody could log in with it as typed. */
  | 'looks-like-a-hash'

export interface PolicyVerdict {
  readonly satisfied: boolean
  /** All of them, not only the first. */
  readonly problems: readonly PasswordProblem[]
}

/** Whether mailcow would take the password under this policy, and everything it would object to. */
export function satisfiesPolicy(password: string, policy: PasswordPolicy): PolicyVerdict {
  const problems: PasswordProblem[] = []
  const require = (isMet: boolean, problem: PasswordProblem): void => {
    if (!isMet) problems.push(problem)
  }
  require(Buffer.byteLength(password, 'utf8') >= policy.minLength, 'too-short')
  if (policy.letters) require(/[A-Za-z]/.test(password), 'no-letter')
  // mailcow's expressions work on bytes: an umlaut is a special character, and no letter.
  if (policy.specialCharacters) require(/[^A-Za-z0-9]/.test(password), 'no-special-character')
  if (policy.lowerAndUpper) {
    require(/[a-z]/.test(password), 'no-lower-case')
    require(/[A-Z]/.test(password), 'no-upper-case')
  }
  if (policy.numbers) require(/[0-9]/.test(password), 'no-number')
  require(!password.startsWith('{'), 'looks-like-a-hash')
  return { satisfied: problems.length === 0, problems }
}
