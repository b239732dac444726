export { SieveExportError } from './errors.ts'
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
  readScripts,
  type ReadScriptsOptions,
  type ScriptFileProblem,
  type StoredScript,
  type StoredScripts,
} from './files/read-scripts.ts'
