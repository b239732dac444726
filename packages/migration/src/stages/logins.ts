import { isImapSyncError } from '@iteg/imap-sync'
import { isCardDavError, isManageSieveError } from '@iteg/sieve-export'

/**
 * Counts refused logins at one server and says when to stop. fail2ban bans at ten (mailcow) or five (Debian) within
 * ten minutes, and a ban hits every mailbox: so a wrong master password is tried twice, and no run has more than four refusals.
 */
export class LoginGuard {
  readonly #suspicion: string
  #refused = 0
  #accepted = 0

  /** @param suspicion what is probably wrong when every login is refused */
  constructor(suspicion = 'the master login itself seems to be wrong') {
    this.#suspicion = suspicion
  }

  get refused(): number {
    return this.#refused
  }

  /** Why no further login may be tried; `undefined` while it may. */
  get stopReason(): string | undefined {
    if (this.#accepted === 0 && this.#refused >= 2)
      return `the first two logins were refused: ${this.#suspicion}`
    if (this.#refused >= 4)
      return 'four logins were refused in this run, and more could get this machine banned (fail2ban)'
    return undefined
  }

  accepted(): void {
    this.#accepted += 1
  }

  /** Counts the error if it is a refused login; true if it was. */
  refusedBy(error: unknown): boolean {
    const isKnown = isImapSyncError(error) || isManageSieveError(error) || isCardDavError(error)
    const isRefusal = isKnown && error.code === 'login'
    if (isRefusal) this.#refused += 1
    return isRefusal
  }
}
