import type { MailcowClient } from '@iteg/mailcow-client'
import type { PasswordPolicy } from '../secrets/policy.ts'
import { freeBytes } from './disk.ts'
import { asking } from './mailcow-facts.ts'
import type { StageOptions } from './options.ts'

/** What mailcow demands of passwords. Rejects with `ServerError`. */
export function readPasswordPolicy(client: MailcowClient, options: StageOptions): Promise<PasswordPolicy> {
  return asking(options, async (call) => {
    const policy = await client.passwordPolicy.get(call)
    return {
      minLength: policy.minLength,
      letters: policy.requireLetters,
      specialCharacters: policy.requireSpecialCharacters,
      lowerAndUpper: policy.requireMixedCase,
      numbers: policy.requireDigits,
    }
  })
}

/** Free bytes on mailcow's mail volume; `undefined` when it does not tell (its docker API may be off). */
export async function readFreeDisk(
  client: MailcowClient,
  options: StageOptions,
): Promise<number | undefined> {
  try {
    return freeBytes(
      await client.status.vmail(options.signal === undefined ? {} : { signal: options.signal }),
    )
  } catch {
    options.signal?.throwIfAborted()
    return undefined
  }
}
