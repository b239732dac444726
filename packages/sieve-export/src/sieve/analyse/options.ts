import type { Language } from '../problem-texts.ts'
import type { ParseOptions } from '../syntax/parse.ts'
import type { SieveProblem } from '../check/problem.ts'

export interface AnalyseOptions extends ParseOptions {
  /** Language of all sentences. Default `en`. */
  readonly language?: Language
  /** What the new server offers to users. Default: what mailcow does. */
  readonly extensions?: Iterable<string>
  /** Domains of ours, lower case: redirects to others are marked as external. Absent: nobody knows. */
  readonly ownDomains?: Iterable<string>
  /** For saying of automatic replies whether they are over. Absent: not said. */
  readonly now?: Date
}

/** The program that wrote a script, as far as it left its mark. */
export type ScriptAuthor =
  | 'roundcube'
  | 'ingo'
  | 'smartsieve'
  | 'avelsieve'
  | 'open-xchange'
  | 'sieve-editor'
  | 'plesk'
  | 'kolab'
  | 'rainloop'
  | 'nextcloud'

/** A place in the script. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface RuleSummary extends Place {
  /** As its comment names it. */
  readonly name?: string
  readonly endLine: number
  /** What it does, in one sentence. */
  readonly sentence: string
  /** False: switched off (`if false`). */
  readonly active: boolean
  /** False: an earlier rule always stops. */
  readonly reachable: boolean
  /** It only looks for marks of a spam filter. mailcow sorts spam itself. */
  readonly spamOnly: boolean
  /** It deletes mail. */
  readonly discards: boolean
  /** Extensions that it needs and the new server lacks. */
  readonly missingExtensions: readonly string[]
}

export interface FolderUse extends Place {
  /** As the script names it, decoded. */
  readonly name: string
  /** The name is known only when mail arrives. */
  readonly variable: boolean
  /** Mail goes there; false: the script only asks whether it exists. */
  readonly files: boolean
  readonly create: boolean
}

export interface Redirect extends Place {
  readonly address: string
  /** Whether the mail also stays in the mailbox, as far as this rule says. */
  readonly keepsCopy: boolean
  /** To a domain that is not ours; undefined when nobody said which are. */
  readonly external: boolean | undefined
  readonly active: boolean
}

export interface Vacation extends Place {
  readonly subject?: string
  /** What is sent. Of a MIME message (`mime`) with its headers. */
  readonly text: string
  readonly mime: boolean
  readonly days?: number
  readonly seconds?: number
  readonly from?: string
  readonly addresses: readonly string[]
  /** As the script compares them: a date, or a date with time and zone; inclusive. */
  readonly begins?: string
  readonly ends?: string
  readonly active: boolean
}

export interface Include extends Place {
  readonly name: string
  readonly location: 'personal' | 'global'
  readonly optional: boolean
}

/**
 * - `notSieve` the script cannot be read · `spamRule` not needed on mailcow · `unreachable`, `switchedOff` never runs
 * - `discards` mail is deleted · `externalRedirect` mail leaves · `redirectWithoutCopy` nothing stays
 * - `vacationOver` its end is past · `vacationWithoutEnd` answers until somebody switches it off
 * - `include` needs another script · `globalInclude` needs one of the old server's · `missingExtension` the new server
 *   cannot run it
 */
export type AnalysisFindingCode =
  | 'notSieve'
  | 'spamRule'
  | 'unreachable'
  | 'switchedOff'
  | 'discards'
  | 'externalRedirect'
  | 'redirectWithoutCopy'
  | 'vacationOver'
  | 'vacationWithoutEnd'
  | 'include'
  | 'globalInclude'
  | 'missingExtension'

export interface AnalysisFinding extends Place {
  readonly code: AnalysisFindingCode
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
}

/** What a script is about. */
export interface Analysis {
  /** False: it is no Sieve script; then only `findings` says something, and `problem` exactly what. */
  readonly readable: boolean
  readonly problem?: SieveProblem
  readonly author?: ScriptAuthor
  /** In the order of the script. */
  readonly rules: readonly RuleSummary[]
  /** All rules that run only sort spam: on mailcow the script is not needed. */
  readonly spamOnly: boolean
  readonly extensions: {
    readonly required: readonly string[]
    /** Required, but not offered by the new server. */
    readonly missing: readonly string[]
  }
  readonly folders: readonly FolderUse[]
  readonly redirects: readonly Redirect[]
  readonly vacations: readonly Vacation[]
  readonly includes: readonly Include[]
  readonly findings: readonly AnalysisFinding[]
}
