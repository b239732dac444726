import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { findMailbox, hasDomainAccess, hasMailboxAccess } from '../lookup.ts'
import { idnToAscii, isDomainName, isEmail, same, text, toList } from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import { nextId, type MailcowState, type PolicyRow } from '../state.ts'

type Scope = 'domain' | 'mailbox'
const LISTS: Readonly<Record<string, PolicyRow['option']>> = { bl: 'blacklist_from', wl: 'whitelist_from' }

function addPolicy(scope: Scope): WriteRoute {
  return {
    log: ['policy', 'add', scope],
    run: (call) => {
      const { data, state } = call
      const given = text(data[scope === 'domain' ? 'domain' : 'username'])
      const object = scope === 'domain' ? idnToAscii(given.trim()) : given
      const allowed = scope === 'domain' ? hasDomainAccess : hasMailboxAccess
      if (!allowed(state, object)) return call.danger('access_denied')
      const value = text(data['object_from']).toLowerCase().trim()
      if (!/^[a-z\d]+$/i.test(value.replaceAll(/[@_.*-]/g, '')))
        return call.danger('policy_list_from_invalid')
      const option = LISTS[text(data['object_list'])]
      if (option === undefined) return call.danger('access_denied')
      // Whichever of the two lists it is on.
      if (state.policies.some((row) => same(row.object, object) && row.value === value)) {
        return call.danger('policy_list_from_exists')
      }
      state.policies.push({ prefid: nextId(state, 'filterconf'), object, option, value })
      call.success([`${scope}_modified`, object])
    },
  }
}

function deletePolicy(scope: Scope): WriteRoute {
  return {
    log: ['policy', 'delete', scope],
    items: 'prefid',
    run: (call) => {
      const ids = toList(call.data['prefid'])
      for (const id of ids) {
        const row = call.state.policies.find((entry) => String(entry.prefid) === text(id))
        if (row === undefined || !mayDelete(call, scope, row)) {
          call.danger('access_denied')
          continue
        }
        call.state.policies = call.state.policies.filter((entry) => entry !== row)
        // Mailbox entries are reported all at once, each time.
        if (scope === 'domain') call.success(['item_deleted', id])
        else call.success(['items_deleted', ids.map(text).join(', ')])
      }
    },
  }
}

function mayDelete(call: WriteCall, scope: Scope, row: PolicyRow): boolean {
  return scope === 'domain'
    ? hasDomainAccess(call.state, row.object)
    : hasMailboxAccess(call.state, row.object)
}

function view({ object, value, prefid }: PolicyRow): JsonRecord {
  return { object, value, prefid }
}

/** The domain's own entries and those of all its mailboxes. */
function ofDomain(state: MailcowState, domain: string, option: PolicyRow['option']): JsonValue {
  if (!isDomainName(domain) || !hasDomainAccess(state, domain)) return null
  const name = idnToAscii(domain.trim())
  return state.policies
    .filter((row) => row.option === option && (same(row.object, name) || row.object.endsWith(`@${name}`)))
    .map(view)
}

/** The mailbox's own entries and those of its domain. */
function ofMailbox(state: MailcowState, username: string, option: PolicyRow['option']): JsonValue {
  const row = findMailbox(state, username)
  if (!isEmail(username) || row === undefined) return null
  return state.policies
    .filter(
      (entry) => entry.option === option && (same(entry.object, username) || same(entry.object, row.domain)),
    )
    .map(view)
}

export const policies: Resource = {
  get: {
    policy_wl_domain: ({ state, object = '' }) => ofDomain(state, object, 'whitelist_from'),
    policy_bl_domain: ({ state, object = '' }) => ofDomain(state, object, 'blacklist_from'),
    policy_wl_mailbox: ({ state, object = '' }) => ofMailbox(state, object, 'whitelist_from'),
    policy_bl_mailbox: ({ state, object = '' }) => ofMailbox(state, object, 'blacklist_from'),
  },
  add: { 'domain-policy': addPolicy('domain'), 'mailbox-policy': addPolicy('mailbox') },
  delete: { 'domain-policy': deletePolicy('domain'), 'mailbox-policy': deletePolicy('mailbox') },
}
