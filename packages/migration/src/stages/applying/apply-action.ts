import type { MailcowClient, MailcowError } from '@iteg/mailcow-client'
import type { Ledger } from '../../ledger/ledger.ts'
import { isMailcowError } from '../mailcow-error.ts'
import { inConfigurationWords, serverError } from '../mailcow-facts.ts'
import type { ActionResult, PlannedAction } from '../plan-report.ts'
import type { MailcowState } from '../planning/mailcow-state.ts'
import { intentOf } from './action-record.ts'
import { outcomeIn } from './outcome-in.ts'
import { sendAction } from './send-action.ts'
import { asSentence } from '../sentence.ts'

export interface ApplyContext {
  readonly domain: string
  readonly ledger: Ledger
  readonly client: MailcowClient
  /** mailcow as it is now. Rejects with `ServerError`. */
  readonly readState: () => Promise<MailcowState>
  /** The sealed initial password of a mailbox. */
  readonly password: (mailbox: string) => Promise<string>
  /** The private key for `import-dkim`, in PEM form. */
  readonly dkimKey: () => string | undefined
  /** Objects (`mailbox:anna@example.at`) that an earlier, lost write of ours may have made only just now. */
  readonly doubtful: ReadonlySet<string>
}

/** With these mailcow refuses everything: going on would only repeat it (and count for fail2ban). */
const HOPELESS: ReadonlySet<MailcowError['code']> = new Set([
  'bad_key',
  'address_forbidden',
  'read_only_key',
  'locked_out',
  'tls',
  'redirect',
  'unknown_route',
])

const TRIES = 2

/**
 * Makes one write: intent on record, call, outcome on record. When the answer is lost, reading back decides: what is there
 * as wanted counts as done (`healed`), what is not there is tried once more. Rejects with `ServerError` when mailcow can
 * be asked nothing more; the write's outcome is then `unknown` on record, and the next run reads it back.
 */
export async function applyAction(context: ApplyContext, action: PlannedAction): Promise<ActionResult> {
  const { ledger, client, domain } = context
  const secret = await secretOf(context, action)
  for (let attempt = 1; ; attempt += 1) {
    const id = await ledger.writes.recordIntent(intentOf(domain, action))
    try {
      const remoteId = await sendAction(client, action, secret)
      await ledger.writes.recordOutcome(id, {
        outcome: 'done',
        ...(remoteId === undefined ? {} : { remoteId }),
      })
      return { action, outcome: 'done' }
    } catch (error) {
      if (!isMailcowError(error)) throw error
      const settled = await settle(context, action, id, error)
      if (settled !== 'absent') return settled
      if (attempt >= TRIES) return { action, outcome: 'failed', message: sentence(error) }
    }
  }
}

/** What an action needs besides itself, for it is kept on record as it is. */
async function secretOf(context: ApplyContext, action: PlannedAction): Promise<string | undefined> {
  if (action.kind === 'add-mailbox') return context.password(action.address)
  return action.kind === 'import-dkim' ? context.dkimKey() : undefined
}

/** What became of a write that mailcow did not confirm; `absent`: nothing, it may be tried again. */
async function settle(
  context: ApplyContext,
  action: PlannedAction,
  id: number,
  error: MailcowError,
): Promise<ActionResult | 'absent'> {
  const { ledger } = context
  const message = sentence(error)
  if (action.kind === 'add-domain' && error.code === 'exists')
    return isAliasDomain(context, action, id, message)
  const mayBeOurs = error.code === 'exists' && context.doubtful.has(objectOf(context.domain, action))
  if (error.effect === 'none' && !mayBeOurs) {
    await ledger.writes.recordOutcome(id, { outcome: 'failed', message })
    if (HOPELESS.has(error.code)) throw serverError(error)
    // Nothing was sent, or it never arrived: the whole server is away, and so are all further writes.
    if (error.code === 'network' || error.code === 'timeout') throw serverError(error)
    return { action, outcome: 'failed', message }
  }
  await ledger.writes.recordOutcome(id, { outcome: 'unknown', message })
  const trace = outcomeIn(await context.readState(), action)
  if (trace.is === 'done') {
    const remoteId = trace.remoteId === undefined ? {} : { remoteId: trace.remoteId }
    await ledger.writes.recordOutcome(id, {
      outcome: 'done',
      message: `read back after: ${message}`,
      ...remoteId,
    })
    return { action, outcome: 'healed', message: `The answer was lost; read back, it is done (${message})` }
  }
  const detail =
    trace.is === 'different' ? `Read back, it is different: ${trace.detail}.` : 'Read back, it is not there.'
  await ledger.writes.recordOutcome(id, { outcome: 'failed', message: `${message} ${detail}` })
  return trace.is === 'absent' && error.effect === 'unknown'
    ? 'absent'
    : { action, outcome: 'failed', message: `${message} ${detail}` }
}

/** mailcow answers the same for a domain and an alias domain; which of them it is decides what to do. */
async function isAliasDomain(
  context: ApplyContext,
  action: PlannedAction,
  id: number,
  message: string,
): Promise<ActionResult> {
  await context.ledger.writes.recordOutcome(id, { outcome: 'unknown', message })
  const trace = outcomeIn(await context.readState(), action)
  const isOurs = trace.is === 'done' && context.doubtful.has(objectOf(context.domain, action))
  await context.ledger.writes.recordOutcome(id, { outcome: isOurs ? 'done' : 'failed', message })
  if (isOurs)
    return {
      action,
      outcome: 'healed',
      message: 'A write of an earlier run arrived late; read back, it is done.',
    }
  const reason =
    trace.is === 'absent'
      ? 'mailcow has it as an alias domain: remove it there first.'
      : 'Somebody made the domain on mailcow at this moment: run survey again.'
  return { action, outcome: 'failed', message: `${message} ${reason}` }
}

/** `mailbox:anna@example.at`: what a write makes. */
export function objectOf(domain: string, action: PlannedAction): string {
  const { creates } = intentOf(domain, action)
  return creates === undefined ? '' : `${creates.kind}:${creates.key}`
}

function sentence(error: MailcowError): string {
  const { message, hint } = error
  return hint === undefined ? asSentence(message) : `${asSentence(message)} ${inConfigurationWords(hint)}`
}
