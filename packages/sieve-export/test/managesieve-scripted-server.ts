import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

/** The other end of one connection, as a test writes its part. */
export interface Peer {
  send(text: string | Buffer): void
  /** The next line without its end; rejects when the client has hung up. */
  line(): Promise<string>
  /** The next so many bytes. */
  bytes(count: number): Promise<Buffer>
  /** TLS from here on, as the server. */
  secure(): Promise<void>
  /** Hangs up at once. */
  cut(): void
  /** Resolves when the client has hung up. */
  readonly gone: Promise<void>
  /** Everything that the client sent, as text. */
  readonly heard: () => string
}

export interface ScriptedServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** How many clients came. */
  readonly connections: () => number
  /** What the part threw, once it was played. */
  readonly played: Promise<void>
}

/** A server that plays a part for each of its clients. Certificates in PEM, for `secure()`. */
export async function scriptedServer(
  part: (peer: Peer) => Promise<void>,
  certificate?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>()
  let count = 0
  let played: { resolve: () => void; reject: (error: unknown) => void } | undefined
  const end = new Promise<void>((resolve, reject) => {
    played = { resolve, reject }
  })
  end.catch(() => {})
  const server = createServer((socket) => {
    count += 1
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    part(peerOf(socket, certificate)).then(
      () => played?.resolve(),
      (error: unknown) => played?.reject(error),
    )
  })
  const port = await listening(server)
  return {
    host: '127.0.0.1',
    port,
    connections: () => count,
    played: end,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address !== null && typeof address !== 'string') resolve(address.port)
    })
  })
}

function nothing(): void {}

function peerOf(raw: Socket, certificate: { readonly cert: Buffer; readonly key: Buffer } | undefined): Peer {
  let socket = raw
  let buffer = Buffer.alloc(0)
  let heard = ''
  let hasEnded = false
  let wake = nothing
  const onData = (chunk: Buffer): void => {
    buffer = Buffer.concat([buffer, chunk])
    heard += chunk.toString('latin1')
    wake()
  }
  const onEnd = (): void => {
    hasEnded = true
    wake()
  }
  const listen = (to: Socket): void => {
    to.on('data', onData)
    to.on('error', () => {})
    to.once('close', onEnd)
  }
  listen(raw)
  const until = async (isEnough: () => boolean): Promise<void> => {
    while (!isEnough()) {
      if (hasEnded) throw new Error('the client has hung up')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  const take = (count: number): Buffer => {
    const taken = buffer.subarray(0, count)
    buffer = buffer.subarray(count)
    return taken
  }
  return {
    send: (text) => {
      socket.write(text)
    },
    line: async () => {
      await until(() => buffer.includes(10))
      return take(buffer.indexOf(10) + 1)
        .toString('utf8')
        .replace(/\r?\n$/, '')
    },
    bytes: async (count) => {
      await until(() => buffer.length >= count)
      return take(count)
    },
    secure: async () => {
      raw.off('data', onData)
      const secured = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(certificate) })
      await new Promise<void>((resolve, reject) => {
        secured.once('secure', resolve)
        secured.once('error', reject)
      })
      socket = secured
      listen(secured)
    },
    cut: () => raw.destroy(),
    gone: new Promise<void>((resolve) => {
      raw.once('close', () => resolve())
    }),
    heard: () => heard,
  }
}
