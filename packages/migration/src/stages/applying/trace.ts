import type { MailcowClient } from '@iteg/mailcow-client'
import type { MailcowObjects } from '../mailcow-facts.ts'
import type { PlannedAction } from '../plan-report.ts'
import { type ActionSecrets, ensureAction } from './ensure-action.ts'

/** What mailcow shows of an action that was sent. */
export type Trace =
  /** As wanted; with mailcow's number, where it has one. */
  | { readonly is: 'done'; readonly remoteId?: string }
  /** As before the action. */
  | { readonly is: 'absent' }
  /** Something with that name, but not what we asked for: somebody else's, or a change that mailcow swallowed. */
  | { readonly is: 'different'; readonly fields: readonly string[] }

/** A dry run asks for no secret. */
const NO_SECRETS: ActionSecrets = {
  password: () => Promise.reject(new Error('a dry run makes no mailbox')),
  dkimKey: () => undefined,
}

/**
 * Whether mailcow's lists show the action's effect: a dry run of the `ensure` function that made it, which asks mailcow
 * nothing. It proves that something was made by us only together with a recorded intent, which is written after it was
 * seen not to be there.
 */
export async function traceOf(
  client: MailcowClient,
  action: PlannedAction,
  objects: MailcowObjects,
): Promise<Trace> {
  const { outcome, changes, remoteId } = await ensureAction(client, action, {
    dryRun: true,
    objects,
    secrets: NO_SECRETS,
  })
  if (outcome === 'unchanged') return { is: 'done', ...(remoteId === undefined ? {} : { remoteId }) }
  if (outcome !== 'changed') return { is: 'absent' }
  return { is: 'different', fields: changes.map(({ field }) => field) }
}

/** How it is, for people: the end of a sentence that begins with "Read back, it is". */
export function traceText(trace: Trace): string {
  if (trace.is === 'done') return 'so'
  return trace.is === 'absent' ? 'not there' : `there with another ${trace.fields.join(', ')}`
}
