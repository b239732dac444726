import type { JsonRecord } from './php-values.ts'
import type { Flag } from './rows-mail-flow.ts'

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

export interface DomainAdminRow {
  username: string
  passwordHash: string
  domains: string[]
  active: number
  attributes: { force_tfa: string; force_pw_update: string }
  acl: Record<string, Flag>
  created: string
}

export interface RelayHostRow {
  id: number
  hostname: string
  username: string
  password: string
  active: number
}

export interface BccMapRow {
  id: number
  local_dest: string
  bcc_dest: string
  domain: string
  type: string
  active: number
  created: string
  modified: string | null
}

export interface RecipientMapRow {
  id: number
  recipient_map_old: string
  recipient_map_new: string
  active: number
  created: string
  modified: string | null
}

export interface TlsPolicyMapRow {
  id: number
  dest: string
  policy: string
  parameters: string
  active: number
  created: string
  modified: string | null
}

export interface Oauth2ClientRow {
  id: number
  client_id: string
  client_secret: string
  redirect_uri: string
}

export interface MtaStsRow {
  domain: string
  mode: string
  mx: string[]
  maxAge: number
  active: Flag
}

export interface FooterRow {
  domain: string
  html: string
  plain: string
  skipReplies: number
  mailboxExclude: string[]
  aliasDomainExclude: string[]
}

/** One line of `get/logs/api`. */
export interface ApiLogRow {
  time: number
  uri: string
  method: string
  remote: string
  data: string
}

/** What belongs to no domain and no mailbox. */
export interface ServerSettings {
  globalPrefilter: string
  globalPostfilter: string
  quotaNotification: { subject: string; sender: string; html: string }
  quotaNotificationBcc: Record<string, { recipients: string[]; active: number }>
  cors: { allowed_origins: string; allowed_methods: string }
  identityProvider: JsonRecord
}
