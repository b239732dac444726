import { openFolder, type SelectedFolder } from '../commands/select.ts'
import { openConnection, type OpenConnection } from '../connection/connect.ts'
import type { Endpoint, Timeouts } from '../endpoint.ts'
import type { Logger } from '../logger.ts'
import type { Permission } from '../wire/command.ts'
import type { Session } from '../wire/session.ts'
import type { SharedLimits } from './shared-limits.ts'

export interface LinkOptions {
  readonly side: 'source' | 'target'
  readonly endpoint: Endpoint
  readonly permission: Permission
  readonly signal?: AbortSignal
  readonly logger?: Logger
  readonly timeouts?: Timeouts
  readonly onConnected?: () => void
  readonly shared: SharedLimits
  /** Called before a connection is made: waits until there may be one. */
  readonly admit: () => Promise<void>
}

/** One connection to one side that is opened when needed, again after it was lost, and knows which folder is open. */
export class Link {
  readonly side: 'source' | 'target'
  readonly #options: LinkOptions
  #connection: OpenConnection | undefined
  #open: { readonly wire: string; readonly verb: string; readonly folder: SelectedFolder } | undefined
  #commandsBefore = 0
  #triedCompression = false

  constructor(options: LinkOptions) {
    this.side = options.side
    this.#options = options
  }

  /** Commands sent so far, over all connections. */
  get commands(): number {
    return this.#commandsBefore + (this.#connection?.session.commandCount ?? 0)
  }

  async session(): Promise<Session> {
    const open = this.#connection
    if (open?.session.alive === true && !this.#isBetterCompressed(open)) return open.session
    this.drop()
    const { endpoint, permission, side, signal, logger, timeouts, onConnected, shared, admit } = this.#options
    await admit()
    this.#connection = await shared.logins.spend(endpoint.server, side, () =>
      openConnection(endpoint.server, endpoint.login, permission, {
        side,
        compress: (roundTripMs) => shared.speed.wantsCompression(endpoint.server, roundTripMs),
        ...(signal === undefined ? {} : { signal }),
        ...(logger === undefined ? {} : { logger }),
        ...(timeouts === undefined ? {} : { timeouts }),
      }),
    )
    onConnected?.()
    return this.#connection.session
  }

  /** The link turned out to be slow, and the server can compress: worth a new login, once, when nothing is under way. */
  #isBetterCompressed({ isCompressed, capabilities, roundTripMs, session }: OpenConnection): boolean {
    const { endpoint, shared } = this.#options
    if (isCompressed || this.#triedCompression || !capabilities.has('COMPRESS=DEFLATE') || !session.idle)
      return false
    this.#triedCompression = shared.speed.wantsCompression(endpoint.server, roundTripMs)
    return this.#triedCompression
  }

  /** The session with this folder open. `fresh`: open it again, for its numbers. */
  async folder(
    wire: string,
    verb: 'EXAMINE' | 'SELECT',
    { fresh = false }: { readonly fresh?: boolean } = {},
  ): Promise<{ readonly session: Session; readonly folder: SelectedFolder }> {
    const session = await this.session()
    const open = this.#open
    if (!fresh && open !== undefined && open.wire === wire && open.verb === verb)
      return { session, folder: open.folder }
    // A failed SELECT leaves no folder open (RFC 3501 §6.3.1).
    this.#open = undefined
    const folder = await openFolder(session, wire, verb)
    this.#open = { wire, verb, folder }
    return { session, folder }
  }

  /** Leaves the connection; the next use opens another. */
  drop(): void {
    this.#commandsBefore = this.commands
    this.#connection?.close()
    this.#connection = undefined
    this.#open = undefined
  }
}
