import { connect, createServer, type Socket } from 'node:net'
import { listening } from './scripted-server.ts'

/** Something that happens once, when so many bytes have come from that side, counted over all connections. */
interface Trouble {
  readonly after: number
  readonly from: 'client' | 'server'
  /**
   * `cut`: both connections end at exactly that byte. `bye`: the server says goodbye first. `half-closed`: the server's side is closed
   * in order, what the client still says is taken. `garbage`: something that is no answer, between two of them.
   * `stall`: nothing comes from the server any more, and the connection stays.
   */
  readonly kind: (typeof troubleKinds)[number]
}

export const troubleKinds = ['cut', 'bye', 'half-closed', 'garbage', 'stall'] as const

export interface TroubledServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Adds trouble to come; counting starts now. */
  expect(trouble: Trouble): void
  /** No more trouble. */
  calm(): void
}

/** A real server behind something in this process that may fail in any way. */
export async function startTroubledServer(upstream: {
  readonly host: string
  readonly port: number
}): Promise<TroubledServer> {
  const sockets = new Set<Socket>()
  let troubles: Trouble[] = []
  const passed = { client: 0, server: 0 }

  /** What of the chunk passes before the trouble, and the trouble. */
  const due = (
    from: Trouble['from'],
    bytes: number,
  ): { readonly left: number; readonly trouble: Trouble } | undefined => {
    const before = passed[from]
    passed[from] += bytes
    const trouble = troubles.find((one) => one.from === from && one.after <= passed[from])
    if (trouble === undefined) return undefined
    troubles = troubles.filter((one) => one !== trouble)
    return { left: Math.max(0, trouble.after - before), trouble }
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const real = connect({ ...upstream, allowHalfOpen: true, noDelay: true })
    let stalled = false
    const cut = (): void => {
      client.destroy()
      real.destroy()
    }
    for (const socket of [client, real]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    client.on('end', () => real.end())
    real.on('end', () => client.end())
    client.on('data', (chunk: Buffer) => {
      const trouble = due('client', chunk.length)
      if (trouble === undefined) real.write(chunk)
      else real.write(chunk.subarray(0, trouble.left), () => happen(trouble.trouble))
    })
    real.on('data', (chunk: Buffer) => {
      const trouble = due('server', chunk.length)
      if (stalled) return
      if (trouble === undefined) client.write(chunk)
      else if (trouble.trouble.kind === 'garbage') {
        // Between two answers: inside a message nobody could tell it from the message.
        const between = /^(?:\* |m\d+ )/.test(chunk.toString('latin1', 0, 12))
        client.write(between ? Buffer.concat([Buffer.from('\u0000 }{ ?\r\n'), chunk]) : chunk)
      } else client.write(chunk.subarray(0, trouble.left), () => happen(trouble.trouble))
    })
    const happen = ({ kind }: Trouble): void => {
      if (kind === 'stall') stalled = true
      else if (kind === 'half-closed') {
        stalled = true
        client.end()
      } else if (kind === 'bye') client.end('* BYE shutting down\r\n', cut)
      else cut()
    }
  })
  const { port, [Symbol.asyncDispose]: dispose } = await listening(server, sockets)
  return {
    host: '127.0.0.1',
    port,
    expect: (trouble) => {
      troubles.push({ ...trouble, after: passed[trouble.from] + trouble.after })
    },
    calm: () => {
      troubles = []
    },
    [Symbol.asyncDispose]: dispose,
  }
}
