import { deferred, type Deferred } from '../deferred.ts'
import type { Endpoint } from '../endpoint.ts'

export type Side = 'source' | 'target'

/** Connections that all mailboxes of a process may have open at the same time. */
export interface ConnectionCaps {
  /** To one source server. Default 20: Courier's default for one address. */
  readonly source?: number
  /** To one target server. Default 40. */
  readonly target?: number
  /** To one server as one user. Default 8: Dovecot's default is 10 per user and address, and the user is there too. */
  readonly perUser?: number
}

/** A connection that is wanted. */
export interface WantedConnection {
  readonly side: 'source' | 'target'
  readonly endpoint: Endpoint
}

interface Ticket {
  readonly keys: readonly { readonly key: string; readonly cap: number }[]
  readonly granted: Deferred<void>
}

/** Counts connections. What is asked for together is granted together or not at all, so that nobody waits for another who waits. */
export class ConnectionSlots {
  readonly #caps: Required<ConnectionCaps>
  readonly #used = new Map<string, number>()
  readonly #line: Ticket[] = []

  constructor({ source = 20, target = 40, perUser = 8 }: ConnectionCaps = {}) {
    this.#caps = { source, target, perUser }
  }

  /** Takes them at once, or resolves to undefined. */
  tryTake(wanted: readonly WantedConnection[]): (() => void) | undefined {
    const ticket = this.#ticket(wanted)
    return this.#fits(ticket) ? this.#take(ticket) : undefined
  }

  /** Waits in line until all are free. Resolves to what gives them back. */
  async take(wanted: readonly WantedConnection[], signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    const ticket = this.#ticket(wanted)
    if (this.#fits(ticket)) return this.#take(ticket)
    this.#line.push(ticket)
    const onAbort = (): void => {
      this.#line.splice(this.#line.indexOf(ticket), 1)
      ticket.granted.reject(signal?.reason)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await ticket.granted.promise
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
    return this.#releaser(ticket)
  }

  #ticket(wanted: readonly WantedConnection[]): Ticket {
    const keys = wanted.flatMap(({ side, endpoint: { server, login } }) => {
      const host = `${side} ${server.host.toLowerCase()}:${server.port}`
      return [
        { key: host, cap: Math.max(1, this.#caps[side]) },
        { key: `${host} ${login.user}`, cap: Math.max(1, this.#caps.perUser) },
      ]
    })
    return { keys, granted: deferred<void>() }
  }

  #fits({ keys }: Ticket): boolean {
    return keys.every(({ key, cap }) => (this.#used.get(key) ?? 0) < cap)
  }

  #take(ticket: Ticket): () => void {
    for (const { key } of ticket.keys) this.#used.set(key, (this.#used.get(key) ?? 0) + 1)
    return this.#releaser(ticket)
  }

  #releaser({ keys }: Ticket): () => void {
    let released = false
    return () => {
      if (released) return
      released = true
      for (const { key } of keys) {
        const left = (this.#used.get(key) ?? 1) - 1
        if (left > 0) this.#used.set(key, left)
        else this.#used.delete(key)
      }
      this.#grant()
    }
  }

  /** In the order of the line; who does not fit yet does not stop those behind. */
  #grant(): void {
    for (const ticket of this.#line.slice()) {
      if (!this.#fits(ticket)) continue
      this.#line.splice(this.#line.indexOf(ticket), 1)
      this.#take(ticket)
      ticket.granted.resolve()
    }
  }
}
