import { join } from 'node:path'
import { type ManageSieveClient, mailcowServer, type ServerFacts } from '@iteg/sieve-export'
import type { DomainConfig } from '../../config/index.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { ownJudgement, serverJudgement } from './check-scripts.ts'
import type { ExportFolder } from './export-folder.ts'
import type { ExportMailbox, FilterInstall } from './export-report.ts'
import { encodeFileName } from './file-names.ts'
import { hasInstalled, installFilters, settleInstalls } from './install.ts'
import { type NewServer, withNewScripts } from './new-session.ts'
import type { OldNamespace } from './old-namespace.ts'
import { type Failure, type OldScript, type OldScripts, readOldScripts } from './old-scripts.ts'
import { NONE_ACTIVE, type Prepared, prepareAll, scriptFiles, wantedScripts } from './prepared-scripts.ts'
import type { Language } from './rewriting.ts'
import { absolute, earlierExport, exportedScripts, SIEVE_FOLDER, writeMailbox } from './write-mailbox.ts'

/** What the mailboxes of one export share. */
export interface ExportShared {
  readonly oldGuard: LoginGuard
  readonly newServer: NewServer
  /** Absolute. */
  readonly directory: string
  /** Absent in a dry run. */
  readonly root: ExportFolder | undefined
}

export interface ExportRequest {
  readonly domain: string
  readonly mailbox: string
  readonly settings: DomainConfig
  /** It is on mailcow, by us or with our blessing. */
  readonly isOurs: boolean
  readonly isAnnounced: boolean
  /** By the last survey. */
  readonly hasMail: boolean
  readonly oldNamespace: OldNamespace | undefined
}

interface Session {
  readonly prepared: readonly Prepared[]
  readonly install: FilterInstall | undefined
}

/** Exports one mailbox. What fails is data in the result; rejects when aborted, or when the old server is away. */
export async function exportMailbox(
  migration: Migration,
  ledger: Ledger,
  request: ExportRequest,
  shared: ExportShared,
  options: StageOptions,
): Promise<ExportMailbox> {
  const { mailbox, settings } = request
  const language = languageOf(settings, mailbox)
  const old = await readOldScripts(migration, mailbox, shared.oldGuard, options)
  const found = 'failure' in old ? withoutHome(old.failure, request) : old
  if ('failure' in found) return { mailbox, outcome: 'failed', language, failure: found.failure }
  const folderMap = await ledger.folderMaps.get(mailbox)
  const warnings = [...found.warnings]
  if (folderMap === undefined && found.scripts.length > 0)
    warnings.push('No survey has read its folders: names of folders in its scripts may stay as they were.')
  const { oldNamespace, domain } = request
  const folders = { folderMap, oldNamespace, ownDomains: [domain] }
  const prepare = (server: ServerFacts) => prepareAll(found.scripts, folders, server, language)
  const session = await inSession(
    migration,
    ledger,
    request,
    shared,
    options,
    warnings,
    found.scripts,
    prepare,
  )
  const { prepared, install } = session.value
  const { unread } = found
  const files = { mailbox, language, install, unread, scripts: prepared.map(scriptFiles) }
  const written = await write(migration, shared, files)
  const failure = session.failure ?? installFailure(request, install) ?? unreadFailure(unread, warnings)
  return {
    mailbox,
    outcome: failure === undefined ? outcomeOf(written.changed, install, shared) : 'failed',
    language,
    ...(written.directory === undefined ? {} : { directory: written.directory }),
    filters: {
      scripts: written.scripts,
      ...(written.summary === undefined ? {} : { summary: written.summary }),
      warnings,
      ...(install === undefined ? {} : { install }),
    },
    ...(failure === undefined ? {} : { failure }),
  }
}

export function languageOf(settings: DomainConfig, mailbox: string): Language {
  const language = settings.mailboxes.get(mailbox)?.language ?? settings.language
  return /^de\b/.test(language) ? 'de' : 'en'
}

/** Whoever never got a mail has no home yet, and so no scripts; whoever has mail must have one. */
function withoutHome(failure: Failure, { hasMail }: ExportRequest): OldScripts {
  return failure.code === 'old-home-missing' && !hasMail
    ? { scripts: [], unread: [], warnings: [`It has no home: ${failure.message}`] }
    : { failure }
}

type Prepare = (server: ServerFacts) => readonly Omit<Prepared, 'judgement'>[]

/** With the new server where it can be asked, without it otherwise. */
async function inSession(
  migration: Migration,
  ledger: Ledger,
  request: ExportRequest,
  shared: ExportShared,
  options: StageOptions,
  warnings: string[],
  scripts: readonly OldScript[],
  prepare: Prepare,
): Promise<{ readonly value: Session; readonly failure?: Failure }> {
  const { domain, mailbox, settings } = request
  const isDryRun = shared.root === undefined
  const wantsInstall = settings.filters === 'install'
  const without = (reason: string): Session => ({
    prepared: prepare(mailcowServer).map((each) => ({
      ...each,
      judgement: ownJudgement(each.local, reason),
    })),
    install: wantsInstall ? offlineInstall(request, scripts, reason) : undefined,
  })
  const needsNobody = scripts.length === 0 && !(wantsInstall && (await hasInstalled(ledger, domain, mailbox)))
  if (needsNobody) return { value: without('There is nothing to check.') }
  if (!request.isOurs) return { value: without('The mailbox is not on mailcow yet.') }
  if (isDryRun && migration.config.new.access === 'appPassword')
    return { value: without('A dry run makes no app password.') }
  const onLeftBehind = (message: string): void => {
    warnings.push(message)
    migration.emit({ type: 'notice', stage: 'export', domain, mailbox, message })
  }
  const asked = await withNewScripts(
    migration,
    ledger,
    { domain, mailbox },
    shared.newServer,
    { ...options, onLeftBehind },
    (client) => askServer(client, ledger, request, isDryRun, prepare),
  )
  if ('value' in asked) return asked
  return { value: without(asked.failure.message), failure: asked.failure }
}

async function askServer(
  client: ManageSieveClient,
  ledger: Ledger,
  request: ExportRequest,
  isDryRun: boolean,
  prepare: Prepare,
): Promise<Session> {
  const { extensions, notifyMethods } = client.capabilities
  const unjudged = prepare({ ...mailcowServer, extensions, notifyMethods })
  const names = new Set(unjudged.map(({ old }) => old.name))
  const prepared: Prepared[] = []
  for (const each of unjudged)
    prepared.push({ ...each, judgement: await serverJudgement(client, each.local, names) })
  if (request.settings.filters !== 'install') return { prepared, install: undefined }
  if (request.isAnnounced) {
    if (!isDryRun) await settleInstalls(client, ledger, request)
    return { prepared, install: handedOver }
  }
  const wanted = wantedScripts(prepared)
  const install = await installFilters(client, ledger, {
    domain: request.domain,
    mailbox: request.mailbox,
    activate: request.settings.activateFilters,
    dryRun: isDryRun,
    ...wanted,
  })
  return { prepared, install }
}

const handedOver: FilterInstall = {
  outcome: 'left',
  active: false,
  message: "The mailbox was handed over: its scripts on mailcow are the user's.",
}

function offlineInstall(
  { isAnnounced }: ExportRequest,
  scripts: readonly OldScript[],
  reason: string,
): FilterInstall {
  if (isAnnounced) return handedOver
  if (!scripts.some(({ active }) => active)) return { outcome: 'none', active: false, message: NONE_ACTIVE }
  return { outcome: 'waiting', active: false, message: reason }
}

interface Written {
  readonly scripts: NonNullable<ExportMailbox['filters']>['scripts']
  readonly summary?: string
  readonly directory?: string
  readonly changed: boolean
}

async function write(
  migration: Migration,
  { root, directory }: ExportShared,
  files: Parameters<typeof writeMailbox>[1],
): Promise<Written> {
  const folder = encodeFileName(files.mailbox)
  if (root === undefined) {
    const sieve = join(directory, folder, SIEVE_FOLDER)
    const { scripts } = exportedScripts(files, undefined, migration.now())
    const there = { file: (name: string) => join(sieve, name) }
    return { scripts: scripts.map((script) => ({ ...script, ...absolute(script, there) })), changed: false }
  }
  // A mailbox without scripts leaves no trace, unless it once had some.
  const isEmpty = files.scripts.length === 0
  if (isEmpty && !(await root.has(folder))) return { scripts: [], changed: false }
  const own = await root.folder(folder)
  if (isEmpty && !(await own.has(SIEVE_FOLDER))) return { scripts: [], directory: own.path, changed: false }
  const sieve = await own.folder(SIEVE_FOLDER)
  if (isEmpty && (await earlierExport(sieve, files.mailbox)) === undefined)
    return { scripts: [], directory: own.path, changed: false }
  return { ...(await writeMailbox(sieve, files, migration.now())), directory: own.path }
}

function outcomeOf(
  changed: boolean,
  install: FilterInstall | undefined,
  { root }: ExportShared,
): 'done' | 'unchanged' | 'planned' {
  if (root === undefined) return 'planned'
  const isInstalled = install?.outcome === 'installed' || install?.outcome === 'updated'
  return changed || isInstalled ? 'done' : 'unchanged'
}

function installFailure({ domain }: ExportRequest, install: FilterInstall | undefined): Failure | undefined {
  if (install?.outcome !== 'failed') return undefined
  return {
    code: 'filter-not-installed',
    message: install.message,
    remedy: `The files are written. Run again: mailmove export ${domain}`,
  }
}

function unreadFailure(unread: readonly string[], warnings: readonly string[]): Failure | undefined {
  if (unread.length === 0) return undefined
  return {
    code: 'old-scripts-unreadable',
    message: warnings[0] ?? 'Not every script could be read.',
    remedy: 'The others are exported. Look at it on the old server, then run mailmove export again.',
  }
}
