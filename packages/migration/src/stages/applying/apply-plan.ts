import pLimit from 'p-limit'
import type { MigrationEvent } from '../events.ts'
import { ServerError } from '../errors.ts'
import type { ActionResult, PlannedAction } from '../plan-report.ts'
import { asking, type MailcowObjects } from '../mailcow-facts.ts'
import { applyAction, type ApplyContext } from './apply-action.ts'
import { ensureAction } from './ensure-action.ts'
import { traceOf, traceText } from './trace.ts'

/** Forwarding hosts belong to all domains: one after the other, also when several domains are provisioned at once. */
const shared = pLimit(1)

export interface PlanResult {
  readonly results: readonly ActionResult[]
  /** mailcow could be asked nothing more. */
  readonly error?: ServerError
}

/**
 * Makes a plan's writes one after the other: mailcow does not lock, and parallel writes overshoot a domain's limits.
 * What a failed write makes pointless is `blocked`, everything else goes on. Aborted between two writes, never within one.
 */
export async function applyPlan(
  context: ApplyContext,
  actions: readonly PlannedAction[],
  options: { readonly signal: AbortSignal | undefined; readonly emit: (event: MigrationEvent) => void },
): Promise<PlanResult> {
  const { domain } = context
  const results: ActionResult[] = []
  const finish = (result: ActionResult): void => {
    results.push(result)
    const { action, outcome, message } = result
    options.emit({
      type: 'action-finished',
      domain,
      action,
      outcome,
      ...(message === undefined ? {} : { message }),
    })
  }
  let error: ServerError | undefined
  for (const action of actions) {
    options.signal?.throwIfAborted()
    const blockedBy = error === undefined ? obstacle(action, results) : 'mailcow cannot be reached'
    if (blockedBy !== undefined) {
      finish({ action, outcome: 'blocked', message: `Not tried: ${blockedBy}.` })
      continue
    }
    options.emit({ type: 'action-started', domain, action })
    try {
      finish(await applyOne(context, action))
    } catch (thrown) {
      if (!(thrown instanceof ServerError)) throw thrown
      error = thrown
      finish({ action, outcome: 'failed', message: thrown.message })
    }
  }
  return error === undefined ? { results } : { results, error }
}

function applyOne(context: ApplyContext, action: PlannedAction): Promise<ActionResult> {
  if (action.kind !== 'add-forwarding-host') return applyAction(context, action)
  return shared(async () => {
    const { client, secrets } = context
    const now = await asking({}, () =>
      ensureAction(client, action, { dryRun: true, objects: undefined, secrets }),
    )
    if (now.outcome === 'created') return applyAction(context, action)
    if (now.outcome === 'unchanged')
      return { action, outcome: 'done', message: 'Another domain needed it as well and made it.' }
    const message = 'Somebody made it at this moment, without the spam filter: run survey again.'
    return { action, outcome: 'failed', message }
  })
}

/** Without these nothing of the domain may be made: it would relay by MX, lose senders to the spam filter, or not be there. */
const FOUNDATIONS: ReadonlySet<PlannedAction['kind']> = new Set([
  'add-forwarding-host',
  'add-transport',
  'edit-transport',
  'add-domain',
  'edit-domain-relay',
])

function obstacle(action: PlannedAction, results: readonly ActionResult[]): string | undefined {
  for (const { action: earlier, outcome } of results) {
    if (outcome !== 'failed' && outcome !== 'blocked') continue
    if (FOUNDATIONS.has(earlier.kind)) return `${earlier.kind} ${earlier.item} failed`
    if (earlier.kind === 'edit-domain-limits' && action.kind === 'add-mailbox')
      return "the domain's limits could not be raised"
    const isItsFilter = action.kind === 'add-filter' && earlier.kind === 'add-mailbox'
    if (isItsFilter && earlier.item === action.item) return 'the mailbox could not be made'
    const isItsSpam = action.kind === 'add-policy' || action.kind === 'set-spam-score'
    if (isItsSpam && earlier.kind === 'add-mailbox' && earlier.item === action.item)
      return 'the mailbox could not be made'
    const isItsAddress = action.kind === 'add-mailbox' && earlier.kind === 'delete-alias'
    if (isItsAddress && earlier.item === action.item) return 'the alias with its address could not be removed'
  }
  return undefined
}

/** What is not as planned although its write was answered: mailcow's lists, read afterwards, have the last word. */
export function checkedResults(
  client: ApplyContext['client'],
  results: readonly ActionResult[],
  objects: MailcowObjects,
): Promise<readonly ActionResult[]> {
  return Promise.all(
    results.map(async (result): Promise<ActionResult> => {
      if (result.outcome !== 'done' && result.outcome !== 'healed') return result
      const { action } = result
      const trace = await traceOf(client, action, objects)
      if (trace.is === 'done') return result
      const message = `mailcow reports success, but read back it is ${traceText(trace)}.`
      return { action, outcome: 'failed', message }
    }),
  )
}
