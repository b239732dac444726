export {
  effectiveRecipients,
  type EffectiveRecipientsOptions,
  expandAddress,
} from './effective-recipients.ts'
export {
  type FileProblem,
  formatFileProblem,
  InventoryFileError,
  OldServerError,
  type OldServerErrorCode,
} from './errors.ts'
export type { Expansion } from './expansion.ts'
export { foldCase, parseAddress, parseDomain } from './address.ts'
export type { Login, LoginProtocol } from './login-log/model.ts'
export { readLogins, type ReadLoginsOptions } from './login-log/read-logins.ts'
export { mergeInventories } from './merge.ts'
export type {
  Address,
  DomainAdmin,
  Inventory,
  InventoryDomain,
  InventoryIssue,
  InventoryIssueCode,
  IssueSeverity,
  Mailbox,
  Origin,
  SpamSettings,
} from './model.ts'
export { printInventory } from './print.ts'
export {
  type InventoryFormat,
  parseInventory,
  type ParseInventoryOptions,
  readInventoryFile,
  type ReadInventoryFileOptions,
} from './read-file.ts'
export { readPostfix, type ReadPostfixOptions } from './postfix/read-postfix.ts'
export {
  makePostfixAdminPrimary,
  makePostfixAdminRelay,
  readPostfixAdminPrimary,
  readPostfixAdminRelay,
} from './postfixadmin/relay.ts'
export type { PostfixAdminPlan, PostfixAdminRelayWanted, RowChange } from './postfixadmin/relay-plan.ts'
export { readPostfixAdmin, type ReadPostfixAdminOptions } from './postfixadmin/read-postfixadmin.ts'
export { parseUserPreferences, type SpamPreferences } from './spamassassin/preferences.ts'
export { readUserPreferences, type ServerPreferences } from './spamassassin/read-userpref.ts'
export { withSpamPreferences } from './spamassassin/with-preferences.ts'
export type { Parsed } from './parsed.ts'
export type { Target } from './target.ts'
export type {
  Leaf,
  PathStep,
  Undeliverable,
  UndeliverableReason,
  Verdict,
  VerdictIssue,
  VerdictIssueCode,
  VerdictKind,
} from './verdict.ts'
export {
  applySecondary,
  isSecondaryDone,
  readPrimaryPlan,
  readSecondaryPlan,
  type SecondaryOptions,
} from './postfix/secondary.ts'
export type {
  ConcernedTable,
  FileChange,
  ParameterChange,
  SecondaryPhase,
  SecondaryPlan,
  SecondaryProblem,
  SecondaryProblemCode,
  SecondaryWanted,
} from './postfix/secondary-plan.ts'
export { type Queued, readQueue } from './postfix/queue.ts'
export { type ProbeMessage, sendProbe } from './smtp/send-probe.ts'
export { probeRecipients, type RecipientVerdict } from './smtp/probe-recipients.ts'
export type { SmtpServer, SmtpSessionOptions } from './smtp/smtp-session.ts'
export { localRunner, type LocalRunnerOptions } from './runner/local-runner.ts'
export {
  type CommandOptions,
  type CommandResult,
  type Runner,
  RunnerError,
  type RunnerErrorCode,
  type StreamOptions,
} from './runner/runner.ts'
export { sshRunner, type SshRunnerOptions } from './runner/ssh-runner.ts'
