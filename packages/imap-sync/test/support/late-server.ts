import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface LateServer extends AsyncDisposable {
  readonly port: number
  /** APPENDs that were answered with OK after the client had looked for them and begun to send them again. */
  storedLate(): number
}

/**
 * Stands before a server that takes messages one by one. Of the first connection that appends, it keeps everything back from
 * the first APPEND on and cuts the client off in the middle of the third; the two before it reach the server when the client
 * sends its next APPEND, on another connection, which waits for them.
 */
export async function startLateServer(serverPort: number): Promise<LateServer> {
  const sockets = new Set<Socket>()
  let phase: 'waiting' | 'holding' | 'cut' | 'over' = 'waiting'
  let held = Buffer.alloc(0)
  let behind: Socket | undefined
  let stored = 0

  const deliver = (server: Socket): Promise<void> =>
    new Promise((resolve) => {
      let said = ''
      server.on('data', (data: Buffer) => {
        said += data.toString('latin1')
        stored = said.match(/^\S+ OK .*APPENDUID/gm)?.length ?? 0
        if (stored === 2) server.destroy()
      })
      server.once('close', () => resolve())
      server.write(held)
    })

  const serve = (client: Socket): void => {
    const server = connect(serverPort, '127.0.0.1')
    let mine = false
    const pass = async (data: Buffer): Promise<void> => {
      if (phase === 'cut' && /APPEND /.test(data.toString('latin1')) && behind !== undefined) {
        phase = 'over'
        await deliver(behind)
      }
      server.write(data)
    }
    let line: Promise<void> = Promise.resolve()
    client.on('data', (data: Buffer) => {
      if (phase === 'waiting' && /APPEND /.test(data.toString('latin1'))) {
        phase = 'holding'
        mine = true
      }
      if (!mine) {
        line = line.then(() => pass(data))
        return
      }
      if (phase !== 'holding') return
      held = Buffer.concat([held, data])
      const third = [...held.toString('latin1').matchAll(/^\S+ APPEND /gm)][2]
      if (third === undefined) return
      held = held.subarray(0, third.index)
      behind = server
      phase = 'cut'
      server.removeAllListeners('data')
      server.resume()
      client.destroy()
    })
    server.on('data', (data: Buffer) => client.write(data))
    server.on('close', () => client.destroy())
    client.on('close', () => {
      if (!mine) server.destroy()
    })
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
  }

  const listener = createServer(serve).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    storedLate: () => stored,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
