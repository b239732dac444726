import { join } from 'node:path'
import pLimit from 'p-limit'
import { readMailbox } from '@iteg/imap-sync'
import type { Ledger } from '../../ledger/ledger.ts'
import { asciiAddress } from '../ascii-names.ts'
import { knownDomains } from '../chosen-mailboxes.ts'
import { mailboxFailure } from '../copying/failures.ts'
import { startProgress } from '../copying/progress.ts'
import { oldEndpoint } from '../endpoints.ts'
import { ExportFolder } from '../exporting/export-folder.ts'
import { encodeFileName } from '../exporting/file-names.ts'
import { limitedAll } from '../limited-all.ts'
import { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { WriteStageOptions } from '../options.ts'
import { assertMailboxesRecorded } from '../recorded-mailboxes.ts'
import { lastSurvey } from '../survey-record.ts'
import { archiveFile, completeArchive, isWhole, putIndex, withdrawIndex } from './archive-index.ts'
import type { ArchiveDomain, ArchivedMailbox, ArchiveReport } from './archive-report.ts'
import { writeArchive } from './write-archive.ts'

export interface ArchiveOptions extends WriteStageOptions {
  /** Where the archives go, a folder for each domain in it. Default: `archive` in the working folder. */
  readonly out?: string
  /** Also those that are complete, for what has come since. */
  readonly again?: boolean
}

/** A message of ours with attachments is not larger; all up to this are looked at before they are written, where there is one. */
const NOTICE_BYTES = 16 * 1024 * 1024

/** Where archives are when nobody says otherwise. */
export function archiveRoot(migration: Migration, out: string | undefined): string {
  return out ?? join(migration.config.workDir, 'archive')
}

/**
 * Writes each old mailbox of the domains into a file of its own: all mailboxes that the last survey found, those that do not move too. The old
 * server is only read. A mailbox whose archive is complete is not read again; one that was cut off is begun anew.
 *
 * Rejects with `GateError` (never surveyed), `UsageError` (the folder), `DomainLockedError`, or the signal's reason; what fails for one
 * mailbox is data in the report.
 */
export async function archive(
  migration: Migration,
  domains: readonly string[],
  options: ArchiveOptions = {},
): Promise<ArchiveReport> {
  const dryRun = options.dryRun === true
  const ledger = await migration.ledger(dryRun ? 'read' : 'write')
  const names = await knownDomains(ledger, domains, 'archive')
  await assertMailboxesRecorded(ledger, names, options.mailboxes)
  migration.emit({ type: 'stage-started', stage: 'archive', domains: names })
  const guard = new LoginGuard()
  const results: ArchiveDomain[] = []
  for (const domain of names) results.push(await archiveDomain(migration, ledger, domain, guard, options))
  migration.emit({ type: 'stage-finished', stage: 'archive' })
  return {
    schema: 'mailmove.archive/1',
    at: migration.now().toISOString(),
    dryRun,
    domains: results,
    ok: results.every(({ mailboxes }) =>
      mailboxes.every(({ outcome }) => outcome !== 'failed' && outcome !== 'partial'),
    ),
  }
}

async function archiveDomain(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  guard: LoginGuard,
  options: ArchiveOptions,
): Promise<ArchiveDomain> {
  const only = options.mailboxes?.map((address) => asciiAddress(address.toLowerCase()))
  const mailboxes = (await ledger.mailboxes.list(domain))
    .filter(({ address, listed }) => listed && (only?.includes(address) ?? true))
    .map(({ address }) => address)
  const root = archiveRoot(migration, options.out)
  const path = join(root, encodeFileName(domain))
  if (options.dryRun === true)
    return {
      domain,
      folder: path,
      mailboxes: mailboxes.map((mailbox) => ({
        mailbox,
        outcome: 'planned',
        file: join(path, archiveFile(mailbox)),
      })),
    }
  await using lock = await ledger.lockDomain(domain, { command: `mailmove archive ${domain}` })
  migration.logger.debug({ domain: lock.holder.domain }, 'archive')
  const folder = await (await ExportFolder.root(root)).folder(encodeFileName(domain))
  await folder.sweep()
  const { mailboxesAtOnce } = migration.config.copy
  migration.emit({ type: 'domain-started', stage: 'archive', domain, mailboxes: mailboxes.length })
  const results = await limitedAll(pLimit(mailboxesAtOnce), mailboxes, (mailbox) =>
    archiveMailbox(migration, ledger, { domain, mailbox, folder }, guard, options),
  )
  const failed = results.filter(({ outcome }) => outcome === 'failed' || outcome === 'partial').length
  const outcome = failed === 0 ? 'done' : failed === results.length ? 'failed' : 'partial'
  migration.emit({ type: 'domain-finished', stage: 'archive', domain, outcome })
  return { domain, folder: folder.path, mailboxes: results }
}

async function archiveMailbox(
  migration: Migration,
  ledger: Ledger,
  subject: { readonly domain: string; readonly mailbox: string; readonly folder: ExportFolder },
  guard: LoginGuard,
  options: ArchiveOptions,
): Promise<ArchivedMailbox> {
  const { domain, mailbox, folder } = subject
  options.signal?.throwIfAborted()
  const total = (await lastSurvey(ledger, domain))?.mailboxes.get(mailbox)?.size
  const progress = startProgress(migration, { stage: 'archive', domain, mailbox, total })
  const result = await attempt(migration, ledger, subject, guard, options, (bytes) =>
    progress.add(undefined, 1, bytes),
  )
  migration.emit({
    type: 'mailbox-finished',
    stage: 'archive',
    domain,
    mailbox,
    outcome: result.outcome === 'partial' || result.outcome === 'planned' ? 'done' : result.outcome,
    done: { messages: result.messages ?? 0, bytes: result.bytes ?? 0 },
    ...(result.failure === undefined ? {} : { message: result.failure.message }),
  })
  return { ...result, file: folder.file(archiveFile(mailbox)) }
}

async function attempt(
  migration: Migration,
  ledger: Ledger,
  {
    domain,
    mailbox,
    folder,
  }: { readonly domain: string; readonly mailbox: string; readonly folder: ExportFolder },
  guard: LoginGuard,
  options: ArchiveOptions,
  onMessage: (bytes: number) => void,
): Promise<ArchivedMailbox> {
  const file = folder.file(archiveFile(mailbox))
  const before = options.again === true ? undefined : await completeArchive(folder, mailbox)
  if (before !== undefined) {
    const { schema: _, ...known } = before
    return { ...known, outcome: isWhole(before) ? 'unchanged' : 'partial', file }
  }
  const { stopReason } = guard
  if (stopReason !== undefined) {
    const remedy = `Look at the logins with mailmove check, then run mailmove archive ${domain} again.`
    const failure = { code: 'login-not-tried', message: `It was not tried: ${stopReason}.`, remedy }
    return { mailbox, outcome: 'failed', file, failure }
  }
  try {
    const ours = new Set(await ledger.notices.contents(mailbox))
    await using reader = await readMailbox(oldEndpoint(migration.config, mailbox), {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      logger: migration.logger,
      side: 'source',
      ...(ours.size === 0 ? {} : { wholeUpTo: NOTICE_BYTES }),
    })
    guard.accepted()
    // An earlier one stays until the new one is complete; that it is of before, its own manifest says.
    const archived = await writeArchive(reader, file, {
      mailbox,
      at: migration.now(),
      ours,
      onMessage,
      signal: options.signal,
      beforeReplace: () => withdrawIndex(folder, mailbox),
    })
    const written = await putIndex(folder, archived)
    const { schema: _, ...index } = written
    return { ...index, outcome: isWhole(written) ? 'done' : 'partial', file }
  } catch (error) {
    options.signal?.throwIfAborted()
    const failure = mailboxFailure(error, { stage: 'archive', domain })
    guard.refusedBy(error)
    return { mailbox, outcome: 'failed', file, failure }
  }
}
