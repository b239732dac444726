import { randomBytes } from 'node:crypto'
import { RawBody, type Resource, type WriteRoute } from '../calls.ts'
import { hasDomainAccess } from '../lookup.ts'
import { htmlEscape, intval, isEmail, isEmpty, isset, splitList, text, toList } from '../php-values.ts'
import type { JsonRecord } from '../php-values.ts'
import { nextId, type Oauth2ClientRow } from '../state.ts'

const editQuotaNotification: WriteRoute = {
  log: ['quota_notification', 'edit'],
  run: (call) => {
    const sender = text(call.data['sender'])
    call.state.settings.quotaNotification = {
      subject: text(call.data['subject']),
      sender: isEmail(sender) ? sender : '',
      html: text(call.data['html_tmpl']),
    }
    call.success('saved_settings')
  },
}

const editQuotaNotificationBcc: WriteRoute = {
  log: ['quota_notification_bcc', 'edit'],
  run: (call) => {
    const domain = text(call.data['domain'])
    if (!hasDomainAccess(call.state, domain)) return call.danger('access_denied')
    const recipients = splitList(text(call.data['bcc_rcpt'])).filter((address) => {
      if (address !== '' && !isEmail(address)) call.danger(['goto_invalid', htmlEscape(address)])
      return isEmail(address)
    })
    const active = recipients.length === 0 ? 0 : intval(call.data['active'])
    call.state.settings.quotaNotificationBcc[domain] = { recipients: [...new Set(recipients)], active }
    call.success('saved_settings')
  },
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE']

const editCors: WriteRoute = {
  log: ['cors', 'edit'],
  run: (call) => {
    const { data } = call
    const origins = Array.isArray(data['allowed_origins'])
      ? data['allowed_origins'].map(text)
      : text(data['allowed_origins'])
          .split('\n')
          .map((origin) => origin.trim())
          .filter((origin) => origin !== '')
    const methods = !isset(data['allowed_methods'])
      ? METHODS
      : Array.isArray(data['allowed_methods'])
        ? data['allowed_methods'].map(text)
        : splitList(text(data['allowed_methods']))
    if (!origins.every((origin) => origin === '*' || /^[a-z][a-z\d+.-]*:\/\/[^/?#@]+$/i.test(origin))) {
      return call.danger('cors_invalid_origin')
    }
    if (!methods.every((method) => METHODS.includes(method))) return call.danger('cors_invalid_method')
    call.state.settings.cors = {
      allowed_origins: origins.join(', ').toLowerCase(),
      allowed_methods: methods.join(', '),
    }
    call.success('cors_headers_edited')
  },
}

const addOauth2Client: WriteRoute = {
  log: ['oauth2', 'add', 'client'],
  run: (call) => {
    call.state.oauth2Clients.push({
      id: nextId(call.state, 'oauth_clients'),
      client_id: randomBytes(6).toString('hex'),
      client_secret: randomBytes(12).toString('hex'),
      redirect_uri: text(call.data['redirect_uri']),
    })
    call.success('Added client access')
  },
}

const editOauth2Client: WriteRoute = {
  log: ['oauth2', 'edit', 'client'],
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id']).map(text)) {
      const row = call.state.oauth2Clients.find((client) => String(client.id) === id)
      if (row === undefined) return call.danger('access_denied')
      if (isset(call.data['renew_secret'])) row.client_secret = randomBytes(12).toString('hex')
      else if (!isset(call.data['revoke_tokens']) && !isEmpty(call.data['redirect_uri'])) {
        row.redirect_uri = text(call.data['redirect_uri'])
      }
      call.success(['object_modified', htmlEscape(id)])
    }
  },
}

const deleteOauth2Client: WriteRoute = {
  log: ['oauth2', 'delete', 'client'],
  items: 'id',
  run: (call) => {
    const ids = toList(call.data['id']).map(text)
    for (const id of ids) {
      if (/^\d+$/.test(id)) {
        call.state.oauth2Clients = call.state.oauth2Clients.filter((client) => String(client.id) !== id)
      } else call.danger('access_denied')
    }
    call.success(['items_deleted', htmlEscape(ids.at(-1) ?? '')])
  },
}

function viewClient(row: Oauth2ClientRow): JsonRecord {
  return { ...row, grant_types: null, scope: 'profile', user_id: null }
}

/** The queue is always empty. */
const editMailQueue: WriteRoute = {
  log: ['process_mailq_output', 'edit'],
  items: 'qid',
  run: (call) => {
    const action = text(call.data['action'])
    const perItem = ['hold', 'unhold', 'deliver'].includes(action) && toList(call.data['qid']).length > 0
    if (perItem || action === 'flush' || action === 'super_delete') call.success('queue_command_success')
  },
}

const deleteFromMailQueue: WriteRoute = {
  log: ['process_mailq_output', 'delete'],
  items: 'qid',
  run: (call) => call.success('queue_command_success'),
}

export const serverSettings: Resource = {
  get: {
    'identity-provider': ({ state }) => state.settings.identityProvider,
    'oauth2-client/all': ({ state }) => state.oauth2Clients.map(viewClient),
    'oauth2-client': ({ state, object }) => {
      const row = state.oauth2Clients.find((client) => String(client.id) === object)
      return row === undefined ? null : viewClient(row)
    },
    mailq: () => new RawBody(''),
    'mailq/all': () => new RawBody('[]'),
    quarantine: () => new RawBody('[]'),
    rsetting: () => null,
    // Without rspamd there are no actions.
    rspamd: () => new RawBody(''),
    'rspamd/actions': () => null,
  },
  add: { 'oauth2-client': addOauth2Client },
  edit: {
    quota_notification: editQuotaNotification,
    quota_notification_bcc: editQuotaNotificationBcc,
    cors: editCors,
    'oauth2-client': editOauth2Client,
    mailq: editMailQueue,
  },
  delete: { 'oauth2-client': deleteOauth2Client, mailq: deleteFromMailQueue },
}
