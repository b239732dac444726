import type { FolderStatus } from '../state/state.ts'

/** The special uses that this package gives a meaning to (RFC 6154). */
export type Role = 'archive' | 'drafts' | 'junk' | 'sent' | 'trash'

export interface Namespace {
  readonly prefix: string
  /** One character, or undefined where folders have no hierarchy. */
  readonly separator: string | undefined
}

/** A folder as LIST shows it. */
export interface ListedFolder {
  /** Exactly as on the wire (mUTF-7 or whatever the server calls it); what commands must use. */
  readonly wire: string
  /** For people: decoded, in Unicode, with the server's separator. */
  readonly name: string
  readonly separator: string | undefined
  /** Lower case, with the backslash, e.g. `\\noselect`. */
  readonly attributes: readonly string[]
  readonly role?: Role
  readonly subscribed: boolean
  /** False for `\Noselect` and `\NonExistent`: holds no mail. */
  readonly selectable: boolean
  readonly status?: FolderStatus
  /** Rights of others than the account itself; only when asked for, and only where the server tells (RFC 4314). */
  readonly sharedWith?: readonly FolderRight[]
}

/** An access control entry: `who` as the server names them (`bernd@example.at`, `anyone`, `-bernd` for negative rights). */
export interface FolderRight {
  readonly who: string
  readonly rights: string
}

/** One account's folders. */
export interface FolderListing {
  readonly personal: Namespace
  /** Prefixes of other users' and shared namespaces; their folders are in `foreign`, not in `folders`. */
  readonly others: readonly Namespace[]
  readonly folders: readonly ListedFolder[]
  /** Shared and public folders that this account sees: reported and left out. */
  readonly foreign: readonly ListedFolder[]
}

/** Where one source folder goes. Wire names are for commands and the state, the others for people and Sieve. */
export interface FolderMapEntry {
  readonly source: string
  readonly sourceWire: string
  readonly target: string
  readonly targetWire: string
  /** The special use both sides agree on. */
  readonly role?: Role
  /** False for parents that hold no mail: nothing is created for them. */
  readonly selectable: boolean
  /** Why the name is not simply the same path: for people, in plan and report. */
  readonly changes?: readonly NameChange[]
}

/**
 * - `role` it becomes the target's folder of that role · `merged` another source folder of the same role goes there too
 * - `separator` a character that is the target's separator was replaced · `control` control characters were replaced
 * - `normalized` brought to Unicode NFC · `empty` an empty path segment got a name · `tooLong` shortened, made unique by a hash
 * - `reserved` INBOX or a foreign namespace of the target · `collision` another folder has that name already
 * - `undecodable` the source's name is not valid mUTF-7
 */
export type NameChange =
  | 'role'
  | 'merged'
  | 'separator'
  | 'control'
  | 'normalized'
  | 'empty'
  | 'tooLong'
  | 'reserved'
  | 'collision'
  | 'undecodable'

/** Several source folders wanted one target name. `name`: all but the first got another; `case`: names differ only in case, kept. */
export interface FolderCollision {
  readonly kind: 'name' | 'case'
  readonly wanted: string
  readonly entries: readonly { readonly source: string; readonly target: string }[]
}

export interface LeftOutFolder {
  readonly source: string
  readonly sourceWire: string
  /** `shared`: of another namespace; `virtual`: shows mail of other folders (\All, \Flagged, \Important). */
  readonly reason: 'shared' | 'virtual'
}

/** Pure data, safe as JSON. Computed once, then frozen: later runs may add entries, never change one. */
export interface FolderMap {
  readonly entries: readonly FolderMapEntry[]
  readonly collisions: readonly FolderCollision[]
  readonly leftOut: readonly LeftOutFolder[]
}
