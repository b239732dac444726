import { readFile } from 'node:fs/promises'
import { ImapFlow } from 'imapflow'
import type { Testbed } from '@iteg/testbed'

type Dovecot = Pick<Testbed['old'], 'imap' | 'imaps'>
type Account = Awaited<ReturnType<Testbed['addOldMailbox']>>

import { append } from '../../src/commands/append.ts'
import { fetchMetadata } from '../../src/commands/fetch-metadata.ts'
import { createFolder, subscribe } from '../../src/commands/folders.ts'
import { listFolders } from '../../src/commands/list.ts'
import { deleteFolder, expunge, MirrorTarget, move } from '../../src/commands/mirror-target.ts'
import { openFolder } from '../../src/commands/select.ts'
import { storeFlags } from '../../src/commands/store.ts'
import { openConnection, type OpenConnection } from '../../src/connection/connect.ts'
import type { Endpoint } from '../../src/endpoint.ts'
import { hashMessages } from '../../src/sync/hash-messages.ts'
import { sharedLimits } from '../../src/sync/shared-limits.ts'
import { rangesOf } from '../../src/state/ranges.ts'
import { parseInternalDate } from '../../src/wire/dates.ts'
import { flagsKey } from '../../src/wire/flags.ts'
import { encodeMailboxName } from '../../src/wire/mailbox-name.ts'

/** A message as a test writes it. */
export interface Letter {
  readonly text: string | Buffer
  readonly flags?: readonly string[]
  /** INTERNALDATE as IMAP writes it. */
  readonly date?: string
}

/** What a mailbox holds: folder name to its messages, as comparable strings, sorted. */
export type Contents = Readonly<Record<string, readonly string[]>>

/** A client for tests to prepare and inspect a mailbox; it may do everything. */
export class MailboxClient implements AsyncDisposable {
  readonly #connection: OpenConnection
  readonly #endpoint: Endpoint

  private constructor(connection: OpenConnection, endpoint: Endpoint) {
    this.#connection = connection
    this.#endpoint = endpoint
  }

  static async open(endpoint: Endpoint): Promise<MailboxClient> {
    const connection = await openConnection(endpoint.server, endpoint.login, 'mirror', { side: 'test' })
    return new MailboxClient(connection, endpoint)
  }

  get session(): OpenConnection['session'] {
    return this.#connection.session
  }

  async create(name: string, { subscribed = false }: { readonly subscribed?: boolean } = {}): Promise<void> {
    await createFolder(this.session, encodeMailboxName(name))
    if (subscribed) await subscribe(this.session, encodeMailboxName(name))
  }

  async deleteFolder(name: string): Promise<void> {
    await deleteFolder(MirrorTarget.open(this.session, 'mirror'), encodeMailboxName(name))
  }

  /** On a connection of its own: nothing in this package may send a RENAME, so its session cannot. */
  async rename(from: string, to: string): Promise<void> {
    const { server, login } = this.#endpoint
    const client = new ImapFlow({
      host: server.host,
      port: server.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: login.user, pass: login.password },
      logger: false,
    })
    await client.connect()
    await client.mailboxRename(from, to)
    await client.logout()
  }

  async append(name: string, letters: readonly Letter[]): Promise<void> {
    async function* messages() {
      for (const { text, flags = [], date = '24-Nov-2026 10:00:00 +0100' } of letters) {
        const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text)
        const internal = parseInternalDate(date)
        if (internal === undefined) throw new Error(`no date: ${date}`)
        yield { flags, date: internal, size: bytes.length, chunks: [bytes] }
      }
    }
    const appended = await append(this.session, encodeMailboxName(name), messages(), { careful: false })
    const answer = await appended?.answer
    if (answer !== undefined && answer.status !== 'OK') throw new Error(`append to ${name}: ${answer.text}`)
  }

  async uids(name: string): Promise<readonly number[]> {
    await openFolder(this.session, encodeMailboxName(name), 'SELECT')
    const rows = await fetchMetadata(this.session, [{ first: 1, last: 0xffff_ffff }])
    return rows.map(({ uid }) => uid)
  }

  async store(name: string, uids: readonly number[], flags: readonly string[]): Promise<void> {
    await openFolder(this.session, encodeMailboxName(name), 'SELECT')
    await storeFlags(MirrorTarget.open(this.session, 'mirror'), rangesOf(uids), flags)
  }

  async expunge(name: string, uids: readonly number[]): Promise<void> {
    if (uids.length === 0) return
    await openFolder(this.session, encodeMailboxName(name), 'SELECT')
    await expunge(MirrorTarget.open(this.session, 'mirror'), rangesOf(uids))
  }

  async move(name: string, uids: readonly number[], to: string): Promise<void> {
    if (uids.length === 0) return
    await openFolder(this.session, encodeMailboxName(name), 'SELECT')
    await move(MirrorTarget.open(this.session, 'mirror'), rangesOf(uids), encodeMailboxName(to))
  }

  /** Everything, as `hash date flags`. Folders without messages have an empty list. */
  async contents(): Promise<Contents> {
    const contents: Record<string, readonly string[]> = {}
    for (const row of await listFolders(this.session)) {
      if (row.status === undefined) continue
      const { exists } = await openFolder(this.session, row.wire, 'EXAMINE')
      const all = [{ first: 1, last: 0xffff_ffff }]
      const rows = exists === 0 ? [] : await fetchMetadata(this.session, all)
      const hashes = new Map<number, string>()
      if (rows.length > 0)
        await hashMessages(
          this.session,
          rangesOf(rows.map(({ uid }) => uid)),
          { shared: sharedLimits(), signal: undefined },
          ({ uid, hash }) => hashes.set(uid, hash),
        )
      contents[row.wire] = rows
        .map(
          ({ uid, date, flags }) =>
            `${hashes.get(uid) ?? 'unreadable'} ${date?.seconds ?? 'no date'} ${flagsKey(flags)}`,
        )
        .toSorted()
    }
    return contents
  }

  async subscribed(): Promise<readonly string[]> {
    return (await listFolders(this.session))
      .filter((row) => row.subscribed)
      .map((row) => row.wire)
      .toSorted()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close()
  }
}

/** Where a test bed's account is reached, plainly. */
export function plainEndpoint(side: Dovecot, account: Account): Endpoint {
  return {
    server: { ...side.imap, tls: 'none' },
    login: { user: account.address, password: account.password },
  }
}

export async function tlsEndpoint(bed: Testbed, side: Dovecot, account: Account): Promise<Endpoint> {
  const ca = await readFile(bed.caFile, 'utf8')
  return {
    server: { ...side.imaps, tls: 'implicit', tlsOptions: { ca } },
    login: { user: account.address, password: account.password },
  }
}

/** A short message that is like no other. */
export function letter(subject: string, body = 'Guten Tag!'): string {
  return [
    'From: Anna <anna@example.at>',
    'To: Bernd <bernd@example.at>',
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(/[^A-Za-z0-9]/g, '-')}@example.at>`,
    '',
    body,
    '',
  ].join('\r\n')
}
