import type { Finding } from '../finding.ts'
import type { ExportedAddressBooks } from './address-books.ts'

/** What the new server, or we in its place, have against a script. Lines and columns count from 1. */
export interface ScriptRemark {
  readonly severity: 'error' | 'warning'
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/**
 * - `accepted`: the new server compiled the rewritten script (CHECKSCRIPT)
 * - `unchecked`: it could not be asked (`reason` says why); by our own reading it will take it
 * - `refused`: it does not take it, or by our own reading will not; `remarks` says where
 */
export type ScriptVerdict = 'accepted' | 'unchecked' | 'refused'

export interface ExportedScript {
  /** As the old server names it. */
  readonly name: string
  /** `removed`: an earlier run saw it, the old server has it no more; its files stay. */
  readonly state: 'present' | 'removed'
  readonly active: boolean
  /** False: active on the old server although ManageSieve does not list it. */
  readonly listed: boolean
  readonly bytes: number
  /** Absolute paths. In a dry run where they would be. */
  readonly original: string
  readonly rewritten?: string
  /** A rewritten one that the new server refuses, so that the lines in `remarks` can be looked up. */
  readonly refused?: string
  /** Absent for a script that this run did not read. */
  readonly verdict?: ScriptVerdict
  /** Why it was not checked. */
  readonly reason?: string
  readonly remarks: readonly ScriptRemark[]
  /** What was changed for the new server, one sentence each. */
  readonly changes: readonly string[]
  /** What somebody should look at: folders that do not exist, rules that never run. */
  readonly notes: readonly string[]
  /** What cannot be carried over, and why, one sentence each. */
  readonly losses: readonly string[]
  /** It does nothing but sort spam, which mailcow does by itself. */
  readonly spamOnly: boolean
}

/** What became of the opt-in `filters: install`. */
export interface FilterInstall {
  /**
   * - `installed`, `updated`: written and read back · `unchanged`: was there as it should be · `planned`: in a dry run
   * - `none`: there is no active script that could be installed
   * - `waiting`: not yet possible (`message` says what is missing) · `left`: not ours to change any more
   * - `failed`: should have worked
   */
  readonly outcome: 'installed' | 'updated' | 'unchanged' | 'planned' | 'none' | 'waiting' | 'left' | 'failed'
  /** The script's name on mailcow. */
  readonly name?: string
  /** Whether it is the active one there. */
  readonly active: boolean
  /** One sentence. */
  readonly message: string
}

/** The Sieve scripts of one mailbox. */
export interface ExportedFilters {
  /** By name. */
  readonly scripts: readonly ExportedScript[]
  /** What every rule does, for the user. Absent when there are no scripts. */
  readonly summary?: string
  /** Things that need a look: a file that could not be read, a new server that could not be asked. */
  readonly warnings: readonly string[]
  /** Absent unless the domain says `filters: install`. */
  readonly install?: FilterInstall
}

export interface ExportMailbox {
  readonly mailbox: string
  readonly outcome: 'done' | 'unchanged' | 'failed' | 'planned'
  /** Of the summary. */
  readonly language: 'de' | 'en'
  /** Absolute; absent when nothing of this mailbox was ever exported. */
  readonly directory?: string
  /** Absent when they could not be read. */
  readonly filters?: ExportedFilters
  /** Absent without `old.addressBooks`, and when Roundcube knows nothing of this mailbox. */
  readonly addressBooks?: ExportedAddressBooks
  readonly failure?: { readonly code: string; readonly message: string; readonly remedy: string }
}

export interface ExportDomain {
  readonly domain: string
  readonly outcome: 'done' | 'unchanged' | 'partial' | 'failed' | 'planned'
  readonly mailboxes: readonly ExportMailbox[]
  readonly findings: readonly Finding[]
  readonly totals: ExportTotals
  readonly next: string
}

export interface ExportTotals {
  readonly mailboxes: number
  readonly withScripts: number
  /** On the old server now. */
  readonly scripts: number
  readonly active: number
  readonly rewritten: number
  readonly refused: number
  /** On mailcow by us, after this run. */
  readonly installed: number
  /** Mailboxes with at least one contact, collected ones included; and all their contacts. */
  readonly withContacts: number
  readonly contacts: number
  /** Mailboxes whose contacts are in SOGo by us, after this run. */
  readonly imported: number
}

export interface ExportReport {
  readonly schema: 'mailmove.export/1'
  /** ISO 8601. */
  readonly at: string
  readonly dryRun: boolean
  /** Absolute. */
  readonly directory: string
  /** Where the scripts came from. */
  readonly source: 'managesieve' | 'files'
  readonly domains: readonly ExportDomain[]
  /** The old server's own scripts (`old.sieveFiles.global`), absolute paths of the copies. */
  readonly globalScripts: readonly string[]
  readonly totals: ExportTotals
  readonly durationMs: number
  /** Every mailbox was exported, and installed where that was asked for. */
  readonly ok: boolean
}
