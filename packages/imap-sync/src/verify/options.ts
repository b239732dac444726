import type { Endpoint, Timeouts } from '../endpoint.ts'
import type { VerifyEvent } from '../events.ts'
import type { FolderMap } from '../folders/types.ts'
import type { Logger } from '../logger.ts'
import type { Phase } from '../report.ts'
import type { SharedLimits } from '../sync/shared-limits.ts'
import type { ExcludeRule } from '../sync/options.ts'

/** Explains messages that only the target has, such as mailcow's own quota mails. All given conditions must hold. */
export interface AllowedExtra {
  readonly name: string
  /** Target folder, name for people. */
  readonly folder?: string
  /** Header fields of the message: decoded value contains the text, upper and lower case alike. */
  readonly headers?: readonly { readonly name: string; readonly contains: string }[]
  /** Canonical hashes (our own notices, say). */
  readonly hashes?: readonly string[]
}

/** Messages that the copy run set aside, as its state or report names them. */
export interface KnownSetAside {
  /** Wire name of the source folder. */
  readonly sourceWire: string
  readonly uid: number
  readonly reason: string
}

export interface VerifyMailbox {
  readonly source: Endpoint
  readonly target: Endpoint
  readonly folderMap: FolderMap
  /** `mirror`: equality, flags and dates included. `additive`: the target holds everything the source holds. */
  readonly phase: Phase
  readonly setAside?: readonly KnownSetAside[]
  readonly excluded?: readonly ExcludeRule[]
  readonly extrasAllowed?: readonly AllowedExtra[]
  /** Keywords that the target does not keep, as the copy run's report names them: not compared. */
  readonly droppedKeywords?: readonly string[]
  /** Canonical hashes that an earlier report proved present on the target (`additive`: missing ones are `goneSince`). */
  readonly proven?: ReadonlySet<string>
  /**
   * Only newer messages are compared, for a check after the last delta: at the source those at or above the UID given for their folder
   * (wire name), on the target likewise. Folders that are not named are compared whole. Extras are then not looked for.
   */
  readonly since?: {
    readonly source: Readonly<Record<string, number>>
    readonly target: Readonly<Record<string, number>>
  }
  /** Include the hashes of all matched messages, to be frozen as evidence. */
  readonly includeHashes?: boolean
  /** Messages listed per folder and kind. Default 200. */
  readonly maxListed?: number
  readonly shared?: SharedLimits
}

export interface VerifyOptions {
  readonly signal?: AbortSignal
  readonly logger?: Logger
  readonly timeouts?: Timeouts
  readonly onEvent?: (event: VerifyEvent) => void
}
