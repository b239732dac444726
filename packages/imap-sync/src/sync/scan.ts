import { readAppendLimit } from '../commands/append-limit.ts'
import { createFolder } from '../commands/folders.ts'
import { searchAll } from '../commands/search.ts'
import { ifMissing } from '../errors.ts'
import type { FolderMapEntry } from '../folders/types.ts'
import type {
  FolderMessages,
  FolderState,
  FolderStatus,
  PairRun,
  StateChange,
  UidRange,
} from '../state/state.ts'
import { nothing } from '../state/apply-change.ts'
import { diffFolder, type FolderDiff } from './diff.ts'
import type { FlagFix, FolderWork } from './folder-work.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'
import type { Tally } from './tally.ts'
import { TargetFolder } from './target-folder.ts'

/** A folder as the scan found it. */
export interface ScannedFolder extends FolderWork {
  readonly source: readonly UidRange[]
  /** The source's status before the scan: what the next run compares with. */
  readonly sourceStatus: FolderStatus
  readonly targetUids: readonly UidRange[]
  /** The folder's memory, resets done. */
  readonly known: FolderMessages
  readonly state: FolderState
  readonly diff: FolderDiff
}

/** What is still to be done for a scanned folder; shrinks while steps do it. */
export interface FolderPlan {
  readonly scanned: ScannedFolder
  /** Source messages that need a copy. */
  fresh: readonly UidRange[]
  /** Pairs whose source is gone. */
  gone: readonly PairRun[]
  /** The source folder itself is gone. */
  readonly disappeared: boolean
}

interface OpenedTarget {
  readonly folder: TargetFolder
  readonly uids: readonly UidRange[]
  readonly created: boolean
}

/** A target folder that nothing will be done to, as STATUS tells of it. */
function unopened({ targetWire, target }: FolderMapEntry, status: FolderStatus): OpenedTarget {
  const { uidValidity, uidNext, messages } = status
  const folder = new TargetFolder({
    wire: targetWire,
    name: target,
    uidValidity,
    uidNext,
    permanentFlags: undefined,
    messages,
  })
  return { folder, uids: [], created: false }
}

/** Opens both sides of folders; knows each target folder once, whatever number of source folders goes there. */
export class Scanner {
  readonly #run: Run
  readonly #lane: Lane
  readonly #targets = new Map<string, OpenedTarget>()

  constructor(run: Run, lane: Lane) {
    this.#run = run
    this.#lane = lane
  }

  /** Target folders that were opened. */
  get targets(): readonly TargetFolder[] {
    return [...this.#targets.values()].map(({ folder }) => folder)
  }

  /** Other folders go there too: what STATUS says of it now is not what it will be. */
  #isShared(targetWire: string): boolean {
    return this.#run.folderMap.entries.filter((entry) => entry.targetWire === targetWire).length > 1
  }

  /**
   * Lists one folder on both sides and compares with what is remembered. Undefined when the source's is gone. A new folder with
   * nothing in it is not opened: most mailboxes have some, and there is nothing to learn there.
   */
  async scan(
    tally: Tally,
    sourceStatus: FolderStatus,
    before: FolderState | undefined,
    targetStatus: FolderStatus | undefined,
  ): Promise<ScannedFolder | undefined> {
    const { entry } = tally
    const isBare =
      before === undefined &&
      sourceStatus.uidValidity > 0 &&
      sourceStatus.messages === 0 &&
      !this.#isShared(entry.targetWire)
    const [target, source] = await Promise.all([
      isBare && targetStatus !== undefined
        ? (this.#targets.get(entry.targetWire) ?? unopened(entry, targetStatus))
        : this.#openTarget(entry, tally),
      isBare ? { uidValidity: sourceStatus.uidValidity, uids: [] } : this.#listSource(entry.sourceWire),
    ])
    if (source === undefined) return undefined
    const state: FolderState = {
      source: entry.sourceWire,
      target: entry.targetWire,
      sourceUidValidity: source.uidValidity,
      targetUidValidity: target.folder.uidValidity,
      created: target.created || (before?.created ?? false),
    }
    const changes = this.#changes(state, before, entry)
    // Of a new folder nothing is known; that it is there is written down with the first that is done to it.
    if (before === undefined) this.#run.state.later(changes)
    else await this.#run.state.commit(changes)
    const known = before === undefined ? nothing : await this.#run.state.messages(entry.sourceWire)
    const { phase, mailbox } = this.#run
    const picture = { source: source.uids, target: target.uids, known }
    const flagFixes: FlagFix[] = []
    return {
      entry,
      tally,
      target: target.folder,
      sourceUidValidity: source.uidValidity,
      flagFixes,
      refusedInARow: [],
      source: source.uids,
      sourceStatus,
      targetUids: target.uids,
      known,
      state: before?.checkpoint === undefined ? state : { ...state, checkpoint: before.checkpoint },
      diff: diffFolder(picture, phase, { retrySetAside: mailbox.retrySetAside ?? false }),
    }
  }

  /** A source folder that is not listed any more: as one that has nothing. Undefined when its target is gone as well. */
  async scanDisappeared(tally: Tally, before: FolderState): Promise<ScannedFolder | undefined> {
    const { entry } = tally
    const target = await this.#openTarget(entry, tally, { create: false })
    const known = await this.#run.state.messages(entry.sourceWire)
    if (target === undefined || target.folder.uidValidity !== before.targetUidValidity) return undefined
    return {
      entry,
      tally,
      target: target.folder,
      sourceUidValidity: before.sourceUidValidity,
      flagFixes: [],
      refusedInARow: [],
      source: [],
      sourceStatus: { uidValidity: before.sourceUidValidity, uidNext: 0, messages: 0 },
      targetUids: target.uids,
      known,
      state: before,
      diff: diffFolder({ source: [], target: target.uids, known }, this.#run.phase, { retrySetAside: false }),
    }
  }

  async #listSource(
    wire: string,
  ): Promise<{ readonly uidValidity: number; readonly uids: readonly UidRange[] } | undefined> {
    const opened = await this.#lane.source.folder(wire, 'EXAMINE', { fresh: true }).catch(ifMissing)
    if (opened === undefined) return undefined
    const { session, folder } = opened
    return { uidValidity: folder.uidValidity, uids: folder.exists === 0 ? [] : await searchAll(session) }
  }

  async #openTarget(
    entry: FolderMapEntry,
    tally: Tally,
    options: { create: false },
  ): Promise<OpenedTarget | undefined>
  async #openTarget(entry: FolderMapEntry, tally: Tally): Promise<OpenedTarget>
  async #openTarget(
    entry: FolderMapEntry,
    tally: Tally,
    { create }: { readonly create: boolean } = { create: true },
  ): Promise<OpenedTarget | undefined> {
    const known = this.#targets.get(entry.targetWire)
    if (known !== undefined) return known
    const { target } = this.#lane
    let created = false
    let opened = await target.folder(entry.targetWire, 'SELECT', { fresh: true }).catch(ifMissing)
    if (opened === undefined) {
      if (!create) return undefined
      created = await createFolder(await target.session(), entry.targetWire)
      opened = await target.folder(entry.targetWire, 'SELECT', { fresh: true })
    }
    if (created) {
      tally.changes.foldersCreated += 1
      this.#run.emit({ kind: 'folderCreated', folder: entry.target })
    }
    const { session, folder } = opened
    const result: OpenedTarget = {
      created,
      uids: folder.exists === 0 ? [] : await searchAll(session),
      folder: new TargetFolder({
        wire: entry.targetWire,
        name: entry.target,
        uidValidity: folder.uidValidity,
        uidNext: folder.uidNext,
        permanentFlags: folder.permanentFlags,
        messages: folder.exists,
        appendLimit: await readAppendLimit(session, entry.targetWire),
      }),
    }
    this.#targets.set(entry.targetWire, result)
    return result
  }

  /** The folder's row, and what follows when its UIDs have lost their meaning on one side or the other. */
  #changes(
    state: FolderState,
    before: FolderState | undefined,
    entry: FolderMapEntry,
  ): readonly StateChange[] {
    const { source, sourceUidValidity, targetUidValidity } = state
    if (before === undefined) return [{ kind: 'folder', folder: state }]
    const changes: StateChange[] = []
    if (before.sourceUidValidity !== sourceUidValidity) {
      changes.push({ kind: 'sourceReset', source, sourceUidValidity })
      this.#findReset(entry.source, 'old')
    }
    if (before.targetUidValidity !== targetUidValidity) {
      const keep = this.#run.phase === 'additive' ? 'delivered' : 'nothing'
      changes.push({ kind: 'targetReset', source, targetUidValidity, keep })
      this.#findReset(entry.target, 'new')
    }
    if (state.created !== before.created) changes.push({ kind: 'folder', folder: state })
    return changes
  }

  #findReset(folder: string, side: 'old' | 'new'): void {
    this.#run.find({
      code: 'uidValidityChanged',
      severity: 'yellow',
      folder,
      message: `The ${side} server has renumbered ${folder} (or it was deleted and made again); its messages are matched by content.`,
    })
  }
}
