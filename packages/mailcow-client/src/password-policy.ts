import type { Api, DecodeContext } from './api.ts'
import { readBackOne } from './read-back.ts'
import { usageError } from './errors.ts'
import type { CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { flagToWire } from './request.ts'
import { flag, integer } from './wire.ts'

/** What mailcow demands of every new password. */
export interface PasswordPolicy {
  /** In bytes. */
  readonly minLength: number
  /** At least one letter. */
  readonly requireLetters: boolean
  /** At least one byte outside A-Z, a-z, 0-9 (umlauts count). */
  readonly requireSpecialCharacters: boolean
  /** Lower and upper case. */
  readonly requireMixedCase: boolean
  readonly requireDigits: boolean
}

export const passwordPolicyReply = defineReply('password policy', {
  required: { length: integer, chars: flag, special_chars: flag, lowerupper: flag, numbers: flag },
  expected: {},
  sometimes: {},
})

function decodePasswordPolicy(value: unknown, context: DecodeContext): PasswordPolicy {
  const reply = context.parse(passwordPolicyReply, value)
  return {
    minLength: reply.length,
    requireLetters: reply.chars,
    requireSpecialCharacters: reply.special_chars,
    requireMixedCase: reply.lowerupper,
    requireDigits: reply.numbers,
  }
}

/** The password policy: `get/passwordpolicy` (also `/html`), `edit/passwordpolicy`. */
export class PasswordPolicies {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async get(options: CallOptions = {}): Promise<PasswordPolicy> {
    const found = await this.#api.readOne('get/passwordpolicy', [], decodePasswordPolicy, options)
    if (found === undefined) throw this.#api.unexpected('get/passwordpolicy', 'is empty')
    return found
  }

  /** The policy in words, as HTML, in mailcow's own language. */
  async describe(options: CallOptions = {}): Promise<string> {
    const value = await this.#api.readText('get/passwordpolicy', ['html'], options)
    if (value === '') throw this.#api.unexpected('get/passwordpolicy', 'is empty')
    return value
  }

  /** Sets the whole policy. Lengths below 3 are refused here: mailcow would report success and keep the old one. */
  async set(policy: PasswordPolicy, options: WriteOptions = {}): Promise<void> {
    if (!Number.isSafeInteger(policy.minLength) || policy.minLength < 3) {
      throw usageError(`minLength must be a whole number of at least 3; it is ${policy.minLength}`)
    }
    await this.#api.write(
      {
        route: 'edit/passwordpolicy',
        done: ['password_policy_saved'],
        body: {
          items: ['none'],
          attr: {
            length: policy.minLength,
            chars: flagToWire(policy.requireLetters),
            special_chars: flagToWire(policy.requireSpecialCharacters),
            lowerupper: flagToWire(policy.requireMixedCase),
            numbers: flagToWire(policy.requireDigits),
          },
        },
      },
      options,
    )
    if (options.readBack === true) {
      await readBackOne('edit/passwordpolicy', 'the policy', policy, () => this.get(options))
    }
  }
}

/** What a password lacks under a policy; empty when mailcow would take it. Pure. */
export function passwordProblems(password: string, policy: PasswordPolicy): string[] {
  const problems: string[] = []
  if (Buffer.byteLength(password) < policy.minLength) problems.push(`shorter than ${policy.minLength} bytes`)
  if (policy.requireLetters && !/[A-Za-z]/.test(password)) problems.push('no letter')
  if (policy.requireSpecialCharacters && !/[^A-Za-z0-9]/.test(password)) problems.push('no special character')
  if (policy.requireMixedCase && !(/[a-z]/.test(password) && /[A-Z]/.test(password)))
    problems.push('not both lower and upper case')
  if (policy.requireDigits && !/[0-9]/.test(password)) problems.push('no digit')
  return problems
}
