import type { RecordedStep } from '../../ledger/cutover-steps.ts'

/** From the first thing that the cut-over changes on, aliases, flags and the old server's tables are no longer as they were staged. */
export function hasBegun(forward: readonly Pick<RecordedStep, 'step'>[]): boolean {
  return forward.some(({ step }) => step === 'aliases-active')
}
