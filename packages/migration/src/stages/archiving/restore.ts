import {
  type Endpoint,
  type FillAnswer,
  type FillFolder,
  fillMailbox,
  type FolderListing,
  type FolderMapEntry,
  type ListedFolder,
  type MailboxFiller,
  mapFolders,
} from '@iteg/imap-sync'
import { asciiAddress } from '../ascii-names.ts'
import { mailboxFailure } from '../copying/failures.ts'
import { oldEndpoint, serverUrl } from '../endpoints.ts'
import { ServerError } from '../errors.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { withTarget } from '../target-access.ts'
import type { ArchivedFolder, ArchiveManifest } from './archive-format.ts'
import type { RestoredFolder, RestoreReport } from './archive-report.ts'
import { type ArchivedFacts, type CheckedArchive, openArchive } from './read-archive.ts'

/** Whose mailbox, and where: one of the two servers, through the configured access, or any other by its own login. */
export type RestoreTarget =
  | { readonly kind: 'new' | 'old'; readonly address: string }
  | { readonly kind: 'other'; readonly address: string; readonly endpoint: Endpoint }

export interface RestoreOptions extends StageOptions {
  /** Checks the archive and shows where its folders would go; asks no server. */
  readonly dryRun?: boolean
}

const MAX_REFUSALS = 20

/**
 * Puts an archive's mail into a mailbox, with folders, subscriptions, flags and dates, and reads it all again. What is there with the same
 * content in the same folder counts as restored: run as often as you like, killed anywhere, each message is there once for each time that it
 * is in the archive. Only adds.
 *
 * Rejects with `UsageError` when the archive is not what its manifest says (nothing is written then), `ServerError`, `DomainLockedError`,
 * or the signal's reason.
 */
export async function restore(
  migration: Migration,
  path: string,
  target: RestoreTarget,
  options: RestoreOptions = {},
): Promise<RestoreReport> {
  await using archive = await openArchive(path, options)
  const { manifest } = archive
  const common = {
    schema: 'mailmove.restore/1' as const,
    archive: path,
    mailbox: manifest.mailbox,
    archivedAt: manifest.at,
    to: target.address,
    server: serverOf(migration, target),
  }
  if (options.dryRun === true) {
    const folders = [...mapFolders(listingOf(manifest)).entries].flatMap((entry) =>
      plannedFolder(entry, manifest.folders),
    )
    const { messages } = manifest
    const totals = { messages, restored: 0, alreadyThere: 0, failed: 0 }
    const at = migration.now().toISOString()
    return { ...common, at, dryRun: true, folders, totals, missing: 0, changed: 0, refusals: [], ok: true }
  }
  const domain = asciiAddress(target.address.toLowerCase()).replace(/^.*@/, '')
  const ledger = await migration.ledger('write')
  await using lock = await ledger.lockDomain(domain, { command: `mailmove restore ${path}` })
  migration.logger.debug({ domain: lock.holder.domain }, 'restore')
  const id = await ledger.writes.recordIntent({
    domain,
    system: target.kind === 'old' ? 'old-server' : 'new-imap',
    operation: 'archive.restore',
    item: target.address,
    payload: { archive: path, of: manifest.mailbox, archivedAt: manifest.at, server: common.server },
  })
  try {
    const work = (endpoint: Endpoint): Promise<Filled> => fill(migration, archive, endpoint, options)
    const filled =
      target.kind === 'other'
        ? await work(target.endpoint)
        : target.kind === 'old'
          ? await work(oldEndpoint(migration.config, target.address))
          : await withTarget(
              migration,
              ledger,
              { domain, mailbox: target.address },
              {
                ...options,
                onLeftBehind: (message) => migration.emit({ type: 'notice', stage: 'restore', message }),
              },
              work,
            )
    const { totals, missing } = filled
    await ledger.writes.recordOutcome(id, {
      outcome: 'done',
      message: `${totals.restored} restored, ${totals.alreadyThere} were there, ${totals.failed} failed, ${missing} missing afterwards`,
    })
    const ok = totals.failed === 0 && missing === 0 && filled.changed === 0
    return { ...common, at: migration.now().toISOString(), dryRun: false, ...filled, ok }
  } catch (error) {
    await ledger.writes.recordOutcome(id, {
      outcome: 'unknown',
      message: error instanceof Error ? error.message : String(error),
    })
    options.signal?.throwIfAborted()
    const { message, remedy } = mailboxFailure(error, { stage: 'archive', domain })
    throw new ServerError(target.kind === 'old' ? 'old.imap' : 'new.imap', message, {
      hint: remedy.replaceAll(/mailmove archive \S+/g, 'mailmove restore'),
      cause: error,
    })
  }
}

type Filled = Pick<RestoreReport, 'folders' | 'totals' | 'missing' | 'changed' | 'refusals'>

/** What becomes of one target folder; several source folders of one role share it. */
interface TargetState {
  readonly folder: FillFolder
  /** By content: how many were there before and are not claimed yet. */
  readonly there: Map<string, number>
  /** By content: how many the archive has for it. */
  readonly wanted: Map<string, number>
  /** By content, flags and date: what this run has put there. */
  readonly added: Map<string, number>
}

interface FolderCounts {
  restored: number
  alreadyThere: number
  failed: number
}

async function fill(
  migration: Migration,
  archive: CheckedArchive,
  endpoint: Endpoint,
  options: RestoreOptions,
): Promise<Filled> {
  const { manifest } = archive
  await using filler = await fillMailbox(endpoint, {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    logger: migration.logger,
    side: 'target',
  })
  const entries = mapFolders(listingOf(manifest), filler.listing).entries.filter(
    (entry) => entry.selectable && isArchived(entry, manifest.folders),
  )
  const states = await openTargets(filler, entries, manifest.folders)
  const byWire = new Map(entries.map((entry) => [entry.sourceWire, entry]))
  const counts = new Map(
    entries.map(({ sourceWire }): [string, FolderCounts] => [
      sourceWire,
      { restored: 0, alreadyThere: 0, failed: 0 },
    ]),
  )
  const refusals: string[] = []
  const cursor = new Cursor(archive.contents(options))
  try {
    for (let next = await cursor.peek(); next !== undefined; next = await cursor.peek()) {
      const { folder } = next.facts
      const entry = byWire.get(folder)
      const state = states.get(entry?.targetWire ?? '')
      const count = counts.get(folder)
      // The manifest names every folder of its messages: openArchive has seen to the rest.
      if (entry === undefined || state === undefined || count === undefined) {
        cursor.take()
        continue
      }
      const sent: ArchivedFacts[] = []
      // The folder last opened decides where nothing goes: APPEND names its folder itself.
      const answers = await state.folder.add(missingOnes(cursor, folder, state, count, sent))
      settle(state, count, sent, answers, refusals)
      // The server stopped taking messages of this folder: the rest of it is not there.
      for (let rest = await cursor.peek(); rest?.facts.folder === folder; rest = await cursor.peek()) {
        cursor.take()
        if (!claim(state, rest.facts.hash)) count.failed += 1
        else count.alreadyThere += 1
      }
    }
  } finally {
    await cursor.close()
  }
  const { missing, changed } = await readAgain(states)
  const folders = entries.map(({ source, sourceWire, target }): RestoredFolder => ({
    source,
    target,
    ...(counts.get(sourceWire) ?? { restored: 0, alreadyThere: 0, failed: 0 }),
  }))
  const sum = (pick: (folder: RestoredFolder) => number): number =>
    folders.reduce((total, folder) => total + pick(folder), 0)
  const totals = {
    messages: manifest.messages,
    restored: sum(({ restored }) => restored),
    alreadyThere: sum(({ alreadyThere }) => alreadyThere),
    failed: sum(({ failed }) => failed),
  }
  return { folders, totals, missing, changed, refusals }
}

async function openTargets(
  filler: MailboxFiller,
  entries: readonly FolderMapEntry[],
  folders: readonly ArchivedFolder[],
): Promise<ReadonlyMap<string, TargetState>> {
  const subscribed = new Set(folders.filter((folder) => folder.subscribed).map(({ wire }) => wire))
  const states = new Map<string, TargetState>()
  for (const { sourceWire, targetWire } of entries) {
    if (states.has(targetWire)) continue
    const folder = await filler.open(targetWire, { subscribe: subscribed.has(sourceWire) })
    const there = new Map<string, number>()
    for (const { hash } of await folder.contents()) increase(there, hash)
    states.set(targetWire, { folder, there, wanted: new Map(), added: new Map() })
  }
  return states
}

async function* missingOnes(
  cursor: Cursor,
  folder: string,
  state: TargetState,
  count: FolderCounts,
  sent: ArchivedFacts[],
): AsyncGenerator<{
  readonly flags: readonly string[]
  readonly date?: { readonly seconds: number; readonly zoneMinutes: number }
  readonly size: number
  readonly chunks: AsyncIterable<Uint8Array>
}> {
  for (let next = await cursor.peek(); next?.facts.folder === folder; next = await cursor.peek()) {
    cursor.take()
    const { facts, chunks } = next
    if (claim(state, facts.hash)) {
      count.alreadyThere += 1
      continue
    }
    sent.push(facts)
    const { flags, date, bytes: size } = facts
    yield { flags, size, chunks, ...(date === undefined ? {} : { date }) }
  }
}

/** Counts the message as wanted; true when one like it was there before. */
function claim({ there, wanted }: TargetState, hash: string): boolean {
  increase(wanted, hash)
  const left = there.get(hash) ?? 0
  if (left === 0) return false
  there.set(hash, left - 1)
  return true
}

function settle(
  { folder, added }: TargetState,
  count: FolderCounts,
  sent: readonly ArchivedFacts[],
  answers: readonly FillAnswer[],
  refusals: string[],
): void {
  for (const [index, facts] of sent.entries()) {
    const answer = answers[index]
    if (answer?.stored === true) {
      count.restored += 1
      const { date, flags } = folder.expected(facts)
      increase(added, `${facts.hash} ${date} ${flags}`)
      continue
    }
    count.failed += 1
    if (answer !== undefined && refusals.length < MAX_REFUSALS && !refusals.includes(answer.text))
      refusals.push(answer.text)
  }
}

async function readAgain(
  states: ReadonlyMap<string, TargetState>,
): Promise<{ readonly missing: number; readonly changed: number }> {
  let missing = 0
  let changed = 0
  for (const { folder, wanted, added } of states.values()) {
    const hashes = new Map<string, number>()
    const exact = new Map<string, number>()
    for (const { hash, date, flags } of await folder.contents()) {
      increase(hashes, hash)
      increase(exact, `${hash} ${date} ${flags}`)
    }
    for (const [hash, count] of wanted) missing += Math.max(0, count - (hashes.get(hash) ?? 0))
    for (const [key, count] of added) changed += Math.max(0, count - (exact.get(key) ?? 0))
  }
  return { missing, changed }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

type Content = { readonly facts: ArchivedFacts; readonly chunks: AsyncIterable<Uint8Array> }

/** One message ahead, so that a folder's end is seen before its next message is begun. */
class Cursor {
  readonly #iterator: AsyncIterator<Content>
  #ahead: Content | undefined
  #ended = false

  constructor(contents: AsyncIterable<Content>) {
    this.#iterator = contents[Symbol.asyncIterator]()
  }

  async peek(): Promise<Content | undefined> {
    if (this.#ahead !== undefined || this.#ended) return this.#ahead
    const next = await this.#iterator.next()
    if (next.done === true) this.#ended = true
    else this.#ahead = next.value
    return this.#ahead
  }

  take(): void {
    this.#ahead = undefined
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}

const listedFolder = ({
  wire,
  name,
  separator,
  attributes,
  role,
  subscribed,
  selectable,
}: ArchivedFolder): ListedFolder => ({
  wire,
  name,
  separator,
  attributes,
  subscribed,
  selectable,
  ...(role === undefined ? {} : { role }),
})

function listingOf(manifest: ArchiveManifest): FolderListing {
  return {
    personal: { prefix: manifest.personal.prefix, separator: manifest.personal.separator },
    others: manifest.others.map(({ prefix, separator }) => ({ prefix, separator })),
    folders: manifest.folders.filter(({ leftOut }) => leftOut !== 'shared').map(listedFolder),
    foreign: [],
  }
}

function isArchived({ sourceWire }: FolderMapEntry, folders: readonly ArchivedFolder[]): boolean {
  return folders.some(({ wire, directory }) => wire === sourceWire && directory !== undefined)
}

function plannedFolder(
  { sourceWire, source, target }: FolderMapEntry,
  folders: readonly ArchivedFolder[],
): readonly RestoredFolder[] {
  const isThere = folders.some(({ wire, directory }) => wire === sourceWire && directory !== undefined)
  return isThere ? [{ source, target, restored: 0, alreadyThere: 0, failed: 0 }] : []
}

function serverOf(migration: Migration, target: RestoreTarget): string {
  const { config } = migration
  if (target.kind === 'other') return serverUrl(target.endpoint.server)
  return serverUrl(target.kind === 'old' ? config.old.imap : config.new.imap)
}
