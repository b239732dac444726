import type { SecretKey } from '../secrets/key.ts'

/** What a secret is for; part of what it is sealed with. */
export type SecretPurpose = 'initial-password' | 'app-password'

export interface SecretName {
  readonly domain: string
  readonly mailbox: string
  readonly purpose: SecretPurpose
}

/** Secrets under seal: only who holds the key file can open them. */
export interface SealedSecrets {
  /** Seals and stores, durable when it resolves; replaces what was there under this name. */
  seal(key: SecretKey, name: SecretName, secret: string): Promise<void>
  /** Opens one. `undefined`: none stored. Throws `SecretError` (`wrong_key`, `secret_damaged`). */
  open(key: SecretKey, name: SecretName): Promise<string | undefined>
  /** When it was sealed; needs no key. */
  sealedAt(name: SecretName): Promise<Date | undefined>
  list(domain: string): Promise<readonly (SecretName & { readonly sealedAt: Date })[]>
  /** Removes it and overwrites the place it had on disk. False: there was none. */
  remove(name: SecretName): Promise<boolean>
}
