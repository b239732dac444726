export { SieveExportError } from './errors.ts'
export { check, type CheckResult, requiredExtensions } from './sieve/check/check.ts'
export { type CheckOptions, mailcowServer, type ServerFacts } from './sieve/check/options.ts'
export type { SieveProblem, SieveProblemCode } from './sieve/check/problem.ts'
export { knownExtensions, mailcowExtensions } from './sieve/grammar/extensions.ts'
export { analyse } from './sieve/analyse/analyse.ts'
export type {
  AnalyseOptions,
  Analysis,
  AnalysisFinding,
  AnalysisFindingCode,
  FolderUse,
  Include,
  Place,
  Redirect,
  RuleSummary,
  ScriptAuthor,
  Vacation,
} from './sieve/analyse/options.ts'
export { type Language, problemText, syntaxErrorText } from './sieve/problem-texts.ts'
export type { MapFolder, OldNamespace } from './sieve/rewrite/folder-name.ts'
export { folderNames } from './sieve/rewrite/folder-names.ts'
export type {
  RewriteChange,
  RewriteChangeKind,
  RewriteFinding,
  RewriteFindingCode,
  RewriteOptions,
  RewriteResult,
} from './sieve/rewrite/options.ts'
export { rewriteForMailcow } from './sieve/rewrite/rewrite.ts'
export { edit, type Splice } from './sieve/syntax/edit.ts'
export { isSieveSyntaxError, SieveSyntaxError, type SieveSyntaxErrorCode } from './sieve/syntax/errors.ts'
export { defaultLimits, type SieveLimits } from './sieve/syntax/limits.ts'
export { parse, type ParseOptions } from './sieve/syntax/parse.ts'
export { positionAt, type Position } from './sieve/syntax/position.ts'
export { print } from './sieve/syntax/print.ts'
export { quote } from './sieve/syntax/quote.ts'
export type {
  Argument,
  Block,
  Command,
  Comment,
  NumberArgument,
  Script,
  Span,
  StringArgument,
  StringListArgument,
  TagArgument,
  Test,
} from './sieve/syntax/tree.ts'
export { commandsOf, nodesOf, stringsOf, testsOf } from './sieve/syntax/walk.ts'
export type { ManageSieveCapabilities } from './managesieve/capabilities.ts'
export type { ListedScript, ManageSieveClient, ManageSieveTls, ScriptVerdict } from './managesieve/client.ts'
export { connectManageSieve, openManageSieve } from './managesieve/connect.ts'
export {
  isManageSieveError,
  ManageSieveError,
  type ManageSieveErrorCode,
  type ManageSieveErrorDetails,
} from './managesieve/errors.ts'
export {
  type ManageSieveLogger,
  type ManageSieveLogin,
  type ManageSieveOptions,
  type ManageSieveServer,
  type ManageSieveTlsOptions,
  masterLogin,
} from './managesieve/options.ts'
export type { ScriptProblem } from './managesieve/script-problems.ts'
export { isScriptFilesError, ScriptFilesError, type ScriptFilesErrorCode } from './files/errors.ts'
export {
  type ReadFolderOptions,
  readScriptFolder,
  readScripts,
  type ReadScriptsOptions,
  type ScriptFileProblem,
  type StoredScript,
  type StoredScripts,
} from './files/read-scripts.ts'
export type {
  AddressBook,
  BookEntry,
  BookKind,
  ContactEntry,
  GroupEntry,
  MailboxAddressBooks,
  SetAsideEntry,
} from './roundcube/books.ts'
export { openRoundcube, type OpenRoundcubeOptions, type RoundcubeDatabase } from './roundcube/database.ts'
export { isRoundcubeError, RoundcubeError, type RoundcubeErrorCode } from './roundcube/errors.ts'
export type { Identity, SavedResponse } from './roundcube/identities.ts'
export {
  countAddressBooks,
  readAddressBooks,
  type AddressBookCounts,
} from './roundcube/read-address-books.ts'
export { countRoundcubeUsers, type RoundcubeUser } from './roundcube/users.ts'
export {
  writeAddressBooks,
  type WriteAddressBooksOptions,
  type WrittenAddressBooks,
  type WrittenBook,
} from './roundcube/write-address-books.ts'
export { csvHead, csvRow } from './vcard/csv.ts'
export { normaliseCard, type NormalisedCard, type NormaliseOptions } from './vcard/normalise.ts'
export { parseCards, type CardProblem, type ParsedCard } from './vcard/parse.ts'
export type { Card, Property } from './vcard/property.ts'
export { writeCard } from './vcard/write.ts'
export { CardDavError, isCardDavError, type CardDavErrorCode } from './carddav/errors.ts'
export {
  countPendingCards,
  importAddressBooks,
  type ImportAddressBooksOptions,
  type ImportedBook,
  type ImportEvent,
  type ImportReport,
  type PendingCards,
} from './carddav/import-address-books.ts'
export type { CardFate } from './carddav/remote-book.ts'
export { memoryImportState, type ImportedCard, type ImportState } from './carddav/state.ts'
export type { CardDavServerOptions } from './carddav/transport.ts'
