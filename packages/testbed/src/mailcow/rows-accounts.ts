import type { Flag } from './rows-mail-flow.ts'

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

export interface SenderAclRow {
  loggedInAs: string
  sendAs: string
  external: Flag
}

export interface UserAclRow {
  username: string
  acl: Record<string, Flag>
}

/** An entry of an allow or deny list; `object` is a domain or an address. */
export interface PolicyRow {
  prefid: number
  object: string
  option: 'whitelist_from' | 'blacklist_from'
  value: string
}

export interface SpamScoreRow {
  object: string
  low: string
  high: string
}

/** A spam alias: an address that ends, unless it is permanent. */
export interface TimeLimitedAliasRow {
  address: string
  goto: string
  description: string
  /** Unix seconds. */
  validity: number
  permanent: Flag
  created: string
  modified: string | null
}

export interface PushoverRow {
  username: string
  key: string
  token: string
  title: string
  text: string
  senders: string
  senders_regex: string
  active: number
}

/** Names as mailcow's answers have them; `password1` is never among those. */
export interface SyncJobRow {
  id: number
  user2: string
  host1: string
  authmech1: string
  regextrans2: string
  authmd51: number
  domain2: string
  subfolder2: string
  user1: string
  password1: string
  exclude: string
  maxage: number
  mins_interval: number
  maxbytespersecond: string
  port1: number
  enc1: string
  delete2duplicates: number
  delete1: number
  delete2: number
  automap: number
  skipcrossduplicates: number
  custom_params: string
  timeout1: number
  timeout2: number
  subscribeall: number
  dry: number
  is_running: number
  last_run: string | null
  success: number | null
  exit_status: string | null
  created: string
  modified: string | null
  active: number
  /** What imapsync printed. */
  log: string
}

export interface SaslLogRow {
  service: string
  app_password: number
  username: string
  real_rip: string
  datetime: string
}
