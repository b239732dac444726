import type { ServerFacts } from '../check/options.ts'
import type { ParseOptions } from '../syntax/parse.ts'
import type { Language } from '../problem-texts.ts'
import type { MapFolder, OldNamespace } from './folder-name.ts'

export interface RewriteOptions extends ParseOptions {
  /**
   * Where a folder of the old server is on the new one. Gets the name as the old server's scripts have it: Unicode, with
   * prefix, e.g. `INBOX.Projekte.X`; says the new name, or undefined for a folder that it does not know. See `folderNames`.
   */
  readonly mapFolder: MapFolder
  /** Names that folders have on the new server: they stay as they are when a script was rewritten before. */
  readonly knownTargets?: Iterable<string>
  /**
   * How the old server builds names, e.g. `{ prefix: 'INBOX.', separator: '.' }`. With it, folders that `mapFolder` does
   * not know, and names with variables, are rewritten by their parts.
   */
  readonly oldNamespace?: OldNamespace
  /** The new server's separator. Default `/`. */
  readonly separator?: string
  /** What the new server offers to users; default: what mailcow does. */
  readonly targetExtensions?: Iterable<string>
  /** More facts about the new server. Default: mailcow's. */
  readonly server?: Omit<ServerFacts, 'extensions'>
  /** The new server's folder for a special use (RFC 6154), e.g. `\Junk`. Default: mailcow's. */
  readonly specialUseFolders?: Readonly<Record<string, string>>
  /** Under which personal name the old server's global script is installed on the new one, if it is. */
  readonly globalScript?: (name: string) => string | undefined
  /**
   * What becomes of rules that the new server would refuse. `report`, the default: they stay, and the server will refuse
   * the script. `disable`: they are commented out, so that all the others work.
   */
  readonly unsupported?: 'report' | 'disable'
  /** Language of the sentences in the report. Default `en`. */
  readonly language?: Language
}

export type RewriteChangeKind =
  | 'folder'
  | 'extension'
  | 'flags'
  | 'reject'
  | 'duplicate'
  | 'notify'
  | 'specialUse'
  | 'include'
  | 'disabled'

/** One change. Line and column are those of the script before. */
export interface RewriteChange {
  readonly kind: RewriteChangeKind
  readonly line: number
  readonly column: number
  readonly before: string
  readonly after: string
  readonly why: string
}

/**
 * - `unknownFolder` the old server has no such folder · `folderWithoutPrefix` it did not file there · `mutf7Folder` the
 *   name was written in modified UTF-7 · `variableFolder` the name is known only when mail arrives · `folderEncoding`
 *   the name is not UTF-8
 * - `missingExtension`, `restrictedExtension` the new server does not have it (for users) · `globalInclude`
 *   `personalInclude` another script is needed · `oldNotify` could not be modernised
 * - `disabledRule` commented out · `refused` what else the new server refuses · `notSieve` the script cannot be read
 */
export type RewriteFindingCode =
  | 'unknownFolder'
  | 'folderWithoutPrefix'
  | 'mutf7Folder'
  | 'variableFolder'
  | 'folderEncoding'
  | 'missingExtension'
  | 'restrictedExtension'
  | 'globalInclude'
  | 'personalInclude'
  | 'oldNotify'
  | 'disabledRule'
  | 'refused'
  | 'notSieve'

/** Something that somebody should know or do. Line and column are those of the script before, where there is a place. */
export interface RewriteFinding {
  readonly code: RewriteFindingCode
  /** `error`: the new server refuses the script until it is solved. `warning`: something will be different. */
  readonly severity: 'error' | 'warning' | 'info'
  readonly line: number
  readonly column: number
  readonly message: string
  /** What to do, in the same language. */
  readonly remedy: string
}

export interface RewriteResult {
  readonly script: Uint8Array
  readonly changed: boolean
  readonly changes: readonly RewriteChange[]
  readonly findings: readonly RewriteFinding[]
  /** Whether the new server will take `script`, as far as can be known without asking it. */
  readonly accepted: boolean
}
