import { openFolder, type SelectedFolder } from '../commands/select.ts'
import { openConnection, type OpenConnection } from '../connection/connect.ts'
import type { Endpoint, Timeouts } from '../endpoint.ts'
import type { Logger } from '../logger.ts'
import type { Permission } from '../wire/command.ts'
import type { Session } from '../wire/session.ts'

export interface LinkOptions {
  readonly side: 'source' | 'target'
  readonly endpoint: Endpoint
  readonly permission: Permission
  readonly signal?: AbortSignal
  readonly logger?: Logger
  readonly timeouts?: Timeouts
  readonly onConnected?: () => void
}

/** One connection to one side that is opened when needed, again after it was lost, and knows which folder is open. */
export class Link {
  readonly side: 'source' | 'target'
  readonly #options: LinkOptions
  #connection: OpenConnection | undefined
  #open: { readonly wire: string; readonly verb: string; readonly folder: SelectedFolder } | undefined
  #commandsBefore = 0

  constructor(options: LinkOptions) {
    this.side = options.side
    this.#options = options
  }

  /** Commands sent so far, over all connections. */
  get commands(): number {
    return this.#commandsBefore + (this.#connection?.session.commandCount ?? 0)
  }

  async session(): Promise<Session> {
    if (this.#connection?.session.alive === true) return this.#connection.session
    this.drop()
    const { endpoint, permission, side, signal, logger, timeouts, onConnected } = this.#options
    this.#connection = await openConnection(endpoint.server, endpoint.login, permission, {
      side,
      ...(signal === undefined ? {} : { signal }),
      ...(logger === undefined ? {} : { logger }),
      ...(timeouts === undefined ? {} : { timeouts }),
    })
    onConnected?.()
    return this.#connection.session
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
