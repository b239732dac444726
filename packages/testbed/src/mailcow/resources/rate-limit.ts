import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import {
  aliasDomainNames,
  domainNames,
  hasDomainAccess,
  hasMailboxAccess,
  mailboxNames,
  rateLimit,
} from '../lookup.ts'
import { intval, text, toList, type JsonRecord } from '../php-values.ts'
import type { MailcowState } from '../state.ts'

function editLimit(scope: 'domain' | 'mailbox'): WriteRoute {
  return {
    log: ['ratelimit', 'edit', scope],
    items: 'object',
    run: (call) => {
      for (const item of toList(call.data['object'])) setLimit(call, scope, text(item))
    },
  }
}

function setLimit(call: WriteCall, scope: 'domain' | 'mailbox', object: string): void {
  const frame = text(call.data['rl_frame'])
  const value = intval(call.data['rl_value'])
  if (!['s', 'm', 'h', 'd'].includes(frame)) return call.danger('rl_timeframe')
  const allowed = scope === 'domain' ? hasDomainAccess : hasMailboxAccess
  if (!allowed(call.state, object)) return call.danger('access_denied')
  dropRateLimit(call.state, object)
  if (value !== 0) call.state.rateLimits.push({ object, value: String(value), frame })
  call.success(['rl_saved', object])
}

export const domainRateLimit = editLimit('domain')
export const mailboxRateLimit = editLimit('mailbox')

export function dropRateLimit(state: MailcowState, object: string): void {
  state.rateLimits = state.rateLimits.filter((row) => row.object !== object)
}

function list(state: MailcowState, objects: readonly string[], key: 'domain' | 'mailbox'): JsonRecord[] {
  return objects.flatMap((object) => {
    const limit = rateLimit(state, object)
    return limit === false ? [] : [{ ...limit, [key]: object }]
  })
}

export const rateLimits: Resource = {
  get: {
    'rl-domain': ({ state, object = '' }) =>
      hasDomainAccess(state, object) ? rateLimit(state, object) : false,
    'rl-domain/all': ({ state }) =>
      list(state, [...domainNames(state), ...aliasDomainNames(state)], 'domain'),
    'rl-mbox': ({ state, object = '' }) =>
      hasMailboxAccess(state, object) ? rateLimit(state, object) : false,
    'rl-mbox/all': ({ state }) =>
      list(
        state,
        domainNames(state).flatMap((domain) => mailboxNames(state, domain)),
        'mailbox',
      ),
  },
  edit: { 'rl-domain': domainRateLimit, 'rl-mbox': mailboxRateLimit },
}
