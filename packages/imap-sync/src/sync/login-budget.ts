import { deferred, type Deferred } from '../deferred.ts'
import type { ImapServer } from '../endpoint.ts'
import { ImapSyncError, isImapSyncError } from '../errors.ts'

/** fail2ban bans at ten (mailcow) or five (Debian) within ten minutes, and a ban hits every mailbox. */
const mostRefused = 4
/** Refusals after which the login itself is suspected, while nobody was let in. */
const mostAtFirst = 2

interface Account {
  accepted: number
  refused: number
  underWay: number
  readonly line: Deferred<void>[]
}

/**
 * Counts refused logins at each server, over all mailboxes of a process. As long as nobody was let in, one login is tried at a time,
 * and two in all; later never more at once than may still be refused.
 */
export class LoginBudget {
  readonly #accounts = new Map<string, Account>()

  /** Runs a login. Rejects with `ImapSyncError` (`loginBudget`) without trying when too many were refused before. */
  async spend<T>(server: ImapServer, side: string, login: () => Promise<T>): Promise<T> {
    const key = `${server.host.toLowerCase()}:${server.port}`
    const account = this.#accounts.get(key) ?? { accepted: 0, refused: 0, underWay: 0, line: [] }
    this.#accounts.set(key, account)
    while (account.underWay >= allowed(account)) {
      if (allowed(account) === 0) throw spent(side, account)
      const turn = deferred<void>()
      account.line.push(turn)
      await turn.promise
    }
    account.underWay += 1
    try {
      const result = await login()
      account.accepted += 1
      return result
    } catch (error) {
      if (isImapSyncError(error) && error.code === 'login') account.refused += 1
      throw error
    } finally {
      account.underWay -= 1
      for (const turn of account.line.splice(0)) turn.resolve()
    }
  }
}

/** Logins that may be under way at once; 0: none any more. */
function allowed({ accepted, refused }: Account): number {
  if (accepted > 0) return Math.max(0, mostRefused - refused)
  return refused < mostAtFirst ? 1 : 0
}

function spent(side: string, { accepted, refused }: Account): ImapSyncError {
  const why =
    accepted === 0
      ? `the first ${refused} logins were refused, so the login itself seems to be wrong`
      : `${refused} logins were refused in this run, and more could get this machine banned (fail2ban)`
  return new ImapSyncError('loginBudget', `${side}: no login was tried: ${why}`, { side })
}
