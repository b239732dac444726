import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Testbed } from '@iteg/testbed'
import {
  connect,
  mapFolders,
  memoryState,
  readFolders,
  syncMailbox,
  verifyMailbox,
  type Endpoint,
  type FolderMap,
  type SyncEvent,
  type SyncMailbox,
  type SyncReport,
  type SyncState,
  type Timeouts,
  type VerifyMailbox,
  type VerifyReport,
} from '../../src/index.ts'
import { MailboxClient, plainEndpoint } from './mailbox.ts'

let accounts = 0

/** One mailbox on both sides, with a client for each, and shortcuts to copy and verify it. */
export class MailboxPair implements AsyncDisposable {
  readonly source: Endpoint
  readonly target: Endpoint
  readonly old: MailboxClient
  readonly fresh: MailboxClient
  readonly address: string
  readonly setAsideDirectory: string
  readonly events: SyncEvent[] = []
  state: SyncState = memoryState()
  onEvent: ((event: SyncEvent) => void) | undefined

  private constructor(
    parts: Pick<MailboxPair, 'source' | 'target' | 'old' | 'fresh' | 'address' | 'setAsideDirectory'>,
  ) {
    this.source = parts.source
    this.target = parts.target
    this.old = parts.old
    this.fresh = parts.fresh
    this.address = parts.address
    this.setAsideDirectory = parts.setAsideDirectory
  }

  static async make(
    bed: Testbed,
    options: { readonly quotaBytes?: number; readonly address?: string; readonly source?: Endpoint } = {},
  ): Promise<MailboxPair> {
    accounts += 1
    const { quotaBytes = 0, address = `user${accounts}@example.at` } = options
    const source = options.source ?? plainEndpoint(bed.old, await bed.addOldMailbox(address))
    const target = plainEndpoint(bed.new, await bed.addNewMailbox(address, { quotaBytes }))
    const old = await MailboxClient.open(source)
    const fresh = await MailboxClient.open(target)
    const setAsideDirectory = await mkdtemp(path.join(tmpdir(), 'imap-sync-aside-'))
    return new MailboxPair({ source, target, old, fresh, address, setAsideDirectory })
  }

  async map(frozen?: FolderMap): Promise<FolderMap> {
    await using source = await connect(this.source.server, this.source.login)
    await using target = await connect(this.target.server, this.target.login)
    return mapFolders(
      await readFolders(source),
      await readFolders(target),
      frozen === undefined ? {} : { frozen },
    )
  }

  async sync(
    changes: Partial<SyncMailbox> = {},
    signal?: AbortSignal,
    timeouts: Timeouts = {},
  ): Promise<SyncReport> {
    const mailbox: SyncMailbox = {
      source: this.source,
      target: this.target,
      folderMap: changes.folderMap ?? (await this.map()),
      state: this.state,
      phase: 'mirror',
      setAsideDirectory: this.setAsideDirectory,
      ...changes,
    }
    return syncMailbox(mailbox, {
      onEvent: (event) => {
        this.events.push(event)
        this.onEvent?.(event)
      },
      timeouts: { backoffMs: 5, settleMs: 200, ...timeouts },
      ...(signal === undefined ? {} : { signal }),
    })
  }

  async verify(changes: Partial<VerifyMailbox> = {}): Promise<VerifyReport> {
    return verifyMailbox({
      source: this.source,
      target: this.target,
      folderMap: changes.folderMap ?? (await this.map()),
      phase: 'mirror',
      ...changes,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.old[Symbol.asyncDispose]()
    await this.fresh[Symbol.asyncDispose]()
    await rm(this.setAsideDirectory, { recursive: true, force: true })
  }
}
