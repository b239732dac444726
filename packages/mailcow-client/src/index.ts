export { MailcowClient, type MailcowClientOptions } from './client.ts'
export type { TransportOptions } from './http.ts'
export type { FetchAnswer, FetchFunction, FetchInit } from './fetch.ts'
export type { BulkOptions, CallOptions, Logger, SettleOptions, WriteOptions } from './options.ts'
export {
  type Effect,
  isMailcowError,
  type ItemResult,
  MailcowError,
  type MailcowErrorCode,
  type MailcowErrorDetails,
} from './errors.ts'
export { describeMessage, isKnownMessage, type MailcowMessage } from './messages.ts'
export { type Route, type RoutePattern, ROUTES } from './routes.ts'
export { HASH_SCHEMES, type NewPassword } from './password.ts'
export { MIB, roundUpToMib } from './units.ts'
export { redact } from './redact.ts'
export type { RateLimit } from './rate-limit.ts'
export {
  type Domain,
  type DomainChanges,
  type DomainFooter,
  type Domains,
  type DomainSettings,
  FINAL_DESTINATION,
  RELAY_ALL,
  type RelayFlags,
} from './domain.ts'
export type { Mailboxes } from './mailbox.ts'
export type { Mailbox, MailboxChanges, MailboxSettings, NewMailbox } from './mailbox-types.ts'
export { type Protocol, PROTOCOLS } from './protocol.ts'
export type { Alias, AliasChanges, Aliases, AliasKey, AliasSettings, AliasTargets } from './alias.ts'
export type { TransportChanges, TransportRule, Transports, TransportSettings } from './transport.ts'
export type { ForwardingHost, ForwardingHosts } from './forwarding-host.ts'
export type {
  AppPassword,
  AppPasswordChanges,
  AppPasswords,
  AppPasswordSettings,
  NewAppPassword,
} from './app-password.ts'
export type { Filter, FilterChanges, Filters, FilterSettings, FilterType } from './filter.ts'
export { type PasswordPolicies, type PasswordPolicy, passwordProblems } from './password-policy.ts'
export type { Fail2ban, Fail2banChanges, Fail2banEntry, Fail2bans } from './fail2ban.ts'
export type { Container, HostStatus, Status, VmailDisk } from './status.ts'
export type { AliasDomain, AliasDomainChanges, AliasDomains, AliasDomainSettings } from './alias-domain.ts'
export type { TemporaryAlias, TemporaryAliases, TemporaryAliasSettings } from './temporary-alias.ts'
export type {
  MailboxPreferences,
  PushoverSettings,
  QuarantineNotification,
  TaggedMail,
} from './mailbox-preferences.ts'
export type { Template, TemplateAttributes, TemplateKind, Templates } from './template.ts'
export type { GlobalFilters, SievePreset, SieveScripts } from './global-filter.ts'
export type { Policies, PolicyEntry, PolicyList } from './policy.ts'
export type { SpamScore, SpamScores } from './spam-score.ts'
export type {
  SyncEncryption,
  SyncJob,
  SyncJobChanges,
  SyncJobListOptions,
  SyncJobOptions,
  SyncJobs,
  SyncJobSettings,
} from './sync-job.ts'
export type { DkimKey, DkimKeys, NewDkimKey } from './dkim.ts'
export type {
  Admin,
  DomainAdmin,
  DomainAdminChanges,
  DomainAdmins,
  DomainAdminSettings,
  NewDomainAdmin,
} from './domain-admin.ts'
export type { RelayHost, RelayHostChanges, RelayHosts, RelayHostSettings } from './relay-host.ts'
export type { BccMap, BccMapChanges, BccMaps, BccMapSettings, BccOwners } from './bcc-map.ts'
export type { RecipientMap, RecipientMaps, RecipientMapSettings } from './recipient-map.ts'
export {
  TLS_POLICIES,
  type TlsPolicy,
  type TlsPolicyMap,
  type TlsPolicyMaps,
  type TlsPolicyMapSettings,
} from './tls-policy-map.ts'
export type { RateLimits } from './rate-limits.ts'
export type { Resource, ResourceChanges, Resources, ResourceSettings } from './resource.ts'
export type { OAuth2Client, OAuth2Clients } from './oauth2-client.ts'
export type { MailQueue, QuarantinedMessage, QueuedMessage } from './mail-queue.ts'
export { LOG_NAMES, type LogLine, type LogName, type Logs } from './log.ts'
export type { LastLogins, LoggedLogin, Login, Logins } from './last-login.ts'
export type { MtaStsPolicy, QuotaNotification, ServerSettings, Settings } from './server-settings.ts'
export type { SearchOptions, SearchPage } from './search.ts'
export type { Change, Ensured, EnsureOptions, IntendedWrite } from './ensure/ensure.ts'
export {
  ensureAliasAbsent,
  ensureAliasDomainAbsent,
  ensureAppPasswordAbsent,
  ensureDomainAbsent,
  type EnsuredAbsent,
  ensureFilterAbsent,
  ensureForwardingHostAbsent,
  ensureMailboxAbsent,
  ensureTransportAbsent,
} from './ensure/ensure-absent.ts'
export { ensureAliasesActive, type EnsureAliasesOptions } from './ensure/ensure-aliases-active.ts'
export { ensureAlias, ensureAliasDomain } from './ensure/ensure-alias.ts'
export { ensureDkim, type WantedDkim } from './ensure/ensure-dkim.ts'
export { ensureDomain, type WantedDomain } from './ensure/ensure-domain.ts'
export { ensureDomainAdmin, type WantedDomainAdmin } from './ensure/ensure-domain-admin.ts'
export { ensureMailbox, type MailboxAtCreation, type WantedMailbox } from './ensure/ensure-mailbox.ts'
export { ensureForwardingHost, ensureNeverBanned, ensureTransport } from './ensure/ensure-routing.ts'
export { ensureFilter, ensurePolicyEntry, ensureSpamScore } from './ensure/ensure-user-settings.ts'
