import { createServer } from 'node:net'
import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Socket } from 'node:net'

/** What a map says of a key; undefined: nothing. */
export type Lookup = (key: string) => string | undefined

/**
 * Maps that a Postfix asks live, by name. `whole`: they are asked for whole addresses only, as Postfix does with an SQL
 * map whose query uses `%u` or `%d`. `parts`: for `user@domain` without the extension and for `@domain` as well.
 */
export interface LiveMaps {
  readonly whole: Readonly<Record<string, Lookup>>
  readonly parts: Readonly<Record<string, Lookup>>
}

/** Listens at a Unix socket that everybody in the bed may use; its clients end with it. */
export interface LocalServer extends AsyncDisposable {
  readonly socket: string
}

export interface LookupServer extends AsyncDisposable {
  /** What a parameter of main.cf names: `memcache:FILE`. */
  readonly table: (name: string) => string
}

/**
 * Answers a Postfix' lookups from functions, through its memcache client: of the maps that can ask another process, that
 * is the one which asks for parts of an address too (memcache_table(5)); socketmap and tcp never do.
 */
export async function startLookupServer(dir: string, { whole, parts }: LiveMaps): Promise<LookupServer> {
  const lookups = { ...whole, ...parts }
  const socket = path.join(dir, 'lookups')
  const fileOf = (name: string): string => path.join(dir, `${name}.cf`)
  for (const name of Object.keys(lookups)) {
    const format = `${name}/${Object.hasOwn(parts, name) ? '%s' : '%u@%d'}`
    // Whoever starts the bed may be busy for a while.
    const text = `memcache = unix:${socket}\nkey_format = ${format}\ntimeout = 60\nmax_try = 3\n`
    await writeFile(fileOf(name), text)
  }
  const server = await listenLocally(socket, (client) => {
    const lines = createInterface({ input: client, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('error', () => {})
    lines.on('line', (line) => client.write(answerTo(line, lookups)))
  })
  return {
    table: (name) => `memcache:${fileOf(name)}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function answerTo(line: string, lookups: Readonly<Record<string, Lookup>>): string {
  const [, asked = '', name = '', key = ''] = /^get (([^/ ]+)\/(\S+))$/.exec(line) ?? []
  const value = Object.hasOwn(lookups, name) ? lookups[name]?.(key) : undefined
  if (asked === '') return 'ERROR\r\n'
  const found =
    value === undefined || value === '' ? '' : `VALUE ${asked} 0 ${Buffer.byteLength(value)}\r\n${value}\r\n`
  return `${found}END\r\n`
}

export async function listenLocally(socket: string, serve: (client: Socket) => void): Promise<LocalServer> {
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
