import { syncFilters } from '../account-sync.ts'
import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { domainNames, findMailbox, hasMailboxAccess, mailboxNames } from '../lookup.ts'
import { intval, isEmail, isEmpty, isset, same, text, toList } from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import { checkScript } from '../sieve/check-script.ts'
import { nextId, type FilterRow, type MailcowState } from '../state.ts'

const TYPES = ['prefilter', 'postfilter']

const addFilter: WriteRoute = {
  log: ['mailbox', 'add', 'filter'],
  logTail: true,
  run: async (call) => {
    const { data, state } = call
    const username = text(data['username'])
    if (!isset(data['username']) || !isEmail(username)) return call.danger('no_user_defined')
    if (!hasMailboxAccess(state, username)) return call.danger('access_denied')
    if (isEmpty(data['script_data'])) return call.danger('script_empty')
    const problem = checkScript(text(data['script_data']))
    if (problem !== undefined) return call.danger(['sieve_error', problem])
    if (isEmpty(data['script_desc'])) return call.danger('value_missing')
    const filterType = text(data['filter_type'])
    if (!TYPES.includes(filterType)) return call.danger('filter_type')
    const active = intval(data['active']) !== 0
    if (active) deactivate(state, username, filterType)
    state.filters.push({
      id: nextId(state, 'sieve_filters'),
      username: username.toLowerCase(),
      filterType,
      scriptData: text(data['script_data']),
      scriptDesc: text(data['script_desc']),
      active,
    })
    await syncFilters(call.context, username)
    call.success(['mailbox_modified', username])
  },
}

/** One active script of each type: the one before is switched off without a word. */
function deactivate(state: MailcowState, username: string, filterType: string): void {
  for (const row of state.filters) {
    if (same(row.username, username) && row.filterType === filterType) row.active = false
  }
}

const editFilter: WriteRoute = {
  log: ['mailbox', 'edit', 'filter'],
  logTail: true,
  items: 'id',
  run: async (call) => {
    for (const id of toList(call.data['id'])) await editOne(call, id)
  },
}

async function editOne(call: WriteCall, id: JsonValue): Promise<void> {
  const { data, state } = call
  const row = findFilter(state, id)
  if (row === undefined) return call.danger('access_denied')
  const scriptData = isEmpty(data['script_data']) ? row.scriptData : text(data['script_data'])
  const problem = checkScript(scriptData)
  if (problem !== undefined) return call.danger(['sieve_error', problem])
  const filterType = isEmpty(data['filter_type']) ? row.filterType : text(data['filter_type'])
  if (!TYPES.includes(filterType)) return call.danger('filter_type')
  const active = isset(data['active']) ? intval(data['active']) === 1 : row.active
  if (active) deactivate(state, row.username, filterType)
  const scriptDesc = isEmpty(data['script_desc']) ? row.scriptDesc : text(data['script_desc'])
  Object.assign(row, { scriptData, filterType, active, scriptDesc })
  await syncFilters(call.context, row.username)
  call.success(['mailbox_modified', row.username])
}

const deleteFilter: WriteRoute = {
  log: ['mailbox', 'delete', 'filter'],
  logTail: true,
  items: 'id',
  run: async (call) => {
    for (const id of toList(call.data['id'])) {
      const row = findFilter(call.state, id)
      if (row === undefined) {
        call.danger('access_denied')
        continue
      }
      call.state.filters = call.state.filters.filter((other) => other !== row)
      await syncFilters(call.context, row.username)
      call.success(['delete_filter', id])
    }
  },
}

function findFilter(state: MailcowState, id: JsonValue): FilterRow | undefined {
  const wanted = text(id)
  const row = state.filters.find((candidate) => String(candidate.id) === wanted)
  return row !== undefined && hasMailboxAccess(state, row.username) ? row : undefined
}

function view({ active, id, username, filterType, scriptData, scriptDesc }: FilterRow): JsonRecord {
  return {
    active: active ? 1 : 0,
    id,
    username,
    filter_type: filterType,
    script_data: scriptData,
    script_desc: scriptDesc,
  }
}

function filtersOf(state: MailcowState, username: string): JsonRecord[] {
  return state.filters.filter((row) => same(row.username, username)).map(view)
}

export const filters: Resource = {
  get: {
    'filters/all': ({ state }) =>
      domainNames(state)
        .flatMap((domain) => mailboxNames(state, domain))
        .flatMap((name) => filtersOf(state, name)),
    filters: ({ state, object = '' }) => (hasMailboxAccess(state, object) ? filtersOf(state, object) : null),
    'active-user-sieve': async ({ context, state, object = '' }) => {
      const row = findMailbox(state, object)
      const script = row === undefined ? undefined : await context.accounts.activeUserScript(row.username)
      return isEmpty(script) ? null : [script ?? '']
    },
  },
  add: { filter: addFilter },
  edit: { filter: editFilter },
  delete: { filter: deleteFilter },
}
