import type { JsonRecord } from './php-values.ts'

/**
 * Everything the double knows: plain data, one array per table, as SQL and Redis hold it on the real server. A Postfix
 * that behaves as mailcow's needs `domains`, `mailboxes`, `aliases`, `aliasDomains` and `transports`.
 */
export interface MailcowState {
  domains: DomainRow[]
  mailboxes: MailboxRow[]
  aliases: AliasRow[]
  aliasDomains: AliasDomainRow[]
  transports: TransportRow[]
  forwardingHosts: ForwardingHostRow[]
  appPasswords: AppPasswordRow[]
  filters: FilterRow[]
  templates: TemplateRow[]
  dkim: DkimRow[]
  /** By domain or address. */
  rateLimits: RateLimitRow[]
  senderAcl: SenderAclRow[]
  passwordPolicy: PasswordPolicy
  fail2ban: Fail2banState
  /** The next AUTO_INCREMENT value of a table, by table; absent: 1. Ids are never used again. */
  nextIds: Record<string, number>
}

export type Flag = 0 | 1

export interface DomainRow {
  domain: string
  description: string
  /** Limits: number of aliases and mailboxes. */
  aliases: number
  mailboxes: number
  /** MiB. */
  defquota: number
  maxquota: number
  quota: number
  relayhost: number
  backupmx: number
  gal: number
  active: number
  relayAllRecipients: number
  relayUnknownOnly: number
  tags: string[]
  created: string
  modified: string | null
}

export interface MailboxRow {
  username: string
  localPart: string
  domain: string
  /** Dovecot's form, `{SCHEME}...`. */
  passwordHash: string
  name: string
  /** Bytes; 0 is unlimited, negative is possible. */
  quota: number
  active: number
  /** "" for a mailbox; location, group or thing for a resource. */
  kind: '' | 'location' | 'group' | 'thing'
  multipleBookings: number
  attributes: Record<string, string | null>
  customAttributes: JsonRecord
  authsource: string
  tags: string[]
  created: string
  modified: string | null
}

export interface AliasRow {
  id: number
  address: string
  /** Comma list. Each mailbox has a row of its own whose goto is its address; reading hides those. */
  goto: string
  domain: string
  publicComment: string | null
  privateComment: string | null
  internal: number
  active: number
  sogoVisible: number
  senderAllowed: number
  created: string
  modified: string | null
}

export interface AliasDomainRow {
  aliasDomain: string
  targetDomain: string
  active: number
  created: string
  modified: string | null
}

export interface TransportRow {
  id: number
  destination: string
  nexthop: string
  username: string
  password: string
  isMxBased: number
  active: number
}

export interface ForwardingHostRow {
  host: string
  source: string
  keepSpam: boolean
}

export interface AppPasswordRow {
  id: number
  name: string
  mailbox: string
  domain: string
  passwordHash: string
  access: Record<AppPasswordProtocol, number>
  active: number
  created: string
  modified: string | null
}

export type AppPasswordProtocol =
  | 'imap_access'
  | 'smtp_access'
  | 'dav_access'
  | 'eas_access'
  | 'pop3_access'
  | 'sieve_access'

export interface FilterRow {
  id: number
  username: string
  filterType: string
  scriptData: string
  scriptDesc: string
  active: boolean
}

export interface TemplateRow {
  id: number
  template: string
  type: 'domain' | 'mailbox'
  attributes: JsonRecord
  created: string
  modified: string | null
}

export interface DkimRow {
  domain: string
  selector: string
  length: number
  /** PEM; made when it is first asked for, because making 2048 bits takes a while. */
  privateKey: string | null
}

export interface RateLimitRow {
  object: string
  value: string
  frame: string
}

export interface SenderAclRow {
  loggedInAs: string
  sendAs: string
  external: Flag
}

/** Strings, as Redis gives them back. */
export interface PasswordPolicy {
  length: string
  chars: string
  special_chars: string
  lowerupper: string
  numbers: string
}

export interface Fail2banState {
  ban_time: number
  ban_time_increment: boolean
  max_ban_time: number
  netban_ipv4: number
  netban_ipv6: number
  max_attempts: number
  retry_window: number
  banlist_id: string
  manage_external: number
  regex: JsonRecord | null
  whitelist: string[]
  blacklist: string[]
  /** Failed attempts by address, as unix seconds within the retry window. */
  attempts: Record<string, number[]>
  /** Until when, in unix seconds, by network. */
  activeBans: Record<string, number>
}

/** AUTO_INCREMENT. */
export function nextId(state: MailcowState, table: string): number {
  const id = state.nextIds[table] ?? 1
  state.nextIds[table] = id + 1
  return id
}

/** SQL's UPDATE with `modified ... ON UPDATE CURRENT_TIMESTAMP`: the time moves only when a value really changed. */
export function updateRow<Row extends { modified: string | null }>(
  row: Row,
  changes: Partial<Row>,
  now: string,
): void {
  const before = JSON.stringify(row)
  Object.assign(row, changes)
  if (JSON.stringify(row) !== before) row.modified = now
}
