import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import {
  domainNames,
  findAccount,
  findDomain,
  hasDomainAccess,
  hasMailboxAccess,
  isSpamAlias,
} from '../lookup.ts'
import {
  byKey,
  htmlEscape,
  idnToAscii,
  intval,
  isDomainName,
  isEmail,
  isEmpty,
  isset,
  same,
  text,
  toList,
} from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import { updateRow, type MailboxRow, type MailcowState } from '../state.ts'

const KINDS = ['location', 'group', 'thing'] as const
type Kind = (typeof KINDS)[number]

function kindOf(value: string): Kind | undefined {
  return KINDS.find((kind) => kind === value)
}

const addResource: WriteRoute = {
  log: ['mailbox', 'add', 'resource'],
  logTail: true,
  run: (call) => {
    const { data } = call
    const description = text(data['description'])
    const domain = idnToAscii(text(data['domain']).trim())
    const localPart = description.replaceAll(/[^\da-z]/gi, '')
    const username = `${localPart}@${domain}`
    const kind = kindOf(text(data['kind']))
    if (!isEmail(username)) return call.danger('resource_invalid')
    if (isEmpty(description)) return call.danger('description_invalid')
    if (kind === undefined) return call.danger('resource_invalid')
    const refusal = refuse(call.state, username, domain)
    if (refusal !== undefined) return call.danger(refusal)
    call.state.mailboxes.push({
      username,
      localPart,
      domain,
      kind,
      name: description,
      multipleBookings: Math.max(-1, intval(data['multiple_bookings'])),
      active: intval(data['active']),
      passwordHash: 'RESOURCE',
      quota: 0,
      attributes: {},
      customAttributes: {},
      authsource: 'mailcow',
      tags: [],
      created: call.now,
      modified: null,
    })
    call.success(['resource_added', htmlEscape(username)])
  },
}

function refuse(state: MailcowState, username: string, domain: string): JsonValue[] | string | undefined {
  if (!isDomainName(domain)) return 'domain_invalid'
  if (!hasDomainAccess(state, domain)) return 'access_denied'
  if (findAccount(state, username) !== undefined) return ['object_exists', htmlEscape(username)]
  if (state.aliases.some((row) => same(row.address, username))) return ['is_alias', htmlEscape(username)]
  if (isSpamAlias(state, username)) return ['is_spam_alias', htmlEscape(username)]
  return findDomain(state, domain) === undefined ? ['domain_not_found', htmlEscape(domain)] : undefined
}

const editResource: WriteRoute = {
  log: ['mailbox', 'edit', 'resource'],
  logTail: true,
  items: 'name',
  run: (call) => {
    for (const name of toList(call.data['name']).map(text)) editOne(call, name)
  },
}

function editOne(call: WriteCall, name: string): void {
  const { data, state } = call
  const row = findResource(state, name)
  const kind = kindOf(isEmpty(data['kind']) ? (row?.kind ?? '') : text(data['kind']))
  if (row === undefined || !isEmail(name) || kind === undefined) {
    return call.danger(['resource_invalid', htmlEscape(name)])
  }
  const bookings = isset(data['multiple_bookings']) ? intval(data['multiple_bookings']) : row.multipleBookings
  updateRow(
    row,
    {
      kind,
      active: isset(data['active']) ? intval(data['active']) : row.active,
      multipleBookings: Math.max(-1, bookings),
      name: isEmpty(data['description']) ? row.name : text(data['description']),
    },
    call.now,
  )
  call.success(['resource_modified', htmlEscape(name)])
}

const deleteResource: WriteRoute = {
  log: ['mailbox', 'delete', 'resource'],
  logTail: true,
  items: 'name',
  run: (call) => {
    for (const name of toList(call.data['name']).map(text)) {
      const row = findResource(call.state, name)
      if (!isEmail(name) || row === undefined) {
        call.danger('access_denied')
        continue
      }
      call.state.mailboxes = call.state.mailboxes.filter((other) => other !== row)
      call.success(['resource_removed', htmlEscape(name)])
    }
  },
}

function findResource(state: MailcowState, name: string): MailboxRow | undefined {
  const row = findAccount(state, name)
  return row === undefined || row.kind === '' || !hasMailboxAccess(state, name) ? undefined : row
}

function view(row: MailboxRow): JsonRecord {
  return {
    name: row.username,
    kind: row.kind,
    multiple_bookings: row.multipleBookings,
    description: row.name,
    active: row.active,
    active_int: row.active,
    domain: row.domain,
    local_part: row.localPart,
  }
}

export const resourceAccounts: Resource = {
  get: {
    'resource/all': ({ state }) =>
      domainNames(state).flatMap((domain) =>
        state.mailboxes
          .filter((row) => row.kind !== '' && same(row.domain, domain))
          .toSorted((a, b) => byKey(a.username, b.username))
          .map(view),
      ),
    resource: ({ state, object = '' }) => {
      const row = findResource(state, object)
      return row === undefined ? null : view(row)
    },
  },
  add: { resource: addResource },
  edit: { resource: editResource },
  delete: { resource: deleteResource },
}
