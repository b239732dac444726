import { once } from 'node:events'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

export interface RunningServer extends AsyncDisposable {
  readonly port: number
}

/** How much of a request is read: these pages are only asked for. */
const MOST_HEADER_BYTES = 16 * 1024
const HEADERS_TIMEOUT_MS = 10_000

/** Opens the port. Rejects with Node's error (EADDRINUSE, EACCES). Closing it ends every connection. */
export async function startServer(
  app: Hono,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const made = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS },
  })
  if (!isHttpServer(made)) throw new Error('an HTTP/1 server was asked for')
  const server = made
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    // Streams stay open for as long as somebody looks.
    server.closeAllConnections()
    await closed
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    [Symbol.asyncDispose]: close,
  }
}

function isHttpServer(server: object): server is Server {
  return 'closeAllConnections' in server
}
