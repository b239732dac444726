import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const MIB = 1024 * 1024
const count = 20_000

/** Some with pictures: parsed, all of it together is more than the heap that the child gets. */
function fill(file: string): void {
  const picture = Buffer.alloc(180_000, 7).toString('base64')
  const db = new DatabaseSync(file)
  db.exec(`create table users (user_id integer primary key, username text, mail_host text, preferences text);
    create table contacts (contact_id integer primary key, user_id integer, del integer default 0, name text default '',
      email text default '', firstname text default '', surname text default '', vcard text);
    create table contactgroups (contactgroup_id integer primary key, user_id integer, del integer, name text);
    create table contactgroupmembers (contactgroup_id integer, contact_id integer);
    create table identities (identity_id integer primary key, user_id integer, del integer, standard integer, name text,
      email text, signature text);
    insert into users values (1, 'anna@example.org', 'localhost', null);
    begin`)
  const insert = db.prepare('insert into contacts (user_id, vcard) values (1, ?)')
  for (let n = 0; n < count; n += 1) {
    const photo = n % 100 === 0 ? `PHOTO;ENCODING=b:${picture}\r\n` : ''
    const facts = `N:Muster ${n};Anna;;;\r\nFN:Anna Muster ${n}\r\nEMAIL:anna${n}@example.org\r\n${photo}`
    insert.run(`BEGIN:VCARD\r\nVERSION:3.0\r\n${facts}END:VCARD`)
  }
  db.exec('commit')
  db.close()
}

async function bytesOf(request: IncomingMessage): Promise<number> {
  let bytes = 0
  for await (const part of request) bytes += Buffer.byteLength(part)
  return bytes
}

function answer(name: string): string {
  return `<d:response><d:href>${name}</d:href><d:propstat><d:prop><d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
}

/** As much of a CardDAV server as an import asks for. It keeps names only: 20,000 writes to a real one take minutes. */
async function startServer() {
  const cards = new Set<string>()
  let received = 0
  const server = createServer((request, response) => {
    void (async () => {
      const bytes = await bytesOf(request)
      const { pathname } = new URL(request.url ?? '', 'http://server')
      if (request.method === 'PUT') {
        received += bytes
        cards.add(pathname)
        response.writeHead(201, { etag: '"1"' }).end()
        return
      }
      response.writeHead(207, { 'content-type': 'application/xml' })
      response.end(
        `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">${[pathname, ...cards].map(answer).join('')}</d:multistatus>`,
      )
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    home: `http://127.0.0.1:${port}/`,
    facts: () => ({ cards: cards.size, received }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('20,000 contacts are exported and imported in a small heap', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'many-contacts-'))
  try {
    const file = path.join(directory, 'roundcube.sqlite')
    fill(file)
    await using server = await startServer()
    const child = path.join(import.meta.dirname, 'many-contacts-child.ts')
    const flags = ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning']
    // Whoever needs more than this ends with "heap out of memory".
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...flags,
      '--max-old-space-size=96',
      child,
      file,
      directory,
      server.home,
    ])
    const { contacts, fates, highest } = JSON.parse(stdout)
    expect(contacts).toBe(count)
    expect(fates).toMatchObject([{ written: count }, { unchanged: count, written: 0, updated: 0 }])
    const { cards, received } = server.facts()
    expect(cards).toBe(count)
    expect(received).toBeGreaterThan(45 * MIB)
    const csv = await readFile(path.join(directory, 'addressbooks/personal.csv'), 'utf8')
    expect(csv.split('\r\n')).toHaveLength(count + 2)
    const { size } = await stat(path.join(directory, 'addressbooks/personal.vcf'))
    expect(size).toBeGreaterThan(45 * MIB)
    // The code itself, and buffers outside of the heap.
    expect(highest).toBeLessThan(350 * MIB)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}, 300_000)
