import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

export interface AccountPassword {
  /** Dovecot's passdb form, `{SCHEME}...`. */
  readonly hash: string
  /** Dovecot's service names: imap, pop3, sieve, smtp. */
  readonly protocols: readonly string[]
}

export interface Account {
  readonly active: 0 | 1 | 2
  /** 0 or less: unlimited. */
  readonly quotaBytes: number
  readonly passwords: readonly AccountPassword[]
}

/** The accounts of one Dovecot, as files that dovecot/accounts.lua reads at every lookup. */
export class AccountFiles {
  readonly #directory: string
  readonly #accounts = new Map<string, Account>()
  #queue: Promise<void> = Promise.resolve()

  constructor(directory: string) {
    this.#directory = directory
  }

  get(address: string): Account | undefined {
    return this.#accounts.get(address)
  }

  addresses(): string[] {
    return [...this.#accounts.keys()]
  }

  /** Holds for the next login once resolved. */
  set(address: string, account: Account): Promise<void> {
    const file = path.join(this.#directory, accountFileName(address))
    const text = [
      `active ${account.active}`,
      `quota ${account.quotaBytes}`,
      ...account.passwords.map(({ hash, protocols }) => `password ${protocols.join(',')} ${hash}`),
    ]
    return this.#serially(async () => {
      this.#accounts.set(address, account)
      await replace(file, `${text.join('\n')}\n`)
      await this.#writeIndex()
    })
  }

  delete(address: string): Promise<void> {
    return this.#serially(async () => {
      this.#accounts.delete(address)
      await rm(path.join(this.#directory, accountFileName(address)), { force: true })
      await this.#writeIndex()
    })
  }

  /** For `doveadm user '*'` and whatever else goes through all accounts. */
  #writeIndex(): Promise<void> {
    return replace(
      path.join(this.#directory, '.index'),
      this.addresses()
        .map((line) => `${line}\n`)
        .join(''),
    )
  }

  #serially(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work)
    this.#queue = done.catch(() => {})
    return done
  }
}

/** The same rule as in dovecot/accounts.lua. */
function accountFileName(address: string): string {
  return [...Buffer.from(address)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9@._+-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

async function replace(file: string, text: string): Promise<void> {
  const next = path.join(path.dirname(file), `.${path.basename(file)}.next`)
  await writeFile(next, text)
  await rename(next, file)
}
