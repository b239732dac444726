import type {
  AppPasswordRow,
  FilterRow,
  PolicyRow,
  PushoverRow,
  SaslLogRow,
  SenderAclRow,
  SpamScoreRow,
  SyncJobRow,
  TimeLimitedAliasRow,
  UserAclRow,
} from './rows-accounts.ts'
import type {
  AliasDomainRow,
  AliasRow,
  DomainRow,
  ForwardingHostRow,
  MailboxRow,
  TransportRow,
} from './rows-mail-flow.ts'
import type {
  ApiLogRow,
  BccMapRow,
  DkimRow,
  DomainAdminRow,
  Fail2banState,
  FooterRow,
  MtaStsRow,
  Oauth2ClientRow,
  PasswordPolicy,
  RateLimitRow,
  RecipientMapRow,
  RelayHostRow,
  ServerSettings,
  TemplateRow,
  TlsPolicyMapRow,
} from './rows-server.ts'

export type * from './rows-accounts.ts'
export type * from './rows-mail-flow.ts'
export type * from './rows-server.ts'

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
  userAcl: UserAclRow[]
  policies: PolicyRow[]
  spamScores: SpamScoreRow[]
  timeLimitedAliases: TimeLimitedAliasRow[]
  pushover: PushoverRow[]
  syncJobs: SyncJobRow[]
  /** How mail to `user+tag` is handled, by address. */
  taggedMail: Record<string, 'subject' | 'subfolder'>
  domainAdmins: DomainAdminRow[]
  relayHosts: RelayHostRow[]
  bccMaps: BccMapRow[]
  recipientMaps: RecipientMapRow[]
  tlsPolicyMaps: TlsPolicyMapRow[]
  oauth2Clients: Oauth2ClientRow[]
  mtaSts: MtaStsRow[]
  footers: FooterRow[]
  settings: ServerSettings
  /** Logins; `last_imap_login` and the like come from here. */
  saslLog: SaslLogRow[]
  /** Newest last. */
  apiLog: ApiLogRow[]
  passwordPolicy: PasswordPolicy
  fail2ban: Fail2banState
  /** The next AUTO_INCREMENT value of a table, by table; absent: 1. Ids are never used again. */
  nextIds: Record<string, number>
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
