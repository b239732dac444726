export type { Amount } from './stages/amount.ts'
export type { CheckReport, CheckResult, CheckSubject } from './stages/check-report.ts'
export type {
  CopiedFolder,
  CopyDomain,
  CopyMailbox,
  CopyReport,
  Fates,
  SetAside,
} from './stages/copy-report.ts'
export {
  GateError,
  type GateErrorOptions,
  MigrationError,
  type MigrationErrorCode,
  ServerError,
  type ServerName,
  UsageError,
} from './stages/errors.ts'
export {
  type DurationRange,
  type Forecast,
  type ForecastOutcome,
  rangeText,
} from './stages/forecasting/forecast.ts'
export type { MigrationEvent, MigrationEventHandler, StageName } from './stages/events.ts'
export {
  type Acceptance,
  countFindings,
  type Finding,
  type FindingCode,
  type FindingCounts,
  isBlocking,
  type Severity,
} from './stages/finding.ts'
export type {
  ExportDomain,
  ExportedFilters,
  ExportedScript,
  ExportMailbox,
  ExportReport,
  ExportTotals,
  FilterInstall,
  ScriptRemark,
  ScriptVerdict,
} from './stages/exporting/export-report.ts'
export type { MailboxStageOptions, StageOptions, WriteStageOptions } from './stages/options.ts'
export type {
  ActionOutcome,
  ActionResult,
  DomainLimits,
  DomainSettings,
  PlannedAction,
  PlannedAlias,
  PlannedCopy,
  PlannedDkim,
  PlannedForward,
  PlannedMailbox,
  PlanReport,
  ProvisionDomain,
  ProvisionReport,
  RelayFlags,
} from './stages/plan-report.ts'
export type {
  OpenAction,
  StatusDomain,
  StatusMailbox,
  StatusMailFlow,
  StatusReport,
  StatusWait,
} from './stages/status-report.ts'
export type {
  AcceptReport,
  FilterKind,
  SurveyDomain,
  SurveyFilters,
  SurveyLogins,
  SurveyFolder,
  SurveyMailbox,
  SurveyReport,
} from './stages/survey-report.ts'
export type { VerifyDifference, VerifyDomain, VerifyMailbox, VerifyReport } from './stages/verify-report.ts'
export type {
  ArchivedMailbox,
  ArchiveDomain,
  ArchiveReport,
  RestoredFolder,
  RestoreReport,
} from './stages/archiving/archive-report.ts'
export { archive, type ArchiveOptions } from './stages/archiving/archive.ts'
export { restore, type RestoreOptions, type RestoreTarget } from './stages/archiving/restore.ts'
export { restoreTarget, type RestoreWish } from './stages/archiving/restore-target.ts'
export { accept, type AcceptRequest } from './stages/accept.ts'
export { check } from './stages/check.ts'
export { copy } from './stages/copy.ts'
export { explain, type ExplainOptions } from './stages/explain.ts'
export type {
  ExplainedFate,
  ExplainedMessage,
  ExplainedPlace,
  ExplainReport,
} from './stages/explain-report.ts'
export { exportDomains, type ExportOptions } from './stages/exporting/export.ts'
export type { Logger } from './stages/logger.ts'
export { type Migration, type MigrationOptions, openMigration } from './stages/migration.ts'
export { announce } from './stages/notifying/announce.ts'
export { forgetInitialPassword, removeNotices } from './stages/notifying/adoption.ts'
export { type SiteReport, writeInformationPage } from './stages/notifying/information-page.ts'
export type {
  AnnounceReport,
  NoticeCounts,
  NoticeDomain,
  NoticeReport,
  NoticeResult,
  NoticeResultOutcome,
  WarnGate,
  WarnReport,
} from './stages/notifying/notice-report.ts'
export type { NoticeStageOptions } from './stages/notifying/notify-stage.ts'
export {
  passwordReset,
  type PasswordResetOptions,
  type PasswordResetReport,
} from './stages/notifying/password-reset.ts'
export {
  previewNotices,
  type PreviewNoticesOptions,
  type PreviewReport,
} from './stages/notifying/previews.ts'
export { sendTestNotice, type SendTestReport, type SendTestRequest } from './stages/notifying/send-test.ts'
export { warn } from './stages/notifying/warn.ts'
export { migrate, type MigrateOptions } from './stages/migrate.ts'
export {
  MIGRATE_STAGES,
  type MigrateDomain,
  type MigrateReport,
  type MigrateStage,
  type MigrateStageResult,
} from './stages/migrate-report.ts'
export { plan } from './stages/plan.ts'
export { provision } from './stages/provision.ts'
export { status } from './stages/status.ts'
export { survey } from './stages/survey.ts'
export { verify } from './stages/verify.ts'
export {
  type Config,
  type AdoptConfig,
  type ConfigAnswers,
  ConfigError,
  type ConfigErrorCode,
  configJsonSchema,
  type ConfigProblem,
  type CopyConfig,
  type DnsConfig,
  type DnsQueryConfig,
  type ExcludeConfig,
  type DkimConfig,
  type DomainConfig,
  domainConfig,
  formatConfigProblem,
  type HoursRange,
  type InventorySource,
  isWithinHours,
  loadConfig,
  type LoadConfigOptions,
  type MailboxConfig,
  type CardDavConfig,
  type MailcowConfig,
  type MasterConfig,
  type MxConfig,
  type NewConfig,
  type NotifyConfig,
  type NotifyLinks,
  type OldConfig,
  parseConfig,
  type PasswordsConfig,
  type QuotasConfig,
  type RelayConfig,
  type RetireConfig,
  type RunTarget,
  sampleConfig,
  sampleVariables,
  Secret,
  type SecretsConfig,
  type ServerConfig,
  type SieveFilesConfig,
  type SmtpConfig,
  type TlsOptions,
  type TsigAlgorithm,
} from './config/index.ts'
export { DomainLockedError, type LockHolder } from './ledger/lock.ts'
export { LedgerError, type LedgerErrorCode } from './ledger/errors.ts'
export { SecretError, type SecretErrorCode } from './secrets/errors.ts'
export { createKeyFile, type KeyFileOptions } from './secrets/key-file.ts'
export {
  forget,
  type ForgetOptions,
  type ForgetReport,
  type ForgottenFolder,
  type ForgottenKind,
} from './stages/forget.ts'
export { log, type LogEntry, type LogOptions, type LogReport } from './stages/log.ts'
export { adopt, type AdoptOptions } from './stages/adopt.ts'
export type {
  AdoptCounts,
  AdoptDomain,
  AdoptMailbox,
  AdoptReport,
  AdoptState,
  LastLogin,
} from './stages/adopt-report.ts'
export { catchup } from './stages/catchup.ts'
export type { CatchupDomain, CatchupReport } from './stages/catchup-report.ts'
export { cutover, type CutoverOptions } from './stages/cutover.ts'
export { retire, type RetireOptions } from './stages/retiring/retire.ts'
export type {
  RetireCheck,
  RetireCheckName,
  RetireReport,
  RetireStep,
} from './stages/retiring/retire-report.ts'
export { rollback } from './stages/rollback.ts'
export type {
  CutoverDomain,
  CutoverReport,
  CutoverStepName,
  CutoverStepOutcome,
  CutoverStepReport,
  RollbackDomain,
  RollbackReport,
  RollbackStepName,
} from './stages/cutover-report.ts'
export { domainDetails } from './stages/watching/domain-details.ts'
export type {
  Adoption,
  DomainDetails,
  NoticeDetails,
  StageDetails,
  StepDetails,
  Verification,
} from './stages/watching/details-report.ts'
export { moveReport } from './stages/watching/move-report.ts'
export type {
  MovedMailbox,
  MoveRemark,
  MoveReport,
  NotMovedMessage,
} from './stages/watching/move-report-document.ts'
export { watchWorkDir, type WorkDirWatch } from './stages/watching/watch-work-dir.ts'
export type {
  DomainProgress,
  MailboxProgress,
  ProgressRun,
  ProgressSample,
} from './progress/progress-file.ts'
export type { PlannedPolicy, PlannedSpamScore } from './stages/plan-report.ts'
export type { ExportedAddressBooks, ExportedBook } from './stages/exporting/address-books.ts'
export type { SurveyAddressBooks } from './stages/survey-report.ts'
export type { Subject } from './stages/notifying/adoption.ts'
export type { CutoverStepOptions } from './stages/cutting-over/step.ts'
export type { ContactImport, ContactImportBook } from './stages/exporting/contact-import.ts'
export { STAGE_ORDER } from './stages/stage-order.ts'
