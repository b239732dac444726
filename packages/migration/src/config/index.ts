export type {
  AdoptConfig,
  Config,
  ConfigProblem,
  CopyConfig,
  DnsConfig,
  DnsQueryConfig,
  ExcludeConfig,
  DkimConfig,
  DomainConfig,
  InventorySource,
  MailboxConfig,
  CardDavConfig,
  MailcowConfig,
  MasterConfig,
  MxConfig,
  NewConfig,
  NotifyConfig,
  NotifyLinks,
  OldConfig,
  PasswordsConfig,
  QuotasConfig,
  RelayConfig,
  RetireConfig,
  RunTarget,
  SecretsConfig,
  ServerConfig,
  SieveFilesConfig,
  SmtpConfig,
  TlsOptions,
  TsigAlgorithm,
} from './config.ts'
export { ConfigError, type ConfigErrorCode, formatConfigProblem } from './errors.ts'
export { type HoursRange, isWithinHours, nextAllowed } from './hours.ts'
export { configJsonSchema } from './json-schema.ts'
export { domainConfig, loadConfig, type LoadConfigOptions, parseConfig } from './load.ts'
export { type ConfigAnswers, sampleConfig, sampleVariables } from './sample.ts'
export { Secret } from './secret.ts'
