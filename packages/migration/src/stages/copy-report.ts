import type { ForecastOutcome } from './forecasting/forecast.ts'

/** Every source message has exactly one of these fates, and they sum up to what the source holds. */
export interface Fates {
  /** Sent by this run. */
  readonly copied: number
  /** Was there before this run. */
  readonly alreadyThere: number
  readonly setAside: number
  readonly excluded: number
  /** Went away at the source while we looked. */
  readonly vanished: number
}

export interface CopiedFolder {
  readonly source: string
  readonly target: string
  /** What the source holds (EXISTS). */
  readonly messages: number
  readonly fates: Fates
  readonly flagsChanged: number
  readonly deleted: number
}

/** A message that the new server refuses, kept as a file. */
export interface SetAside {
  readonly folder: string
  readonly uid: number
  readonly subject?: string
  readonly reason: string
  /** Absolute path below `workDir`. */
  readonly file?: string
  /** Why somebody let it pass. */
  readonly accepted?: string
}

export interface CopyMailbox {
  readonly mailbox: string
  readonly outcome: 'done' | 'unchanged' | 'failed' | 'planned'
  readonly folders: readonly CopiedFolder[]
  readonly fates: Fates
  readonly sourceMessages: number
  readonly bytesCopied: number
  readonly setAside: readonly SetAside[]
  /** Things that need a look although the mailbox is done: refused keywords, a brake that held deletions back. */
  readonly warnings: readonly string[]
  readonly durationMs: number
  /** Why it failed, and what to do. */
  readonly failure?: { readonly code: string; readonly message: string; readonly remedy: string }
}

export interface CopyDomain {
  readonly domain: string
  readonly phase: 'mirror' | 'additive'
  readonly outcome: 'done' | 'unchanged' | 'partial' | 'failed' | 'planned'
  readonly mailboxes: readonly CopyMailbox[]
  readonly totals: Fates & { readonly sourceMessages: number; readonly bytesCopied: number }
  /** What a forecast from earlier copies says for the mail that this run carried, and how long it took. Absent when it carried nothing. */
  readonly forecast?: ForecastOutcome
  /** Why nothing was done for the domain as a whole: another run works on it. */
  readonly message?: string
  readonly next: string
}

export interface CopyReport {
  readonly schema: 'mailmove.copy/1'
  readonly at: string
  readonly dryRun: boolean
  readonly domains: readonly CopyDomain[]
  readonly totals: Fates & { readonly sourceMessages: number; readonly bytesCopied: number }
  readonly durationMs: number
  /** Every mailbox is done, every sum matches, and no message is set aside that nobody accepted. */
  readonly ok: boolean
}
