import { syncAppPasswords } from '../account-sync.ts'
import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { findMailbox, hasMailboxAccess } from '../lookup.ts'
import { checkPassword } from '../passwords.ts'
import { PhpCrash, htmlEscape, intval, isEmail, isEmpty, isset, same, text, toList } from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import { nextId, updateRow } from '../state.ts'
import type { AppPasswordProtocol, AppPasswordRow, MailcowState } from '../state.ts'

const MASKED = ['app_passwd', 'app_passwd2']

/** The mailbox that the data names; undefined is the API itself, which owns none. Null: refused, and said so. */
function ownerOf(call: WriteCall): string | undefined | null {
  const username = call.data['username']
  if (!isset(username) || !isEmail(text(username))) return undefined
  if (hasMailboxAccess(call.state, text(username))) return text(username)
  call.danger('access_denied')
  return null
}

const addAppPassword: WriteRoute = {
  log: ['app_passwd', 'add'],
  masked: MASKED,
  run: async (call) => {
    const { data, state } = call
    const owner = ownerOf(call)
    if (owner === null) return
    const mailbox = findMailbox(state, owner ?? '')
    if (mailbox === undefined) return call.danger('access_denied')
    if (!checkPassword(call, data['app_passwd'], data['app_passwd2'])) return
    const name = htmlEscape(text(data['app_name']).trim())
    const passwordHash = await call.context.hashPassword(text(data['app_passwd']))
    if (isEmpty(name)) return call.danger('app_name_empty')
    state.appPasswords.push({
      id: nextId(state, 'app_passwd'),
      name,
      mailbox: mailbox.username,
      domain: mailbox.domain,
      passwordHash,
      access: accessOf(data['protocols']),
      active: intval(data['active']),
      created: call.now,
      modified: null,
    })
    await syncAppPasswords(call.context, mailbox.username)
    call.success('app_passwd_added')
  },
}

/** No list: none granted. */
function accessOf(protocols: JsonValue | undefined): AppPasswordRow['access'] {
  const granted = toList(protocols)
  const flag = (name: AppPasswordProtocol): number => (granted.includes(name) ? 1 : 0)
  return {
    imap_access: flag('imap_access'),
    smtp_access: flag('smtp_access'),
    dav_access: flag('dav_access'),
    eas_access: flag('eas_access'),
    pop3_access: flag('pop3_access'),
    sieve_access: flag('sieve_access'),
  }
}

const editAppPassword: WriteRoute = {
  log: ['app_passwd', 'edit'],
  masked: MASKED,
  items: 'id',
  run: async (call) => {
    const owner = ownerOf(call)
    if (owner === null) return
    const ids = toList(call.data['id']).map(text)
    for (const [index, id] of ids.entries()) {
      const row = findAppPassword(call.state, id)
      if (row === undefined) call.danger(['app_passwd_id_invalid', toList(call.data['id'])[index] ?? null])
      else await editOne(call, row, { owner, ids })
    }
  },
}

async function editOne(
  call: WriteCall,
  row: AppPasswordRow,
  { owner, ids }: { owner: string | undefined; ids: readonly string[] },
): Promise<void> {
  const { data } = call
  if (!isEmpty(data['app_passwd']) && !isEmpty(data['app_passwd2'])) {
    if (!checkPassword(call, data['app_passwd'], data['app_passwd2'])) return
    const passwordHash = await call.context.hashPassword(text(data['app_passwd']))
    if (owner !== undefined && same(owner, row.mailbox)) row.passwordHash = passwordHash
  }
  const mailbox = findMailbox(call.state, owner ?? '')
  // Without attr.username the owner would become "API", which is no mailbox: a foreign key objects.
  if (mailbox === undefined) throw new PhpCrash('PDOException: Integrity constraint violation')
  const before = row.mailbox
  updateRow(
    row,
    {
      name: htmlEscape(isEmpty(data['app_name']) ? row.name : text(data['app_name']).trim()),
      mailbox: mailbox.username,
      access: isset(data['protocols']) ? accessOf(data['protocols']) : row.access,
      active: isset(data['active']) ? intval(data['active']) : row.active,
    },
    call.now,
  )
  for (const address of new Set([before, mailbox.username])) await syncAppPasswords(call.context, address)
  call.success(['object_modified', htmlEscape(ids.join(', '))])
}

const deleteAppPassword: WriteRoute = {
  log: ['app_passwd', 'delete'],
  items: 'id',
  run: async (call) => {
    for (const id of toList(call.data['id']).map(text)) {
      const row = findAppPassword(call.state, id)
      // The first unknown id ends the call.
      if (row === undefined) return call.danger('app_passwd_id_invalid')
      call.state.appPasswords = call.state.appPasswords.filter((other) => other !== row)
      await syncAppPasswords(call.context, row.mailbox)
      call.success(['app_passwd_removed', htmlEscape(id)])
    }
  },
}

function findAppPassword(state: MailcowState, id: string): AppPasswordRow | undefined {
  return state.appPasswords.find((row) => String(row.id) === id)
}

/** The hash is there for everybody who may read. */
function view(row: AppPasswordRow): JsonRecord {
  const { id, name, mailbox, domain, passwordHash, access, active, created, modified } = row
  return { id, name, mailbox, domain, password: passwordHash, created, modified, ...access, active }
}

export const appPasswords: Resource = {
  get: {
    'app-passwd/all': ({ state, extra }) =>
      state.appPasswords.filter((row) => same(row.mailbox, extra ?? '')).map(view),
    'app-passwd': () => {
      throw new PhpCrash('TypeError: Cannot access offset of type string on string')
    },
  },
  add: { 'app-passwd': addAppPassword },
  edit: { 'app-passwd': editAppPassword },
  delete: { 'app-passwd': deleteAppPassword },
}
