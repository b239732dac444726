import { randomBytes } from 'node:crypto'
import { RawBody, type Resource, type WriteCall, type WriteRoute } from '../calls.ts'
import { domainNames, findMailbox, hasDomainAccess } from '../lookup.ts'
import { checkPassword } from '../passwords.ts'
import { byKey, htmlEscape, intval, isEmpty, isset, same, text, toList } from '../php-values.ts'
import type { JsonRecord } from '../php-values.ts'
import type { DomainAdminRow, MailcowState } from '../state.ts'
import { aclOf, DOMAIN_ADMIN_ACL } from './acl.ts'

const MASKED = ['password', 'password2']
const SUPER_ADMIN = 'admin'

const addDomainAdmin: WriteRoute = {
  log: ['domain_admin', 'add'],
  masked: MASKED,
  run: async (call) => {
    const { data, state } = call
    const username = text(data['username']).trim().toLowerCase()
    const wanted = toList(data['domains']).map(text)
    if (wanted.length === 0) return call.danger('domain_invalid')
    if (!isAdminName(username)) return call.danger(['username_invalid', username])
    if (
      findAdmin(state, username) !== undefined ||
      username === SUPER_ADMIN ||
      findMailbox(state, username)
    ) {
      return call.danger(['object_exists', htmlEscape(username)])
    }
    if (!checkPassword(call, data['password'], data['password2'])) return
    const passwordHash = await call.context.hashPassword(text(data['password']))
    const domains = wanted.filter((domain) => {
      const known = hasDomainAccess(state, domain)
      if (!known) call.danger(['domain_invalid', htmlEscape(domain)])
      return known
    })
    // Without one valid domain nothing is made that could be seen, and the answer is success all the same.
    if (domains.length > 0) {
      state.domainAdmins.push({
        username,
        passwordHash,
        domains,
        active: intval(data['active']),
        attributes: { force_tfa: '0', force_pw_update: '0' },
        acl: { ...DOMAIN_ADMIN_ACL },
        created: call.now,
      })
    }
    call.success(['domain_admin_added', htmlEscape(username)])
  },
}

const editDomainAdmin: WriteRoute = {
  log: ['domain_admin', 'edit'],
  masked: MASKED,
  items: 'username',
  run: async (call) => {
    for (const username of toList(call.data['username']).map(text)) {
      const row = findAdmin(call.state, username)
      if (row === undefined) call.danger('access_denied')
      else if (!(await editOne(call, row, username))) return
    }
  },
}

/** False when the whole call ends there. */
async function editOne(call: WriteCall, row: DomainAdminRow, username: string): Promise<boolean> {
  const { data, state } = call
  const given = toList(data['domains']).map(text)
  const domains = given.length === 0 ? row.domains : given
  const unknown = domains.find((domain) => !hasDomainAccess(state, domain))
  const renamed = isEmpty(data['username_new']) ? row.username : text(data['username_new'])
  if (unknown !== undefined) {
    call.danger(['domain_invalid', htmlEscape(unknown)])
    return true
  }
  if (!isAdminName(renamed) || (renamed !== username && findAdmin(state, renamed) !== undefined)) {
    call.danger(['username_invalid', renamed])
    return true
  }
  Object.assign(row, { username: renamed, domains, created: call.now })
  if (!isEmpty(data['password'])) {
    if (!checkPassword(call, data['password'], data['password2'])) return false
    row.passwordHash = await call.context.hashPassword(text(data['password']))
  }
  if (isset(data['active'])) row.active = intval(data['active'])
  const flag = (name: string): string => (intval(data[name]) === 0 ? '0' : '1')
  row.attributes = { force_tfa: flag('force_tfa'), force_pw_update: flag('force_pw_update') }
  call.success(['domain_admin_modified', htmlEscape(username)])
  return true
}

const deleteDomainAdmin: WriteRoute = {
  log: ['domain_admin', 'delete'],
  items: 'username',
  run: (call) => {
    for (const username of toList(call.data['username']).map(text)) {
      const row = findAdmin(call.state, username)
      if (row === undefined) {
        call.danger(['username_invalid', username])
        continue
      }
      call.state.domainAdmins = call.state.domainAdmins.filter((other) => other !== row)
      call.success(['domain_admin_removed', htmlEscape(username)])
    }
  },
}

const editAcl: WriteRoute = {
  log: ['acl', 'edit', 'domainadmin'],
  items: 'username',
  run: (call) => {
    const granted = toList(call.data['da_acl']).map(text)
    for (const username of toList(call.data['username']).map(text)) {
      const row = findAdmin(call.state, username)
      if (row === undefined) {
        call.danger('Cannot determine current ACL')
        continue
      }
      row.acl = aclOf(Object.keys(DOMAIN_ADMIN_ACL), granted)
      call.success(['acl_saved', username])
    }
  },
}

const issueToken: WriteRoute = {
  log: ['domain_admin_sso', 'issue'],
  run: (call) => {
    const username = text(call.data['username'])
    if (findAdmin(call.state, username) === undefined) {
      return call.danger(['object_doesnt_exist', htmlEscape(username)])
    }
    const parts = Array.from({ length: 5 }, () => randomBytes(3).toString('hex').toUpperCase())
    return new RawBody(JSON.stringify({ token: parts.join('-') }))
  },
}

function view(state: MailcowState, row: DomainAdminRow): JsonRecord {
  const all = domainNames(state)
  const selected = all.filter((domain) => row.domains.some((own) => same(own, domain)))
  const others = all.filter((domain) => !selected.includes(domain))
  return {
    username: row.username,
    tfa_active: 0,
    tfa_active_int: 0,
    active: row.active,
    active_int: row.active,
    created: row.created,
    attributes: { ...row.attributes },
    selected_domains: selected,
    unselected_domains: others.length === 0 ? '' : others,
  }
}

export const domainAdmins: Resource = {
  get: {
    'domain-admin/all': ({ state }) =>
      state.domainAdmins.toSorted((a, b) => byKey(a.username, b.username)).map((row) => view(state, row)),
    'domain-admin': ({ state, object = '' }) => {
      const row = findAdmin(state, object)
      return row === undefined ? null : view(state, row)
    },
    'admin/all': ({ state }) => [
      {
        username: SUPER_ADMIN,
        tfa_active: 0,
        tfa_active_int: 0,
        active: 1,
        active_int: 1,
        created: state.templates[0]?.created ?? null,
        attributes: { force_tfa: '0', force_pw_update: '0' },
      },
    ],
  },
  add: { 'domain-admin': addDomainAdmin, 'sso/domain-admin': issueToken },
  edit: { 'domain-admin': editDomainAdmin, 'da-acl': editAcl },
  delete: { 'domain-admin': deleteDomainAdmin },
}

function findAdmin(state: MailcowState, username: string): DomainAdminRow | undefined {
  return state.domainAdmins.find((row) => same(row.username, username))
}

function isAdminName(username: string): boolean {
  return username !== 'API' && /^[a-z\d]+$/i.test(username.replaceAll(/[_.-]/g, ''))
}
