import type { ImapServer } from '../endpoint.ts'

/** Whether connections ask for COMPRESS=DEFLATE (RFC 4978) where the server offers it. */
export type Compression = 'auto' | 'always' | 'never'

/** A network whose answers come sooner than this is the same house: there, compressing costs more than it saves. */
const nearMs = 2
/** What one connection's deflate does at the least; a link that carries more needs no help. Bytes per second. */
const slowBelow = 12_500_000
/** Too little to judge by. */
const leastBytes = 2 * 1024 * 1024
const leastMs = 2000

/** Measures what a process carries, to tell whether a link is slow. Pure but for the clock that is handed in. */
export class LinkSpeed {
  readonly #mode: Compression
  readonly #isCapped: boolean
  readonly #nearest = new Map<string, number>()
  #startedAt: number | undefined
  #lastAt = 0
  #bytes = 0

  constructor(mode: Compression, { isCapped }: { readonly isCapped: boolean }) {
    this.#mode = mode
    this.#isCapped = isCapped
  }

  /** Bytes of messages that have passed by now (milliseconds). A pause begins anew. */
  passed(bytes: number, now: number): void {
    if (this.#startedAt === undefined || now - this.#lastAt > leastMs) {
      this.#startedAt = now
      this.#bytes = 0
    }
    this.#bytes += bytes
    this.#lastAt = now
  }

  /**
   * Whether a connection to this server shall be compressed, whose TCP handshake took `roundTripMs`. The shortest one ever seen counts: a
   * process that is busy sees the others late.
   */
  wantsCompression(server: ImapServer, roundTripMs: number): boolean {
    if (this.#mode !== 'auto') return this.#mode === 'always'
    const key = `${server.host.toLowerCase()}:${server.port}`
    const nearest = Math.min(roundTripMs, this.#nearest.get(key) ?? Number.POSITIVE_INFINITY)
    this.#nearest.set(key, nearest)
    // Our own cap makes every link slow, and compressing would not lift it.
    if (nearest < nearMs || this.#isCapped || this.#startedAt === undefined) return false
    const elapsedMs = this.#lastAt - this.#startedAt
    if (this.#bytes < leastBytes || elapsedMs < leastMs) return false
    return (this.#bytes * 1000) / elapsedMs < slowBelow
  }
}
