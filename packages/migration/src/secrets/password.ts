import { randomInt } from 'node:crypto'
import { SecretError } from './errors.ts'
import { ITEG_RULE, type PasswordPolicy, satisfiesPolicy } from './policy.ts'

// Groups of five with a hyphen in between, as on a licence: Kt7hp-Wn4xd-Hp3fr-Ck9tr. Each group begins with its only
// capital letter. Left out: what looks like something else in some font (0 O o, 1 l I i j, 2 Z z, 5 S s, 6 b G, 8 B,
// 9 g q, u v y, m beside rn, c l as d), what lies elsewhere on a keyboard of another language (y, z), and vowels, so that
// no word comes about by accident. A hyphen is the special character that a policy may ask for, and the same on all keyboards.
const CAPITALS = 'CDFHKLMNPRTWX'
const LOWER = 'cdfhknprtwx'
const DIGITS = '23456789'
const SYMBOLS = LOWER + DIGITS

const GROUP_LENGTH = 5
const MIN_GROUPS = 4
const MAX_GROUPS = 22
/** Longer policies are nobody's: the longest password made has this many characters. */
export const MAX_PASSWORD_LENGTH = MAX_GROUPS * (GROUP_LENGTH + 1) - 1

export interface PasswordOptions {
  /** mailcow's rule, beside ITEG's, which always holds. */
  readonly policy?: PasswordPolicy | undefined
  /** At least so many characters, e.g. `passwords.minLength` of the configuration. */
  readonly minLength?: number | undefined
  /** A whole number from 0 to below `limit`, all equally likely; for tests. Default: the system's CSPRNG. */
  readonly randomBelow?: (limit: number) => number
}

/**
 * A new initial password of 23 characters or more: 4 groups of one of 13 capitals and
 * four of 19 symbols; every password with at least one digit and one lower case letter is equally likely: 82.7 bit.
 * Inside {@link ITEG_RULE} and the given policy, never beginning with `{`. Throws `policy_unreachable` for a policy that asks
 * for more than {@link MAX_PASSWORD_LENGTH} characters.
 */
export function generatePassword(options: PasswordOptions = {}): string {
  const minLength = Math.max(ITEG_RULE.minLength, options.minLength ?? 0, options.policy?.minLength ?? 0)
  const groups = Math.max(MIN_GROUPS, Math.ceil((minLength + 1) / (GROUP_LENGTH + 1)))
  if (!(groups <= MAX_GROUPS))
    throw new SecretError(
      'policy_unreachable',
      `passwords of ${minLength} characters are asked for; ${MAX_PASSWORD_LENGTH} is the most that is made`,
      { hint: "lower the length in mailcow's password policy or passwords.minLength in the configuration" },
    )
  const randomBelow = options.randomBelow ?? ((limit: number) => randomInt(limit))
  // Drawn again as a whole until it fits: that keeps all that fit equally likely. One in 6,000 does not.
  for (;;) {
    const password = draw(groups, randomBelow)
    if (isInside(password, ITEG_RULE) && (options.policy === undefined || isInside(password, options.policy)))
      return password
  }
}

function draw(groups: number, randomBelow: (limit: number) => number): string {
  const pick = (alphabet: string): string => alphabet.charAt(randomBelow(alphabet.length))
  return Array.from({ length: groups }, () => {
    const capital = pick(CAPITALS)
    return capital + Array.from({ length: GROUP_LENGTH - 1 }, () => pick(SYMBOLS)).join('')
  }).join('-')
}

function isInside(password: string, policy: PasswordPolicy): boolean {
  return satisfiesPolicy(password, policy).satisfied
}
