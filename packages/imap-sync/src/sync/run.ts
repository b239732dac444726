import { ImapSyncError } from '../errors.ts'
import type { SyncEvent } from '../events.ts'
import type { FolderListing, FolderMap } from '../folders/types.ts'
import type { Logger } from '../logger.ts'
import type { Phase, SyncFinding } from '../report.ts'
import { GatheredState } from './gathered-state.ts'
import type { SyncMailbox } from './options.ts'
import type { SharedLimits } from './shared-limits.ts'

/** What every step of one run shares. */
export interface Run {
  readonly mailbox: SyncMailbox
  readonly state: GatheredState
  readonly folderMap: FolderMap
  /** Makes the folder map, where it is still to be made. */
  mapFolders(source: FolderListing): Promise<void>
  readonly phase: Phase
  readonly shared: SharedLimits
  readonly batchMessages: number
  readonly batchBytes: number
  readonly settleMs: number
  readonly signal: AbortSignal | undefined
  readonly logger: Logger
  readonly findings: readonly SyncFinding[]
  /** A target folder's name for people. */
  nameOf(targetWire: string): string
  emit(event: SyncEvent): void
  find(finding: SyncFinding): void
  /** Set when nothing more is to be copied: the target is full. */
  readonly full: boolean
  /** How often each source folder was refused for a reason that time may heal. */
  readonly refusals: Map<string, number>
  /** A batch has handed over this much more, or (negative) its outcome is known. */
  underWay(messages: number, bytes: number): void
  /** Waits as long as the cap for bytes per second asks for after these; says so now and then. */
  throttle(bytes: number): Promise<void>
  /** The target has no room: remembers it, once. */
  overQuota(folder: string, said: string): void
}

/** A copy that is held back is held back after every message. */
const tellEveryMs = 5000
const underWayEveryMs = 500

export function startRun(
  run: Pick<Run, 'mailbox' | 'shared' | 'signal' | 'logger' | 'settleMs'> & {
    readonly onEvent: ((event: SyncEvent) => void) | undefined
  },
): Run {
  const { mailbox, onEvent } = run
  const findings: SyncFinding[] = []
  let full = false
  const onTheWay = { messages: 0, bytes: 0, toldAt: performance.now() }
  let toldAt = Number.NEGATIVE_INFINITY
  const emit = (event: SyncEvent): void => onEvent?.(event)
  const find = (finding: SyncFinding): void => {
    findings.push(finding)
    emit({ kind: 'finding', finding })
  }
  let folderMap = typeof mailbox.folderMap === 'function' ? undefined : mailbox.folderMap
  return {
    mailbox,
    nameOf: (wire) => folderMap?.entries.find(({ targetWire }) => targetWire === wire)?.target ?? wire,
    get folderMap() {
      if (folderMap === undefined) throw new ImapSyncError('usage', 'the folder map is not made yet')
      return folderMap
    },
    async mapFolders(source) {
      if (typeof mailbox.folderMap === 'function') folderMap = await mailbox.folderMap(source)
    },
    state: new GatheredState(mailbox.state),
    phase: mailbox.phase,
    shared: run.shared,
    batchMessages: Math.max(1, mailbox.limits?.batchMessages ?? 500),
    batchBytes: Math.max(1, mailbox.limits?.batchBytes ?? 32 * 1024 * 1024),
    settleMs: run.settleMs,
    signal: run.signal,
    logger: run.logger,
    findings,
    refusals: new Map(),
    emit,
    find,
    get full() {
      return full
    },
    underWay(messages, bytes) {
      onTheWay.messages += messages
      onTheWay.bytes += bytes
      const now = performance.now()
      if (messages < 0 || now - onTheWay.toldAt < underWayEveryMs) return
      onTheWay.toldAt = now
      emit({ kind: 'underWay', messages: onTheWay.messages, bytes: onTheWay.bytes })
    },
    async throttle(bytes) {
      const waitedMs = await run.shared.throttle(bytes, run.signal)
      const now = performance.now()
      if (waitedMs === 0 || now - toldAt < tellEveryMs) return
      toldAt = now
      emit({ kind: 'waiting', reason: 'throttled', delayMs: Math.round(waitedMs) })
    },
    overQuota(folder, said) {
      if (full) return
      full = true
      find({
        code: 'overQuota',
        severity: 'red',
        folder,
        message: `The target mailbox is full; copying stopped in ${folder}: ${said}`,
        remedy: 'Raise the quota of the mailbox and copy again.',
      })
    },
  }
}
