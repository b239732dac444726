import type { LedgerNotice } from '../../ledger/notices.ts'

/** What is to be done about a notice, by what is on record of it. */
export type Decision =
  /** Delivered: leave it. `older`: with an earlier text. */
  | { readonly kind: 'already'; readonly notice: LedgerNotice; readonly older: boolean }
  /** It may have arrived: look first. */
  | { readonly kind: 'look'; readonly notice: LedgerNotice }
  | { readonly kind: 'send'; readonly round: number }

export interface DecisionRules {
  /** Of the text as it is now. */
  readonly version: string
  /** `--again`. */
  readonly again: boolean
  /** A new text is told again (a warning), or not (a password that was handed over). */
  readonly perVersion: boolean
}

/** Each recipient once for each version of the text; once more only when asked. Pure. */
export function decide(known: readonly LedgerNotice[], rules: DecisionRules): Decision {
  // What may be there has to be known before anything else, whatever its version: that costs a look, not a mail.
  const doubtful = known.find(({ outcome }) => outcome === undefined || outcome === 'unknown')
  if (doubtful !== undefined && !(rules.again && doubtful.outcome === 'unknown'))
    return { kind: 'look', notice: doubtful }
  const same = known.filter(({ version }) => version === rules.version)
  const relevant = rules.perVersion ? same : known
  const delivered = relevant.find(({ outcome }) => outcome === 'delivered')
  if (delivered !== undefined && !rules.again)
    return { kind: 'already', notice: delivered, older: delivered.version !== rules.version }
  const spent = same.filter(({ outcome }) => outcome === 'delivered' || outcome === 'unknown')
  return { kind: 'send', round: 1 + Math.max(0, ...spent.map(({ round }) => round)) }
}
