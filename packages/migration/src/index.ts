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
  MigrationError,
  type MigrationErrorCode,
  ServerError,
  type ServerName,
  UsageError,
} from './stages/errors.ts'
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
export type { MailboxStageOptions, StageOptions, WriteStageOptions } from './stages/options.ts'
export type {
  ActionOutcome,
  ActionResult,
  DomainLimits,
  DomainSettings,
  PlannedAction,
  PlannedAlias,
  PlannedCopy,
  PlannedForward,
  PlannedMailbox,
  PlanReport,
  ProvisionDomain,
  ProvisionReport,
  RelayFlags,
} from './stages/plan-report.ts'
export type { OpenAction, StatusDomain, StatusMailbox, StatusReport } from './stages/status-report.ts'
export type {
  AcceptReport,
  SurveyDomain,
  SurveyFolder,
  SurveyMailbox,
  SurveyReport,
} from './stages/survey-report.ts'
export type { VerifyDifference, VerifyDomain, VerifyMailbox, VerifyReport } from './stages/verify-report.ts'
