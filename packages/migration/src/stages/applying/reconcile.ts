import type { Ledger } from '../../ledger/ledger.ts'
import type { MailcowState } from '../planning/mailcow-state.ts'
import { actionOf } from './action-record.ts'
import { objectOf } from './apply-action.ts'
import { outcomeIn } from './outcome-in.ts'

/**
 * Settles what an earlier run left open: it died between a write and its answer. An object that is there as our recorded
 * intent says is ours. Resolves to the objects that were not there: their write may still be on its way.
 */
export async function reconcile(
  ledger: Ledger,
  domain: string,
  state: MailcowState,
): Promise<{ readonly doubtful: ReadonlySet<string>; readonly healed: readonly string[] }> {
  const doubtful = new Set<string>()
  const healed: string[] = []
  for (const write of await ledger.writes.open(domain)) {
    const action = write.system === 'mailcow' ? actionOf(write) : undefined
    if (action === undefined) continue
    const trace = outcomeIn(state, action)
    if (trace.is === 'done') {
      const remoteId = trace.remoteId === undefined ? {} : { remoteId: trace.remoteId }
      await ledger.writes.recordOutcome(write.id, {
        outcome: 'done',
        message: 'read back by a later run',
        ...remoteId,
      })
      healed.push(`${action.kind} ${action.item}`)
    } else {
      const detail = trace.is === 'different' ? `it is different: ${trace.detail}` : 'it is not there'
      await ledger.writes.recordOutcome(write.id, {
        outcome: 'failed',
        message: `read back by a later run: ${detail}`,
      })
      if (write.creates !== undefined) doubtful.add(objectOf(domain, action))
    }
  }
  return { doubtful, healed }
}
