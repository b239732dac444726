/** The rules of mailcow for passwords (`get/passwordpolicy`). Lengths are bytes of UTF-8, as mailcow counts. */
export interface PasswordPolicy {
  readonly minLength: number
  /** At least one letter a-z, A-Z. */
  readonly letters: boolean
  /** At least one byte outside A-Z, a-z, 0-9. */
  readonly specialCharacters: boolean
  readonly lowerAndUpper: boolean
  readonly numbers: boolean
}
