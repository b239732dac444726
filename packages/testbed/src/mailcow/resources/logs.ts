import { RouteNotFound, type Resource } from '../calls.ts'
import { aliasDomainNames, domainNames, hasMailboxAccess, mailboxNames, findMailbox } from '../lookup.ts'
import { isEmail, same, type JsonRecord, type JsonValue } from '../php-values.ts'
import type { MailcowState } from '../state.ts'

/** Logs of services that do not run here are empty. */
const SILENT = [
  'dovecot',
  'ratelimited',
  'netfilter',
  'cron',
  'postfix',
  'autodiscover',
  'sogo',
  'ui',
  'watchdog',
  'acme',
  'rspamd-history',
  'rspamd-stats',
]
const DEFAULT_LINES = 9999

/** Newest first. `20` is the newest twenty, `11-20` the second ten. */
function newest<Row extends object>(rows: readonly Row[], extra: string | undefined): Row[] {
  const [first = '', last] = (extra ?? '').replaceAll(/[^\d-]/g, '').split('-')
  const reversed = rows.toReversed()
  if (last !== undefined && last !== '') {
    return Number(first) < 1 ? [] : reversed.slice(Number(first) - 1, Number(last))
  }
  return reversed.slice(0, first === '' ? DEFAULT_LINES : Number(first))
}

function lastLogin(state: MailcowState, username: string): JsonRecord {
  const rows =
    isEmail(username) && hasMailboxAccess(state, username)
      ? state.saslLog.filter((row) => same(row.username, username))
      : []
  const sasl = rows.toReversed().map(({ real_rip, datetime, service, app_password }) => ({
    real_rip: `Web/EAS/Internal (${real_rip})`,
    datetime,
    service,
    app_password,
    app_password_name: state.appPasswords.find((entry) => entry.id === app_password)?.name ?? null,
  }))
  return { ui: false, sasl }
}

/** Every address that a copy could be made of, by mailbox. */
function destinationOptions(state: MailcowState): JsonValue {
  const mailboxes: JsonRecord = {}
  for (const domain of domainNames(state)) {
    for (const name of mailboxNames(state, domain)) mailboxes[name] = addressesOf(state, name)
  }
  return {
    ...(state.domains.length === 0 ? {} : { domains: domainNames(state) }),
    ...(Object.keys(mailboxes).length === 0 ? {} : { mailboxes }),
    ...(state.aliasDomains.length === 0 ? {} : { alias_domains: aliasDomainNames(state) }),
  }
}

function addressesOf(state: MailcowState, username: string): string[] {
  const row = findMailbox(state, username)
  const aliases = state.aliases.filter(
    (alias) => !alias.address.startsWith('@') && !same(alias.address, username),
  )
  return [
    username,
    ...aliases.filter((alias) => same(alias.goto, username)).map((alias) => alias.address),
    ...aliasDomainNames(state, row?.domain ?? '').map((domain) => `${row?.localPart ?? ''}@${domain}`),
    ...aliases
      .filter(
        (alias) => alias.goto.includes(',') && alias.goto.split(',').some((target) => same(target, username)),
      )
      .map((alias) => alias.address),
  ]
}

export const logs: Resource = {
  get: {
    logs: ({ object = '' }) => {
      if (!SILENT.includes(object)) throw new RouteNotFound()
      return null
    },
    'logs/api': ({ state, extra }) => newest(state.apiLog, extra).map((row) => ({ ...row })),
    'logs/sasl': ({ state, extra }) => newest(state.saslLog, extra).map((row) => ({ ...row })),
    'last-login': ({ state, object = '' }) => lastLogin(state, object),
    'bcc-destination-options': ({ state }) => destinationOptions(state),
  },
}
