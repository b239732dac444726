import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { aliasDomainNames, domainNames, findAlias, findAliasDomain, hasDomainAccess } from '../lookup.ts'
import { htmlEscape, isEmail, same, text, toList } from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import type { AliasRow, MailcowState } from '../state.ts'
import { addAlias } from './alias-add.ts'
import { editAlias } from './alias-edit.ts'

const deleteAlias: WriteRoute = {
  log: ['mailbox', 'delete', 'alias'],
  logTail: true,
  items: 'id',
  run: (call) => {
    for (const item of toList(call.data['id'])) removeAlias(call, item)
  },
}

function removeAlias(call: WriteCall, idOrAddress: JsonValue): void {
  text(idOrAddress)
  const { state } = call
  const row = findAlias(state, idOrAddress)
  if (row === undefined || !hasDomainAccess(state, row.domain)) return call.danger('access_denied')
  state.aliases = state.aliases.filter((other) => other !== row)
  state.senderAcl = state.senderAcl.filter((entry) => !same(entry.sendAs, row.address))
  call.success(['alias_removed', htmlEscape(row.address)])
}

function view(state: MailcowState, row: AliasRow): JsonRecord {
  return {
    in_primary_domain: findAliasDomain(state, row.domain)?.targetDomain ?? '',
    id: row.id,
    domain: row.domain,
    public_comment: row.publicComment,
    private_comment: row.privateComment,
    goto: row.goto,
    address: row.address,
    is_catch_all: isEmail(row.address) ? 0 : 1,
    internal: row.internal,
    active: row.active,
    active_int: row.active,
    sogo_visible: row.sogoVisible,
    sogo_visible_int: row.sogoVisible,
    sender_allowed: row.senderAllowed,
    created: row.created,
    modified: row.modified,
  }
}

export const aliases: Resource = {
  get: {
    'alias/all': ({ state, extra }) => {
      const wanted =
        extra === undefined || extra === ''
          ? [...domainNames(state), ...aliasDomainNames(state)]
          : extra.split(',')
      return wanted
        .filter((domain) => hasDomainAccess(state, domain))
        .flatMap((domain) => state.aliases.filter((row) => same(row.domain, domain)))
        .filter((row) => !same(row.address, row.goto))
        .map((row) => view(state, row))
    },
    alias: ({ state, object = '' }) => {
      const row = findAlias(state, object)
      return row === undefined || !hasDomainAccess(state, row.domain) ? null : view(state, row)
    },
  },
  add: { alias: addAlias },
  edit: { alias: editAlias },
  delete: { alias: deleteAlias },
}
