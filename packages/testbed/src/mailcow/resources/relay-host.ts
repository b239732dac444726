import type { Resource, WriteRoute } from '../calls.ts'
import { byKey, htmlEscape, intval, isEmpty, isset, text, toList, type JsonRecord } from '../php-values.ts'
import { nextId, type MailcowState, type RelayHostRow } from '../state.ts'

const addRelayHost: WriteRoute = {
  log: ['relayhost', 'add'],
  run: (call) => {
    const { data, state } = call
    const hostname = text(data['hostname']).trim()
    // Both names in the messages come from variables that are never set.
    if (isEmpty(hostname)) return call.danger(['invalid_host', ''])
    const escaped = (name: string): string =>
      text(data[name])
        .trim()
        .replaceAll(':', String.raw`\:`)
    state.relayHosts.push({
      id: nextId(state, 'relayhosts'),
      hostname,
      username: escaped('username'),
      password: escaped('password'),
      active: 1,
    })
    call.success(['relayhost_added', ''])
  },
}

const editRelayHost: WriteRoute = {
  log: ['relayhost', 'edit'],
  items: 'id',
  run: (call) => {
    const { data } = call
    for (const id of toList(data['id']).map(text)) {
      const row = findRelayHost(call.state, id)
      if (row === undefined) {
        call.danger(['relayhost_invalid', id])
        continue
      }
      if (!isEmpty(data['hostname'])) row.hostname = text(data['hostname']).trim()
      if (isset(data['username'])) row.username = text(data['username']).trim()
      if (isset(data['password'])) row.password = text(data['password']).trim()
      if (isset(data['active'])) row.active = intval(data['active'])
      call.success(['object_modified', ''])
    }
  },
}

const deleteRelayHost: WriteRoute = {
  log: ['relayhost', 'delete'],
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id']).map(text)) {
      // An unknown id is "removed" just the same.
      call.state.relayHosts = call.state.relayHosts.filter((row) => String(row.id) !== id)
      for (const domain of call.state.domains) if (String(domain.relayhost) === id) domain.relayhost = 0
      call.success(['relayhost_removed', htmlEscape(id)])
    }
  },
}

function view(state: MailcowState, row: RelayHostRow): JsonRecord {
  const domains = state.domains.filter((domain) => domain.relayhost === row.id).map((domain) => domain.domain)
  const mailboxes = state.mailboxes
    .filter((mailbox) => mailbox.attributes['relayhost'] === String(row.id))
    .map((mailbox) => mailbox.username)
  return {
    ...row,
    password_short: `${row.password.slice(0, 3)}...`,
    used_by_domains: domains.toSorted(byKey).join(', '),
    used_by_mailboxes: mailboxes.toSorted(byKey).join(', '),
  }
}

function findRelayHost(state: MailcowState, id: string): RelayHostRow | undefined {
  return state.relayHosts.find((row) => String(row.id) === id)
}

export const relayHosts: Resource = {
  get: {
    'relayhost/all': ({ state }) => state.relayHosts.map((row) => view(state, row)),
    relayhost: ({ state, object = '' }) => {
      const row = findRelayHost(state, object)
      return row === undefined ? null : view(state, row)
    },
  },
  add: { relayhost: addRelayHost },
  edit: { relayhost: editRelayHost },
  delete: { relayhost: deleteRelayHost },
}
