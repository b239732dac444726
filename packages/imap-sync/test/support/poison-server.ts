import { connect, createServer, type Socket } from 'node:net'

export interface PoisonServer extends AsyncDisposable {
  readonly port: number
  /** What clients sent on a connection after they got BAD. */
  afterBad(): readonly string[]
}

/**
 * Passes IMAP through to a real server, but answers BAD to an APPEND whose literals hold `poison`.
 */
export async function startPoisonServer(
  upstream: { readonly host: string; readonly port: number },
  poison: string,
): Promise<PoisonServer> {
  const after: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const real = connect(upstream)
    for (const socket of [client, real]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        real.destroy()
      })
    }
    let bad = false
    let appending = ''
    real.on('data', (chunk) => client.write(chunk))
    client.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1')
      if (bad) {
        after.push(text)
        return
      }
      appending = (/^\S+ APPEND /.test(text) ? '' : appending) + text
      const tag = /^(\S+) APPEND /.exec(appending)?.[1]
      if (tag === undefined || !appending.includes(poison)) {
        real.write(chunk)
        return
      }
      bad = true
      // The real one loses its client in the middle of the command, and stores nothing.
      real.removeAllListeners('close')
      real.destroy()
      client.write(`${tag} BAD Error in IMAP command APPEND: what is this?\r\n`)
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  return {
    port,
    afterBad: () => after,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
