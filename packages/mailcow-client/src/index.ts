export { MailcowClient, type MailcowClientOptions } from './client.ts'
export type { TransportOptions } from './http.ts'
export type { FetchAnswer, FetchFunction, FetchInit } from './fetch.ts'
export type { BulkOptions, CallOptions, Logger, WriteOptions } from './options.ts'
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
  type Domains,
  type DomainSettings,
  FINAL_DESTINATION,
  RELAY_ALL,
  type RelayFlags,
} from './domain.ts'
export { type Mailbox, type MailboxChanges, type Mailboxes, type MailboxSettings } from './mailbox.ts'
export { type Protocol, PROTOCOLS } from './protocol.ts'
export type { Alias, AliasChanges, Aliases, AliasKey, AliasSettings, AliasTargets } from './alias.ts'
export type { TransportChanges, TransportRule, Transports, TransportSettings } from './transport.ts'
export type { ForwardingHost, ForwardingHosts } from './forwarding-host.ts'
export type { AppPassword, AppPasswordChanges, AppPasswords, AppPasswordSettings } from './app-password.ts'
export type { Filter, FilterChanges, Filters, FilterSettings, FilterType } from './filter.ts'
export { type PasswordPolicies, type PasswordPolicy, passwordProblems } from './password-policy.ts'
export type { Fail2ban, Fail2banEntry, Fail2bans } from './fail2ban.ts'
export type { Container, HostStatus, Status, VmailDisk } from './status.ts'
