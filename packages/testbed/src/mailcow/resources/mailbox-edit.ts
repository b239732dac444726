import { syncMailbox } from '../account-sync.ts'
import type { WriteCall, WriteRoute } from '../calls.ts'
import { findAliasDomain, findDomain, findMailbox, hasDomainAccess } from '../lookup.ts'
import { checkPassword } from '../passwords.ts'
import { intval, isDomainName, isEmail, isEmpty, isset, same, text, toList } from '../php-values.ts'
import type { JsonRecord } from '../php-values.ts'
import { updateRow, type MailboxRow, type MailcowState } from '../state.ts'
import { MIB } from './domain-view.ts'
import { editTagged, trimBrackets } from './mailbox-add.ts'
import { protocolFields } from './mailbox-fields.ts'
import { maxNewQuota } from './mailbox-view.ts'
import { saveTags } from './tags.ts'

export const editMailbox: WriteRoute = {
  log: ['mailbox', 'edit', 'mailbox'],
  logTail: true,
  items: 'username',
  masked: ['password', 'password2'],
  run: async (call) => {
    for (const item of toList(call.data['username'])) await editOne(call, text(item))
  },
}

const FLAGS = [
  'force_pw_update',
  'force_tfa',
  'sogo_access',
  'imap_access',
  'pop3_access',
  'smtp_access',
  'sieve_access',
  'eas_access',
  'dav_access',
  'relayhost',
]

async function editOne(call: WriteCall, username: string): Promise<void> {
  const { data, state } = call
  if (!isEmail(username)) return call.danger(['username_invalid', username])
  const row = findMailbox(state, username)
  if (row === undefined || !hasDomainAccess(state, row.domain)) return call.danger('access_denied')
  const quota = isset(data['quota']) && data['quota'] !== '' ? intval(data['quota']) * MIB : row.quota
  const largest = maxNewQuota(state, row)
  // Compared even when the quota stays as it is; the message is the one about the pool although it may be maxquota.
  if (quota > largest) return call.danger(['mailbox_quota_left_exceeded', largest / MIB])
  if (isset(data['sender_acl'])) setSenderAcl(call, row, toList(data['sender_acl']).map(text))
  if (!isEmpty(data['password'])) {
    if (!checkPassword(call, data['password'], data['password2'])) return
    row.passwordHash = await call.context.hashPassword(text(data['password']))
    row.attributes['passwd_update'] = call.now
  }
  const active = isset(data['active']) ? intval(data['active']) : row.active
  for (const alias of state.aliases) if (same(alias.address, username)) updateRow(alias, { active }, call.now)
  updateRow(row, { ...readChanges(data, row), active, quota }, call.now)
  await syncMailbox(call.context, row.username)
  await editTagged(call, row.username)
  saveTags(call, row, Array.isArray(data['tags']) ? data['tags'] : [], 'ignore')
  call.success(['mailbox_modified', username])
}

function readChanges(given: JsonRecord, row: MailboxRow): Partial<MailboxRow> {
  const data: JsonRecord = { ...given, ...protocolFields(given) }
  const flag = (name: string): string =>
    String(intval(isset(data[name]) ? data[name] : (row.attributes[name] ?? null)))
  // tls_enforce_* and quarantine_* are ignored here; they have routes of their own.
  const flags: Record<string, string> = {}
  for (const name of FLAGS) flags[name] = flag(name)
  return {
    name: isEmpty(data['name']) ? row.name : trimBrackets(text(data['name'])),
    attributes: {
      ...row.attributes,
      ...flags,
      recovery_email: isset(data['pw_recovery_email'])
        ? text(data['pw_recovery_email'])
        : (row.attributes['recovery_email'] ?? null),
      attribute_hash: isEmpty(data['attribute_hash']) ? '' : text(data['attribute_hash']),
    },
  }
}

/** Replaces the list: "*" stands for everything, "default" alone for nothing of its own; what is not allowed is left out. */
function setSenderAcl(call: WriteCall, row: MailboxRow, wanted: readonly string[]): void {
  const list = wanted.includes('*') ? ['*'] : wanted.filter((entry) => entry !== 'default')
  const accepted = list.filter((entry) => {
    const valid = isAllowedSender(call.state, entry)
    if (!valid) call.danger(['sender_acl_invalid', entry])
    return valid
  })
  call.state.senderAcl = call.state.senderAcl.filter(
    (entry) => entry.external === 1 || !same(entry.loggedInAs, row.username),
  )
  for (const entry of accepted) {
    const domain = entry.replace(/^@+/, '')
    const sendAs = isDomainName(domain) ? `@${domain}` : entry
    if (isAllowedByAlias(call.state, row.username, sendAs)) continue
    call.state.senderAcl.push({ loggedInAs: row.username, sendAs, external: 0 })
  }
}

function isAllowedSender(state: MailcowState, entry: string): boolean {
  if (entry === '*') return true
  if (isEmail(entry)) {
    const alias = state.aliases.find((row) => same(row.address, entry))
    return alias !== undefined && hasDomainAccess(state, alias.domain)
  }
  const domain = entry.replace(/^@+/, '')
  return (
    isDomainName(domain) &&
    (findDomain(state, domain) !== undefined || findAliasDomain(state, domain) !== undefined)
  )
}

/** An alias with sender_allowed whose target is the mailbox needs no entry. */
function isAllowedByAlias(state: MailcowState, username: string, sendAs: string): boolean {
  return state.aliases.some(
    (row) =>
      same(row.address, sendAs) &&
      !same(row.address, row.goto) &&
      row.senderAllowed === 1 &&
      row.goto.split(',').some((target) => same(target, username)),
  )
}
