import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { hasMailboxAccess } from '../lookup.ts'
import { intval, isEmail, isEmpty, isset, looseEquals, same, splitList, text, toList } from '../php-values.ts'
import type { PushoverRow } from '../state.ts'

const editPushover: WriteRoute = {
  log: ['pushover', 'edit'],
  items: 'username',
  run: (call) => {
    for (const username of toList(call.data['username']).map(text)) editOne(call, username)
  },
}

function editOne(call: WriteCall, username: string): void {
  const { data, state } = call
  if (!hasMailboxAccess(state, username)) return call.danger('access_denied')
  const others = state.pushover.filter((row) => !same(row.username, username))
  if (looseEquals(data['delete'], 'true')) {
    state.pushover = others
    return call.success('pushover_settings_edited')
  }
  const now = state.pushover.find((row) => same(row.username, username))
  const filled = (name: 'key' | 'token' | 'title' | 'text'): string =>
    isEmpty(data[name]) ? (now?.[name] ?? '') : text(data[name])
  const given = (name: 'senders' | 'senders_regex'): string =>
    isset(data[name]) ? text(data[name]) : (now?.[name] ?? '')
  const row: PushoverRow = {
    username,
    key: filled('key'),
    token: filled('token'),
    title: filled('title'),
    text: filled('text'),
    senders: splitList(given('senders'))
      .filter((sender) => isEmail(sender))
      .join(','),
    senders_regex: given('senders_regex'),
    active: isset(data['active']) ? intval(data['active']) : (now?.active ?? 0),
  }
  if (!/^[a-z\d]{30}$/i.test(row.key)) return call.danger('pushover_key')
  if (!/^[a-z\d]{30}$/i.test(row.token)) return call.danger('pushover_token')
  state.pushover = [...others, row]
  call.success('pushover_settings_edited')
}

export const pushover: Resource = { edit: { pushover: editPushover } }
