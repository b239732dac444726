import { connect, createServer, type Socket } from 'node:net'

/** A TCP relay in front of a ManageSieve server without TLS, which watches for one command. */
export interface SieveRelay extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /**
   * Once: when a client's bytes hold this text, they are passed on, and the server's answer never is. Resolves when the
   * server has answered.
   */
  withholdAnswerTo(text: string): Promise<void>
  /** Cuts every connection. */
  cut(): void
  /** What clients have sent, over all connections. */
  readonly heard: () => string
}

export async function startSieveRelay(target: {
  readonly host: string
  readonly port: number
}): Promise<SieveRelay> {
  const sockets = new Set<Socket>()
  let heard = ''
  let watched: { readonly text: string; readonly answered: () => void } | undefined
  const server = createServer((client) => {
    const upstream = connect(target)
    let answered: (() => void) | undefined
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1')
      if (watched !== undefined && chunk.includes(watched.text)) {
        ;({ answered } = watched)
        watched = undefined
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => {
      if (answered === undefined) client.write(chunk)
      else answered()
    })
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address !== null && typeof address !== 'string') resolve(address.port)
    })
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    host: '127.0.0.1',
    port,
    withholdAnswerTo: (text) =>
      new Promise((resolve) => {
        watched = { text, answered: resolve }
      }),
    cut,
    heard: () => heard,
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
