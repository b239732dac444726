import { connect, createServer } from 'node:net'
import type { Server } from 'node:net'
import { TestbedError } from '../errors.ts'
import type { Endpoint } from '../endpoint.ts'
import type { ProxyCommand } from './command.ts'
import { ProxiedConnection } from './connection.ts'
import type { ConnectionHost } from './connection.ts'
import { newInterception } from './interception.ts'
import type { Interception, InterceptionRule, PendingInterception } from './interception.ts'
import type { LaneSpeed } from './lane.ts'

export interface ProxyOptions extends Partial<LaneSpeed> {
  readonly target: Endpoint
}

/** A TCP proxy in front of a plain IMAP (or ManageSieve) server, which a test steers. */
export interface Proxy extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** The next command that fits is held back or cut off, once. Several may be set. */
  intercept(rule: InterceptionRule): Interception
  /** Resolves when the rule that was set last has acted. */
  held(): Promise<ProxyCommand>
  /** Lets everything go on that is held by any rule. */
  release(): void
  /** Cuts the connection that passes on the `bytes`-th byte from that side, counted over all connections from now. Once. */
  cutAfterBytes(bytes: number, from: 'client' | 'server'): void
  /** Changes latency and rate for all connections. */
  setSpeed(speed: Partial<LaneSpeed>): void
  /** New connections are closed at once, until told otherwise. */
  refuse(refused: boolean): void
  /** Cuts every open connection. */
  cutAll(): void
  /** The commands seen so far, in order, up to a limit of 200,000. */
  commands(): readonly ProxyCommand[]
  /** How many commands had this name (`UID FETCH`) or fitted this pattern. */
  count(command: string | RegExp): number
  /** Connections open now, and ever. */
  connections(): { readonly open: number; readonly total: number }
  /** Bytes passed on so far. */
  bytes(): { readonly fromClient: number; readonly fromServer: number }
  stop(): Promise<void>
}

const maxCommands = 200_000

export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const speed = { latencyMs: options.latencyMs ?? 0, bytesPerSecond: options.bytesPerSecond ?? 0 }
  const open = new Set<ProxiedConnection>()
  const commands: ProxyCommand[] = []
  const interceptions: PendingInterception[] = []
  const passed = { client: 0, server: 0 }
  const cutAt = { client: Number.POSITIVE_INFINITY, server: Number.POSITIVE_INFINITY }
  let total = 0
  let refused = false
  const host: ConnectionHost = {
    speed,
    onCommand: (command) => {
      if (commands.length < maxCommands) commands.push(command)
    },
    onBytes: (from, count) => {
      if (passed[from] + count > cutAt[from]) {
        cutAt[from] = Number.POSITIVE_INFINITY
        return true
      }
      passed[from] += count
      return false
    },
    findInterception: (command) => interceptions.find((interception) => interception.takes(command)),
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => {})
    if (refused) {
      client.destroy()
      return
    }
    total += 1
    const upstream = connect({ ...options.target, allowHalfOpen: true, noDelay: true })
    upstream.on('error', () => client.destroy())
    const connection = new ProxiedConnection(total, client, upstream, host)
    open.add(connection)
    void connection.run().finally(() => open.delete(connection))
  })
  const port = await listen(server)
  const cutAll = (): void => {
    for (const connection of open) connection.cut()
  }
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
    cutAll()
    await closed
  }
  return {
    host: '127.0.0.1',
    port,
    intercept: (rule) => {
      const interception = newInterception(rule)
      interceptions.push(interception)
      return interception
    },
    held: () => {
      const last = interceptions.at(-1)
      if (last === undefined)
        return Promise.reject(new TestbedError('proxy', 'no rule was set: call intercept() first'))
      return last.happened
    },
    release: () => {
      for (const interception of interceptions) interception.release()
    },
    cutAfterBytes: (bytes, from) => {
      cutAt[from] = passed[from] + bytes
    },
    setSpeed: (change) => {
      Object.assign(speed, change)
    },
    refuse: (value) => {
      refused = value
    },
    cutAll,
    commands: () => commands,
    count: (wanted) =>
      commands.filter(({ name, line }) => (typeof wanted === 'string' ? name === wanted : wanted.test(line)))
        .length,
    connections: () => ({ open: open.size, total }),
    bytes: () => ({ fromClient: passed.client, fromServer: passed.server }),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string')
        reject(new TestbedError('proxy', 'the proxy has no port'))
      else resolve(address.port)
    })
  })
}
