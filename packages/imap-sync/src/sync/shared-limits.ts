import { setTimeout as sleep } from 'node:timers/promises'
import { deferred, type Deferred } from '../deferred.ts'
import { ConnectionSlots, type ConnectionCaps } from './connection-slots.ts'
import { LinkSpeed, type Compression } from './link-speed.ts'
import { LoginBudget } from './login-budget.ts'

/** Limits that hold for a whole process; make one with `sharedLimits` and hand it to every mailbox. */
export interface SharedLimits {
  /** Takes `bytes` of the memory budget, waiting in line until they are free; resolves to what gives them back. A request above the whole budget waits for all of it. */
  acquire(bytes: number, signal?: AbortSignal): Promise<() => void>
  /** Waits as long as the bandwidth cap asks for after `bytes` have passed; resolves to the milliseconds waited. */
  throttle(bytes: number, signal?: AbortSignal): Promise<number>
  /** Connections that may be open at the same time. */
  readonly connections: ConnectionSlots
  /** Logins that may be refused before no more are tried. */
  readonly logins: LoginBudget
  /** Whether connections are to be compressed. */
  readonly speed: LinkSpeed
}

export interface SharedLimitsOptions {
  /** Bytes of messages in memory at once. Default 64 MiB. */
  readonly memoryBytes?: number
  /** 0 or absent: no cap. */
  readonly maxBytesPerSecond?: number
  readonly connections?: ConnectionCaps
  /**
   * COMPRESS=DEFLATE where the server offers it. Default `auto`: to a server that is not in the same network, once less than 100 Mbit/s
   * were carried.
   */
  readonly compress?: Compression
}

/** Makes the limits that mailboxes of one process share. */
export function sharedLimits({
  memoryBytes = 64 * 1024 * 1024,
  maxBytesPerSecond = 0,
  connections,
  compress = 'auto',
}: SharedLimitsOptions = {}): SharedLimits {
  const budget = new ByteBudget(memoryBytes)
  const speed = new LinkSpeed(compress, { isCapped: maxBytesPerSecond > 0 })
  let freeAt = 0
  return {
    connections: new ConnectionSlots(connections),
    logins: new LoginBudget(),
    speed,
    acquire: (bytes, signal) => budget.acquire(bytes, signal),
    async throttle(bytes, signal) {
      const now = performance.now()
      speed.passed(bytes, now)
      if (maxBytesPerSecond <= 0) return 0
      freeAt = Math.max(freeAt, now) + (bytes / maxBytesPerSecond) * 1000
      const waitMs = freeAt - now
      // Short waits are saved up: timers are not that exact.
      if (waitMs < 20) return 0
      await sleep(waitMs, undefined, signal === undefined ? {} : { signal })
      return waitMs
    },
  }
}

/** A semaphore that counts bytes; first come, first served. */
class ByteBudget {
  readonly #total: number
  #free: number
  readonly #line: { readonly bytes: number; readonly granted: Deferred<void> }[] = []

  constructor(total: number) {
    this.#total = total
    this.#free = total
  }

  async acquire(wanted: number, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    const bytes = Math.min(wanted, this.#total)
    const ticket = { bytes, granted: deferred<void>() }
    this.#line.push(ticket)
    this.#grant()
    const onAbort = (): void => {
      const index = this.#line.indexOf(ticket)
      if (index === -1) return
      this.#line.splice(index, 1)
      ticket.granted.reject(signal?.reason)
      this.#grant()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await ticket.granted.promise
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
    let released = false
    return () => {
      if (released) return
      released = true
      this.#free += bytes
      this.#grant()
    }
  }

  #grant(): void {
    for (let next = this.#line[0]; next !== undefined && next.bytes <= this.#free; next = this.#line[0]) {
      this.#line.shift()
      this.#free -= next.bytes
      next.granted.resolve()
    }
  }
}
