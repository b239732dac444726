/** An old one whose login never came is forgotten. */
const MAX_ANNOUNCED = 4096
/** Between `auth` and the login itself there is next to no time; a busy server may take seconds. */
const MAX_DELAY_MS = 30_000

interface Announced {
  readonly master: string
  readonly time: Date
}

/** Logins of master users that `auth` has logged, until the login itself is. */
export class AnnouncedMasters {
  readonly #bySession = new Map<string, Announced>()
  /** Where `auth` names no session: the next login of that mailbox is it. */
  readonly #byUser = new Map<string, readonly Announced[]>()

  announce(
    message: { readonly user: string; readonly master?: string; readonly session?: string },
    time: Date,
  ): void {
    const { user, master = 'unknown', session } = message
    const announced = { master, time }
    if (session === undefined) {
      this.#byUser.set(user, [...(this.#byUser.get(user) ?? []).slice(-16), announced])
      bound(this.#byUser)
    } else {
      this.#bySession.set(session, announced)
      bound(this.#bySession)
    }
  }

  /** The master user of a login, if it was announced; each announcement is for one login. */
  claim(login: { readonly user: string; readonly session?: string }, time: Date): string | undefined {
    const { user, session = '' } = login
    const known = this.#bySession.get(session)
    if (known !== undefined) {
      this.#bySession.delete(session)
      return known.master
    }
    const waiting = (this.#byUser.get(user) ?? []).filter(
      (announced) => Math.abs(time.getTime() - announced.time.getTime()) <= MAX_DELAY_MS,
    )
    const [first, ...rest] = waiting
    if (rest.length > 0) this.#byUser.set(user, rest)
    else this.#byUser.delete(user)
    return first?.master
  }
}

function bound(announced: Map<string, unknown>): void {
  const [oldest] = announced.keys()
  if (announced.size > MAX_ANNOUNCED && oldest !== undefined) announced.delete(oldest)
}
