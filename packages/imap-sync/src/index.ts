export { connect } from './connection/connect.ts'
export type { ConnectOptions, ImapConnection } from './connection/connect.ts'
export type { Endpoint, ImapLogin, ImapServer, Timeouts, TlsOptions } from './endpoint.ts'
export { ImapSyncError, isImapSyncError } from './errors.ts'
export type { ImapSyncErrorCode, ImapSyncErrorDetails } from './errors.ts'
export type { SyncEvent, VerifyEvent } from './events.ts'
export { readFolders } from './folders/listing.ts'
export type { ReadFoldersOptions } from './folders/listing.ts'
export { mailcowTarget, mapFolders } from './folders/map.ts'
export type { MapFoldersOptions } from './folders/map.ts'
export type {
  FolderCollision,
  FolderListing,
  FolderMap,
  FolderMapEntry,
  FolderRight,
  LeftOutFolder,
  ListedFolder,
  NameChange,
  Namespace,
  Role,
} from './folders/types.ts'
export type { Logger } from './logger.ts'
export type { Changes, Fates, FindingCode, FolderReport, Phase, SyncFinding, SyncReport } from './report.ts'
export { MessageHasher, messageHash } from './identity/hash.ts'
export { fillMailbox } from './single/fill-mailbox.ts'
export type {
  FillAnswer,
  FillFolder,
  FillMessage,
  HashedContent,
  MailboxFiller,
} from './single/fill-mailbox.ts'
export { openMailbox } from './single/open-mailbox.ts'
export type {
  AppendAnswer,
  FoundMessage,
  KnownMessage,
  MailboxHandle,
  NewMessage,
  OpenMailboxOptions,
  SoughtMessage,
} from './single/open-mailbox.ts'
export { readMailbox } from './single/read-mailbox.ts'
export type {
  MailboxReader,
  OpenFolder,
  ReadMailboxOptions,
  ReadMessage,
  StoredMessage,
} from './single/read-mailbox.ts'
export type { SearchCriteria } from './commands/search.ts'
export { searchMailbox } from './single/search-mailbox.ts'
export type { SearchHit, SearchMailboxOptions, SearchResult } from './single/search-mailbox.ts'
export { folderRuleFor } from './folders/exclude.ts'
export { stateConformance } from './state/conformance.ts'
export type { StateConformanceCase, StateHarness } from './state/conformance.ts'
export { openFileState } from './state/file.ts'
export type { FileState } from './state/file.ts'
export { memoryState } from './state/memory.ts'
export { addPairs, removePairs } from './state/pairs.ts'
export type {
  Checkpoint,
  FolderMessages,
  FolderState,
  FolderStatus,
  Intent,
  PairRun,
  SetAsideRecord,
  StateChange,
  SyncState,
  UidRange,
} from './state/state.ts'
export type { ExcludeRule, SyncLimits, SyncMailbox, SyncOptions } from './sync/options.ts'
export { sharedLimits } from './sync/shared-limits.ts'
export type { SharedLimits, SharedLimitsOptions } from './sync/shared-limits.ts'
export { syncMailbox } from './sync/sync.ts'
export type { AllowedExtra, KnownSetAside, VerifyMailbox, VerifyOptions } from './verify/options.ts'
export type { FolderVerifyReport, MessageDifference, MessageRef, VerifyReport } from './verify/report.ts'
export { verifyMailbox } from './verify/verify.ts'
export type { ConnectionCaps, ConnectionSlots, WantedConnection } from './sync/connection-slots.ts'
export type { Compression, LinkSpeed } from './sync/link-speed.ts'
export type { LoginBudget } from './sync/login-budget.ts'
