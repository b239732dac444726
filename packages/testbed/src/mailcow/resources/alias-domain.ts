import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { aliasDomainNames, findAliasDomain, findDomain, hasDomainAccess, rateLimit } from '../lookup.ts'
import {
  htmlEscape,
  idnToAscii,
  intval,
  isDomainName,
  isEmpty,
  isset,
  PhpCrash,
  same,
  splitList,
  text,
  toList,
} from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import { updateRow, type MailcowState } from '../state.ts'
import { createKey } from './domain-add.ts'
import { domainRateLimit } from './rate-limit.ts'

const addAliasDomain: WriteRoute = {
  log: ['mailbox', 'add', 'alias_domain'],
  logTail: true,
  run: async (call) => {
    const names = splitList(text(call.data['alias_domain'])).filter((name) => name !== '')
    const target = idnToAscii(text(call.data['target_domain']).trim())
    if (!isDomainName(target)) return call.danger('target_domain_invalid')
    if (!hasDomainAccess(call.state, target)) return call.danger('access_denied')
    for (const name of names) await addOne(call, idnToAscii(name), target)
  },
}

async function addOne(call: WriteCall, name: string, target: string): Promise<void> {
  const { data } = call
  // mailcow means to refuse it and uses an undefined constant for that.
  if (!isDomainName(name)) throw new PhpCrash('Error: Undefined constant "alias_domain"')
  const refusal = refuse(call.state, name, target)
  if (refusal !== undefined) return call.danger(refusal)
  call.state.aliasDomains.push({
    aliasDomain: name,
    targetDomain: target,
    active: intval(data['active']),
    created: call.now,
    modified: null,
  })
  if (intval(data['rl_value']) !== 0) {
    const limit = { rl_value: data['rl_value'] ?? '', rl_frame: data['rl_frame'] ?? '', object: name }
    await domainRateLimit.run(call.nested(domainRateLimit, limit))
  }
  await createKey(call, {
    key_size: data['key_size'] ?? '',
    dkim_selector: data['dkim_selector'] ?? '',
    domains: name,
  })
  call.success(['aliasd_added', htmlEscape(name)])
}

function refuse(state: MailcowState, name: string, target: string): JsonValue[] | undefined {
  if (name === target) return ['aliasd_targetd_identical', htmlEscape(target)]
  const row = findDomain(state, target)
  if (row === undefined) return ['targetd_not_found', htmlEscape(target)]
  if (row.backupmx === 1) return ['targetd_relay_domain', htmlEscape(target)]
  const taken = findAliasDomain(state, name) !== undefined || findDomain(state, name) !== undefined
  return taken ? ['alias_domain_invalid', name] : undefined
}

const editAliasDomain: WriteRoute = {
  log: ['mailbox', 'edit', 'alias_domain'],
  logTail: true,
  items: 'alias_domain',
  run: (call) => {
    for (const item of toList(call.data['alias_domain'])) editOne(call, idnToAscii(text(item).trim()))
  },
}

function editOne(call: WriteCall, name: string): void {
  const { data, state } = call
  const row = findAliasDomain(state, name)
  if (row === undefined) return call.danger(['alias_domain_invalid', htmlEscape(name)])
  const target = isEmpty(data['target_domain'])
    ? row.targetDomain
    : idnToAscii(text(data['target_domain']).trim())
  if (!isDomainName(target)) return call.danger(['target_domain_invalid', htmlEscape(target)])
  if (!hasDomainAccess(state, target)) return call.danger('access_denied')
  if (findDomain(state, target) === undefined)
    return call.danger(['target_domain_invalid', htmlEscape(target)])
  const active = isset(data['active']) ? intval(data['active']) : row.active
  updateRow(row, { targetDomain: target, active }, call.now)
  call.success(['aliasd_modified', htmlEscape(name)])
}

const deleteAliasDomain: WriteRoute = {
  log: ['mailbox', 'delete', 'alias_domain'],
  logTail: true,
  items: 'alias_domain',
  run: (call) => {
    for (const item of toList(call.data['alias_domain'])) removeOne(call, text(item))
  },
}

function removeOne(call: WriteCall, name: string): void {
  const { state } = call
  if (!isDomainName(name)) return call.danger('domain_invalid')
  if (findAliasDomain(state, name) === undefined) return call.danger('access_denied')
  state.aliasDomains = state.aliasDomains.filter((row) => !same(row.aliasDomain, name))
  state.aliases = state.aliases.filter((row) => !same(row.domain, name))
  state.timeLimitedAliases = state.timeLimitedAliases.filter((row) => !row.address.endsWith(`@${name}`))
  call.success(['alias_domain_removed', htmlEscape(name)])
}

function view(state: MailcowState, name: string): JsonRecord | undefined {
  const row = findAliasDomain(state, name)
  const target = findDomain(state, row?.targetDomain ?? '')
  if (row === undefined || target === undefined) return undefined
  return {
    alias_domain: row.aliasDomain,
    parent_is_backupmx: target.backupmx,
    target_domain: row.targetDomain,
    active: row.active,
    active_int: row.active,
    rl: rateLimit(state, row.aliasDomain),
    created: row.created,
    modified: row.modified,
  }
}

export const aliasDomains: Resource = {
  get: {
    'alias-domain/all': ({ state }) => aliasDomainNames(state).flatMap((name) => view(state, name) ?? []),
    'alias-domain': ({ state, object = '' }) => view(state, object) ?? null,
  },
  add: { 'alias-domain': addAliasDomain },
  edit: { 'alias-domain': editAliasDomain },
  delete: { 'alias-domain': deleteAliasDomain },
}
