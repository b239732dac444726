import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { findMailbox, hasDomainAccess, hasMailboxAccess } from '../lookup.ts'
import { intval, isEmail, isset, PhpCrash, same, text, toList } from '../php-values.ts'
import type { JsonRecord } from '../php-values.ts'
import { updateRow, type MailboxRow } from '../state.ts'
import { aclOf, USER_ACL } from './acl.ts'

/** An edit of some attributes of mailboxes, each of them on its own; `changes` says what, or undefined when it is refused. */
function attributeEdit(
  type: string,
  changes: (call: WriteCall, row: MailboxRow) => Record<string, string> | undefined,
): WriteRoute {
  return {
    log: ['mailbox', 'edit', type],
    logTail: true,
    items: 'username',
    run: (call) => {
      for (const username of toList(call.data['username']).map(text)) {
        const row = findMailbox(call.state, username)
        const wanted =
          row !== undefined && hasMailboxAccess(call.state, username) ? changes(call, row) : undefined
        if (row === undefined || wanted === undefined) {
          call.danger('access_denied')
          continue
        }
        updateRow(row, { attributes: { ...row.attributes, ...wanted } }, call.now)
        call.success(['mailbox_modified', username])
      }
    },
  }
}

/** One attribute that takes one of a few values. */
function choiceEdit(name: string, choices: readonly string[]): WriteRoute {
  return attributeEdit(name, ({ data }, row) => {
    const value = isset(data[name]) ? text(data[name]) : (row.attributes[name] ?? '')
    return choices.includes(value) ? { [name]: value } : undefined
  })
}

const editTlsPolicy = attributeEdit('tls_policy', ({ data }, row) => {
  const flag = (name: string): string =>
    isset(data[name]) ? String(intval(data[name])) : (row.attributes[name] ?? '0')
  return { tls_enforce_in: flag('tls_enforce_in'), tls_enforce_out: flag('tls_enforce_out') }
})

/** `user+tag`: into the subject, into a folder, or nothing. */
export const editTaggedMail: WriteRoute = {
  log: ['mailbox', 'edit', 'delimiter_action'],
  logTail: true,
  items: 'username',
  run: (call) => {
    for (const username of toList(call.data['username']).map(text)) {
      if (!isEmail(username) || !hasMailboxAccess(call.state, username)) {
        call.danger('access_denied')
        continue
      }
      const handler = text(call.data['tagged_mail_handler'])
      if (handler === 'subject' || handler === 'subfolder') call.state.taggedMail[username] = handler
      else delete call.state.taggedMail[username]
      call.success(['mailbox_modified', username])
    }
  },
}

const editCustomAttributes: WriteRoute = {
  log: ['mailbox', 'edit', 'mailbox_custom_attribute'],
  logTail: true,
  items: 'mailboxes',
  run: (call) => {
    const names = toList(call.data['attribute']).map((name) => text(name).replaceAll(' ', ''))
    const values = toList(call.data['value'])
    if (names.length !== values.length) throw new PhpCrash('ValueError: array_combine()')
    const attributes: JsonRecord = {}
    for (const [index, name] of names.entries()) attributes[name] = values[index] ?? null
    for (const username of toList(call.data['mailboxes']).map(text)) {
      const row = findMailbox(call.state, username)
      if (!isEmail(username)) call.danger(['username_invalid', username])
      else if (row === undefined || !hasDomainAccess(call.state, row.domain)) call.danger('access_denied')
      else {
        updateRow(row, { customAttributes: { ...attributes } }, call.now)
        call.success(['mailbox_modified', username])
      }
    }
  },
}

const editUserAcl: WriteRoute = {
  log: ['acl', 'edit', 'user'],
  items: 'username',
  run: (call) => {
    const granted = toList(call.data['user_acl']).map(text)
    for (const username of toList(call.data['username']).map(text)) {
      const row = call.state.userAcl.find((entry) => same(entry.username, username))
      if (!hasMailboxAccess(call.state, username)) call.danger('access_denied')
      else if (row === undefined) call.danger('Cannot determine current ACL')
      else {
        row.acl = aclOf(USER_ACL, granted)
        call.success(['acl_saved', username])
      }
    }
  },
}

/** SOGo's caches and profiles are not there; the answers are. */
function reset(type: string, message: string): WriteRoute {
  return {
    log: ['mailbox', 'delete', type],
    logTail: true,
    items: 'username',
    run: (call) => {
      for (const username of toList(call.data['username']).map(text)) {
        if (hasMailboxAccess(call.state, username)) call.success([message, username])
        else call.danger('access_denied')
      }
    },
  }
}

export const mailboxAttributes: Resource = {
  edit: {
    tls_policy: editTlsPolicy,
    quarantine_notification: choiceEdit('quarantine_notification', ['never', 'hourly', 'daily', 'weekly']),
    quarantine_category: choiceEdit('quarantine_category', ['add_header', 'reject', 'all']),
    delimiter_action: editTaggedMail,
    'mailbox/custom-attribute': editCustomAttributes,
    'user-acl': editUserAcl,
  },
  delete: {
    eas_cache: reset('eas_cache', 'eas_reset'),
    sogo_profile: reset('sogo_profile', 'sogo_profile_reset'),
  },
}
