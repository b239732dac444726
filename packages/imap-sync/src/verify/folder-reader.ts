import { ifMissing, isImapSyncError } from '../errors.ts'
import type { VerifyEvent } from '../events.ts'
import type { Lane } from '../sync/lane.ts'
import type { SharedLimits } from '../sync/shared-limits.ts'
import type { SourceMessage, TargetMessage } from './compare.ts'
import { listSide, type SideListing } from './list-side.ts'
import type { VerifyMailbox } from './options.ts'
import type { FolderGroup } from './folder-group.ts'

export interface FolderContents {
  readonly source: readonly SourceMessage[]
  readonly target: readonly TargetMessage[]
  /** Source messages that could not be read, with their folder. */
  readonly unreadable: readonly { readonly folder: string; readonly uid: number }[]
  /** A sentence when a side could not be listed. */
  readonly problem: string | undefined
}

export interface FolderReaderOptions {
  readonly shared: SharedLimits
  readonly signal: AbortSignal | undefined
  readonly since: VerifyMailbox['since']
  readonly ignoredKeywords: ReadonlySet<string>
  readonly onEvent?: (event: VerifyEvent) => void
}

/** Reads folder groups from both sides at once. */
export class FolderReader {
  readonly #lane: Lane
  readonly #options: FolderReaderOptions

  constructor(lane: Lane, options: FolderReaderOptions) {
    this.#lane = lane
    this.#options = options
  }

  /** A folder that cannot be opened is a problem of that folder; a lost connection is opened again. */
  async read(group: FolderGroup): Promise<FolderContents> {
    return this.#lane.attempt(async () => {
      const [source, target] = await Promise.all([this.#readSources(group), this.#readTarget(group)])
      return {
        source: source.messages,
        unreadable: source.unreadable,
        target: target.messages,
        problem: source.problem ?? target.problem,
      }
    })
  }

  async #readSources(
    group: FolderGroup,
  ): Promise<
    Pick<FolderContents, 'unreadable' | 'problem'> & { readonly messages: readonly SourceMessage[] }
  > {
    const messages: SourceMessage[] = []
    const unreadable: { folder: string; uid: number }[] = []
    let problem: string | undefined
    for (const entry of group.entries) {
      const folder = entry.sourceWire
      const since = this.#options.since?.source[folder]
      const listed = await this.#list('source', folder, entry.source, since)
      if (typeof listed === 'string') problem = listed
      else if (listed !== undefined) {
        for (const message of listed.messages) messages.push({ ...message, folder })
        for (const uid of listed.unreadable) unreadable.push({ folder, uid })
      }
    }
    return { messages, unreadable, problem }
  }

  async #readTarget(
    group: FolderGroup,
  ): Promise<{ readonly messages: readonly TargetMessage[]; readonly problem: string | undefined }> {
    const folder = group.targetWire
    const listed = await this.#list('target', folder, group.target, this.#options.since?.target[folder])
    if (typeof listed === 'string') return { messages: [], problem: listed }
    // A folder that is not there has no messages; whether that is a fault the comparison will tell.
    const messages = (listed?.messages ?? []).map((message) => ({ ...message, folder }))
    const missing = listed === undefined && group.entries.length > 0
    return { messages, problem: missing ? `The new server has no folder ${group.target}.` : undefined }
  }

  /** The listing, undefined when the folder is not there, a sentence when it could not be read. */
  async #list(
    side: 'source' | 'target',
    wire: string,
    name: string,
    since: number | undefined,
  ): Promise<SideListing | string | undefined> {
    const { shared, signal, onEvent, ignoredKeywords } = this.#options
    try {
      const opened = await this.#lane[side].folder(wire, 'EXAMINE', { fresh: true }).catch(ifMissing)
      if (opened === undefined) return undefined
      return await listSide(opened.session, opened.folder.exists, {
        shared,
        signal,
        ignoredKeywords,
        ...(since === undefined ? {} : { since }),
        onHashed: (messages, bytes) => onEvent?.({ kind: 'hashed', side, folder: name, messages, bytes }),
      })
    } catch (error) {
      if (isImapSyncError(error) && error.code === 'refused' && !error.retryable)
        return `${name} could not be read: ${error.message}`
      throw error
    }
  }
}
