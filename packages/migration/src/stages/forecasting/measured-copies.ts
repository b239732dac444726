import type { Ledger } from '../../ledger/ledger.ts'
import type { CopyMailbox } from '../copy-report.ts'
import type { MeasuredCopy } from './forecast.ts'

/** How the largest copy of a mailbox so far is kept among its counts: later ones, which carry little, say nothing of the pace. */
const KEYS = { bytes: 'measuredBytes', messages: 'measuredMessages', durationMs: 'measuredMs' } as const

type Counts = Readonly<Record<string, number>>

/** What to keep of a copy that is over, beside its counts. Pure. */
export function measureOf(
  {
    outcome,
    bytesCopied,
    fates,
    durationMs,
  }: Pick<CopyMailbox, 'outcome' | 'bytesCopied' | 'fates' | 'durationMs'>,
  before: Counts | undefined,
): Counts {
  const known = before === undefined ? undefined : measureIn(before)
  // A copy that failed may have waited for most of its time.
  const isBetter = outcome === 'done' && bytesCopied > 0 && bytesCopied > (known?.bytes ?? 0)
  const kept = isBetter ? { bytes: bytesCopied, messages: fates.copied, durationMs } : known
  return kept === undefined
    ? {}
    : { [KEYS.bytes]: kept.bytes, [KEYS.messages]: kept.messages, [KEYS.durationMs]: kept.durationMs }
}

function measureIn(counts: Counts): MeasuredCopy | undefined {
  const [bytes, messages, durationMs] = [counts[KEYS.bytes], counts[KEYS.messages], counts[KEYS.durationMs]]
  if (bytes === undefined || messages === undefined || durationMs === undefined) return undefined
  return { bytes, messages, durationMs }
}

/** The largest copy of each mailbox of this installation. */
export async function measuredCopies(ledger: Ledger): Promise<readonly MeasuredCopy[]> {
  const measured: MeasuredCopy[] = []
  for (const { domain } of await ledger.domains.list())
    for (const { counts } of await ledger.mailboxes.results(domain, 'copy')) {
      const one = measureIn(counts)
      if (one !== undefined) measured.push(one)
    }
  return measured
}
