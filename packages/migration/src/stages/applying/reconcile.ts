import type { MailcowClient, RelayFlags } from '@iteg/mailcow-client'
import type { Ledger } from '../../ledger/ledger.ts'
import type { MailcowObjects } from '../mailcow-facts.ts'
import type { PlannedAction } from '../plan-report.ts'
import { actionOf } from './action-record.ts'
import { objectOf } from './apply-action.ts'
import { type Trace, traceOf, traceText } from './trace.ts'

/**
 * Settles what is open on record: a run died between a write and its answer, or mailcow's answer did not name what it made.
 * An object that is there as our recorded intent says is ours. Resolves to the objects that were not there: their
 * write may still be on its way.
 */
export async function reconcile(
  {
    ledger,
    domain,
    client,
  }: { readonly ledger: Ledger; readonly domain: string; readonly client: MailcowClient },
  objects: MailcowObjects,
): Promise<{ readonly doubtful: ReadonlySet<string>; readonly healed: readonly string[] }> {
  const doubtful = new Set<string>()
  const healed: string[] = []
  for (const write of await ledger.writes.open(domain)) {
    const action = write.system === 'mailcow' ? actionOf(write) : undefined
    if (action === undefined) continue
    const trace = await traceOf(client, action, objects)
    if (isMade(action, trace)) {
      const remoteId = trace.is !== 'done' || trace.remoteId === undefined ? {} : { remoteId: trace.remoteId }
      await ledger.writes.recordOutcome(write.id, {
        outcome: 'done',
        message: 'read back',
        ...remoteId,
      })
      healed.push(`${action.kind} ${action.item}`)
    } else {
      const message = `read back: it is ${traceText(trace)}`
      await ledger.writes.recordOutcome(write.id, { outcome: 'failed', message })
      if (write.creates !== undefined) doubtful.add(objectOf(domain, action))
    }
  }
  return { doubtful, healed }
}

/** A domain that relays as planned is ours also when somebody gave it other limits meanwhile. */
function isMade(action: PlannedAction, trace: Trace): boolean {
  if (trace.is !== 'different') return trace.is === 'done'
  return action.kind === 'add-domain' && !trace.fields.some((field) => RELAY_FIELDS.has(field))
}

const RELAY_FIELDS: ReadonlySet<string> = new Set<keyof RelayFlags>([
  'backupMx',
  'relayAllRecipients',
  'relayUnknownOnly',
])
