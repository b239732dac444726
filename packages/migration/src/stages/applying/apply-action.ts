import type { MailcowClient, MailcowError } from '@iteg/mailcow-client'
import type { Ledger } from '../../ledger/ledger.ts'
import { isMailcowError } from '../mailcow-error.ts'
import { inConfigurationWords, type MailcowObjects, serverError } from '../mailcow-facts.ts'
import type { ActionResult, PlannedAction } from '../plan-report.ts'
import { asSentence } from '../sentence.ts'
import { intentOf } from './action-record.ts'
import { type ActionSecrets, ensureAction } from './ensure-action.ts'
import { type Trace, traceOf, traceText } from './trace.ts'

export interface ApplyContext {
  readonly domain: string
  readonly ledger: Ledger
  readonly client: MailcowClient
  /** mailcow's lists as the plan was made of them. */
  readonly objects: MailcowObjects
  /** mailcow's lists as they are now. Rejects with `ServerError`. */
  readonly readObjects: () => Promise<MailcowObjects>
  readonly secrets: ActionSecrets
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
  const { ledger, client, domain, objects } = context
  const secrets = await sealed(context.secrets, action)
  for (let attempt = 1; ; attempt += 1) {
    let id: number | undefined
    const beforeWrite = async (): Promise<void> => {
      id = await ledger.writes.recordIntent(intentOf(domain, action))
    }
    try {
      const options = { objects, secrets, beforeWrite, readBack: false }
      const { remoteId } = await ensureAction(client, action, options)
      if (id === undefined) return { action, outcome: 'done', message: 'It was so already.' }
      await ledger.writes.recordOutcome(id, answered(action, remoteId))
      return { action, outcome: 'done' }
    } catch (error) {
      if (!isMailcowError(error)) throw error
      if (id === undefined) return { action, outcome: 'failed', message: sentence(error) }
      const settled = await settle(context, action, id, error)
      if (settled !== 'absent') return settled
      if (attempt >= TRIES) return { action, outcome: 'failed', message: sentence(error) }
    }
  }
}

/** The password of a new mailbox is under seal before the intent to make it is on record. */
async function sealed(secrets: ActionSecrets, action: PlannedAction): Promise<ActionSecrets> {
  if (action.kind !== 'add-mailbox') return secrets
  const password = await secrets.password(action.address)
  return { ...secrets, password: () => Promise.resolve(password) }
}

/** A filter is known as ours by its number, which mailcow's answer does not name: open until the next list shows it. */
function answered(
  action: PlannedAction,
  remoteId: string | undefined,
): Parameters<Ledger['writes']['recordOutcome']>[1] {
  if (remoteId !== undefined) return { outcome: 'done', remoteId }
  return action.kind === 'add-filter'
    ? { outcome: 'unknown', message: 'mailcow says that it is done, but not its number' }
    : { outcome: 'done' }
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
  const trace = await currentTrace(context, action)
  if (trace.is === 'done') {
    const remoteId = trace.remoteId === undefined ? {} : { remoteId: trace.remoteId }
    await ledger.writes.recordOutcome(id, {
      outcome: 'done',
      message: `read back after: ${message}`,
      ...remoteId,
    })
    return { action, outcome: 'healed', message: `The answer was lost; read back, it is done (${message})` }
  }
  const detail = `Read back, it is ${traceText(trace)}.`
  await ledger.writes.recordOutcome(id, { outcome: 'failed', message: `${message} ${detail}` })
  const isAsBefore = trace.is === 'absent' || (trace.is === 'different' && !ADDS.test(action.kind))
  return isAsBefore && error.effect === 'unknown'
    ? 'absent'
    : { action, outcome: 'failed', message: `${message} ${detail}` }
}

const ADDS = /^add-/

/** What mailcow shows of the action now. */
async function currentTrace(context: ApplyContext, action: PlannedAction): Promise<Trace> {
  return traceOf(context.client, action, await context.readObjects())
}

/** mailcow answers the same for a domain and an alias domain; which of them it is decides what to do. */
async function isAliasDomain(
  context: ApplyContext,
  action: PlannedAction,
  id: number,
  message: string,
): Promise<ActionResult> {
  await context.ledger.writes.recordOutcome(id, { outcome: 'unknown', message })
  const trace = await currentTrace(context, action)
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
