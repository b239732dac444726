import type { WriteIntent } from '../../ledger/writes.ts'
import type { CutoverContext } from './step.ts'

/**
 * A write to the outside world on record: intent before, outcome after. Whether an earlier one without an outcome was made, each
 * step sees by looking: so such a record is closed as soon as the step is brought about.
 */
export async function recorded<Value>(
  { ledger, domain }: CutoverContext,
  intent: Omit<WriteIntent, 'domain'>,
  write: () => Promise<Value>,
): Promise<Value> {
  const id = await ledger.writes.recordIntent({ domain, ...intent })
  try {
    const value = await write()
    await ledger.writes.recordOutcome(id, { outcome: 'done' })
    return value
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    await ledger.writes.recordOutcome(id, { outcome: 'unknown', message })
    throw error
  }
}
