import { syncMailbox } from '../account-sync.ts'
import type { WriteCall, WriteRoute } from '../calls.ts'
import { findAccount, findDomain, hasDomainAccess, isSpamAlias, mailboxNames, quotaInUse } from '../lookup.ts'
import {
  PhpCrash,
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
import { checkPassword } from '../passwords.ts'
import { nextId, type Flag, type MailboxRow } from '../state.ts'
import { aclOf, USER_ACL } from './acl.ts'
import { MIB } from './domain-view.ts'
import { editTaggedMail } from './mailbox-attributes.ts'
import { protocolFields } from './mailbox-fields.ts'
import { mailboxRateLimit } from './rate-limit.ts'
import { saveTags } from './tags.ts'
import { templateAttributes } from './template.ts'

/** SQL's VARCHAR(255). */
const MAX_TEXT = 255

export const addMailbox: WriteRoute = {
  log: ['mailbox', 'add', 'mailbox'],
  logTail: true,
  masked: ['password', 'password2'],
  run: async (call) => {
    const defaults = templateAttributes(call.state, 'mailbox', call.data['template'])
    const row = readMailbox(call, defaults)
    if (typeof row === 'string') return call.danger(row)
    // Read before the hash is made and compared after it: mailcow locks nothing in between.
    const limits = readLimits(call, row)
    const refusal = refuseAddress(call, row)
    if (refusal !== undefined) return call.danger(refusal)
    if (!checkPassword(call, call.data['password'], call.data['password2'])) return
    row.passwordHash = await call.context.hashPassword(text(call.data['password']))
    const exceeded = refuseLimits(row, limits)
    if (exceeded !== undefined) return call.danger(exceeded)
    insert(call, row)
    await syncMailbox(call.context, row.username)
    await editTagged(call, row.username)
    saveTags(call, row, toList(call.data['tags'] ?? defaults['tags']), 'ignore')
    call.state.userAcl.push({ username: row.username, acl: readAcl(call, defaults) })
    const rl_frame = call.data['rl_frame'] ?? defaults['rl_frame'] ?? ''
    const rl_value = call.data['rl_value'] ?? defaults['rl_value'] ?? ''
    await mailboxRateLimit.run(call.nested(mailboxRateLimit, { object: row.username, rl_frame, rl_value }))
    call.success(['mailbox_added', htmlEscape(row.username)])
  },
}

/** The row to be, or the first rule about its form that is broken. */
function readMailbox(call: WriteCall, defaults: JsonRecord): MailboxRow | string {
  const { data } = call
  const localPart = text(data['local_part']).trim().toLowerCase()
  const domain = idnToAscii(text(data['domain']).trim())
  const username = `${localPart}@${domain}`
  if (!isEmail(username) || isEmpty(data['local_part'])) return 'mailbox_invalid'
  const category = isset(data['quarantine_category'])
    ? text(data['quarantine_category'])
    : defaults['quarantine_category']
  if (!['add_header', 'reject', 'all'].includes(text(category))) return 'quarantine_category_invalid'
  const quota = isset(data['quota']) ? intval(data['quota']) * MIB : intval(defaults['quota'])
  return {
    username,
    localPart,
    domain,
    passwordHash: '',
    name: trimBrackets(text(data['name'])),
    quota,
    active: isset(data['active']) ? intval(data['active']) : intval(defaults['active']),
    kind: '',
    multipleBookings: -1,
    attributes: readAttributes(call, defaults, text(category)),
    customAttributes: {},
    authsource: 'mailcow',
    tags: [],
    created: call.now,
    modified: call.now,
  }
}

/** The order is the one in which mailcow prints them; all values are strings. */
function readAttributes(call: WriteCall, defaults: JsonRecord, category: string): Record<string, string> {
  const data: JsonRecord = { ...call.data, ...protocolFields(call.data) }
  const flag = (name: string): string => String(intval(isset(data[name]) ? data[name] : defaults[name]))
  const flags = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, flag(name)]))
  return {
    ...flags(['force_pw_update', 'force_tfa', 'tls_enforce_in', 'tls_enforce_out', 'sogo_access']),
    ...flags(['imap_access', 'pop3_access', 'smtp_access', 'sieve_access', 'eas_access', 'dav_access']),
    relayhost: String(intval(data['relayhost'])),
    passwd_update: call.now,
    mailbox_format: 'maildir:',
    quarantine_notification: isset(data['quarantine_notification'])
      ? text(data['quarantine_notification'])
      : text(defaults['quarantine_notification']),
    quarantine_category: category,
    attribute_hash: isEmpty(data['attribute_hash']) ? '' : text(data['attribute_hash']),
  }
}

/** A list given is the whole list; without one the template decides. */
function readAcl({ data }: WriteCall, defaults: JsonRecord): Record<string, Flag> {
  const granted = isset(data['acl'])
    ? toList(data['acl']).map(text)
    : USER_ACL.filter((name) => intval(defaults[`acl_${name}`]) === 1)
  return aclOf(USER_ACL, granted)
}

/** How `user+tag` is handled is a call of its own, with a message of its own. Also used by edit/mailbox. */
export async function editTagged(call: WriteCall, username: string): Promise<void> {
  const handler = call.data['tagged_mail_handler']
  if (!isset(handler)) return
  await editTaggedMail.run(call.nested(editTaggedMail, { username, tagged_mail_handler: handler }))
}

/** A leading `<` and a trailing `>` are lost, so that `Name <address>` does not come out of it. */
export function trimBrackets(name: string): string {
  return name.replace(/^<+/, '').replace(/>+$/, '')
}

function refuseAddress({ state }: WriteCall, row: MailboxRow): JsonValue[] | string | undefined {
  if (!isDomainName(row.domain)) return 'domain_invalid'
  if (!hasDomainAccess(state, row.domain)) return 'access_denied'
  if (findAccount(state, row.username) !== undefined) return ['object_exists', htmlEscape(row.username)]
  if (state.aliases.some((alias) => same(alias.address, row.username)))
    return ['is_alias', htmlEscape(row.username)]
  if (isSpamAlias(state, row.username)) return ['is_spam_alias', htmlEscape(row.username)]
  if (findDomain(state, row.domain) === undefined) return ['domain_not_found', htmlEscape(row.domain)]
  return undefined
}

interface Limits {
  readonly count: number
  readonly mailboxes: number
  readonly usedMib: number
  readonly maxquota: number
  readonly quota: number
}

function readLimits({ state }: WriteCall, row: MailboxRow): Limits {
  const domain = findDomain(state, row.domain)
  return {
    count: mailboxNames(state, row.domain).length,
    usedMib: Math.round(quotaInUse(state, row.domain) / MIB),
    mailboxes: domain?.mailboxes ?? 0,
    maxquota: domain?.maxquota ?? 0,
    quota: domain?.quota ?? 0,
  }
}

function refuseLimits(row: MailboxRow, limits: Limits): JsonValue[] | undefined {
  const quota = row.quota / MIB
  if (limits.count >= limits.mailboxes) return ['max_mailbox_exceeded', limits.count, limits.mailboxes]
  if (quota > limits.maxquota) return ['mailbox_quota_exceeded', limits.maxquota]
  return limits.usedMib + quota > limits.quota
    ? ['mailbox_quota_left_exceeded', limits.quota - limits.usedMib]
    : undefined
}

/** The row and its alias to itself, which takes an id. */
function insert({ state, now }: WriteCall, row: MailboxRow): void {
  if (Array.from(row.name).length > MAX_TEXT)
    throw new PhpCrash('PDOException: Data too long for column name')
  if (findAccount(state, row.username) !== undefined) throw new PhpCrash('PDOException: Duplicate entry')
  state.mailboxes.push(row)
  state.aliases.push({
    id: nextId(state, 'alias'),
    address: row.username,
    goto: row.username,
    domain: row.domain,
    publicComment: null,
    privateComment: null,
    internal: 0,
    active: row.active,
    sogoVisible: 1,
    senderAllowed: 1,
    created: now,
    modified: null,
  })
}
