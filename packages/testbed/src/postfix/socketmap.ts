import { createServer } from 'node:net'
import { chmod } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** What a map says of a key; undefined: nothing. */
export type Lookup = (key: string) => string | undefined

/** No address is longer, and no map's name. */
const maxRequestBytes = 4096

export interface LookupServer extends AsyncDisposable {
  readonly socket: string
}

/** Answers Postfix' `socketmap:unix:SOCKET:NAME` from functions (socketmap_table(5); netstrings both ways). */
export async function startSocketmap(
  socket: string,
  lookups: Readonly<Record<string, Lookup>>,
): Promise<LookupServer> {
  return listenLocally(socket, (client) => {
    let pending = Buffer.alloc(0)
    client.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      for (;;) {
        const colon = pending.indexOf(0x3a)
        const length = colon === -1 ? -1 : Number(pending.subarray(0, colon).toString('latin1'))
        if (pending.length > maxRequestBytes || Number.isNaN(length)) client.destroy()
        if (client.destroyed || length < 0 || pending.length < colon + length + 2) return
        const request = pending.subarray(colon + 1, colon + 1 + length).toString('utf8')
        pending = pending.subarray(colon + length + 2)
        const answer = Buffer.from(answerTo(request, lookups))
        client.write(Buffer.concat([Buffer.from(`${answer.length}:`), answer, Buffer.from(',')]))
      }
    })
  })
}

function answerTo(request: string, lookups: Readonly<Record<string, Lookup>>): string {
  const space = request.indexOf(' ')
  const name = request.slice(0, space)
  if (!Object.hasOwn(lookups, name)) return `PERM no map ${name}`
  const value = lookups[name]?.(request.slice(space + 1))
  return value === undefined || value === '' ? 'NOTFOUND ' : `OK ${value}`
}

/** A Unix socket that everybody in the bed may use, and whose clients end with it. */
export async function listenLocally(socket: string, serve: (client: Socket) => void): Promise<LookupServer> {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    open.add(client)
    client.on('error', () => {})
    client.once('close', () => open.delete(client))
    serve(client)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, resolve)
  })
  server.unref()
  await chmod(socket, 0o666)
  return {
    socket,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      for (const client of open) client.destroy()
      await closed
    },
  }
}
