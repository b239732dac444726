import type { Secret } from '../../config/index.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { SecretError } from '../../secrets/errors.ts'
import type { SecretKey } from '../../secrets/key.ts'
import { generatePassword } from '../../secrets/password.ts'
import type { PasswordPolicy } from '../../secrets/policy.ts'

export interface InitialPasswords {
  readonly domain: string
  readonly key: SecretKey
  readonly policy: PasswordPolicy
  readonly minLength: number
  readonly shared: Secret | undefined
}

/**
 * The initial password of a mailbox that is about to be created: under seal, and durable, when this resolves. One that is
 * there already is used again, because a creation whose answer was lost may have set it.
 */
export async function sealedPassword(
  ledger: Ledger,
  { domain, key, policy, minLength, shared }: InitialPasswords,
  mailbox: string,
): Promise<string> {
  const name = { domain, mailbox, purpose: 'initial-password' } as const
  const known = await openOrForget(ledger, key, name)
  const password = shared === undefined ? known : shared.reveal()
  if (password !== undefined && password === known) return password
  const fresh = password ?? generatePassword({ policy, minLength })
  await ledger.secrets.seal(key, name, fresh)
  return fresh
}

/** One that no key opens any more is worth nothing: the mailbox does not exist yet, so it just gets another. */
async function openOrForget(
  ledger: Ledger,
  key: SecretKey,
  name: Parameters<Ledger['secrets']['open']>[1],
): Promise<string | undefined> {
  try {
    return await ledger.secrets.open(key, name)
  } catch (error) {
    const isLost =
      error instanceof SecretError && (error.code === 'wrong_key' || error.code === 'secret_damaged')
    if (!isLost) throw error
    return undefined
  }
}
