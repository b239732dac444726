import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ledger } from '../ledger/ledger.ts'
import { asciiDomain } from './ascii-names.ts'
import { knownDomains } from './chosen-mailboxes.ts'
import { GateError } from './errors.ts'
import { encodeFileName } from './exporting/file-names.ts'
import type { Migration } from './migration.ts'
import { exportedFolders } from './notifying/attachments.ts'
import type { StageOptions } from './options.ts'
import { reportedFinding } from './recorded-findings.ts'
import { runStage } from './stage-run.ts'

export interface ForgetOptions extends StageOptions {
  /** Says what would be removed, and removes nothing. */
  readonly dryRun?: boolean
}

export type ForgottenKind = 'exports' | 'set-aside' | 'letters' | 'previews'

export interface ForgottenFolder {
  readonly kind: ForgottenKind
  /** Absolute. */
  readonly path: string
  readonly files: number
  readonly bytes: number
}

export interface ForgetReport {
  readonly schema: 'mailmove.forget/1'
  /** ISO 8601. */
  readonly at: string
  readonly dryRun: boolean
  readonly domain: string
  /** ISO 8601: from when on the retention counts. */
  readonly cutOverAt: string
  readonly retentionDays: number
  /** ISO 8601. */
  readonly allowedFrom: string
  /** What was (in a dry run: would be) removed; empty when it was before. */
  readonly folders: readonly ForgottenFolder[]
  /** Sealed passwords. */
  readonly secrets: number
  readonly ok: boolean
  readonly next: string
}

const DAY_MS = 86_400_000

/**
 * Removes what is kept beside the ledger of a domain, once its retention is over: exports, set-aside messages, letters and previews
 * of notices, sealed passwords. The ledger keeps its facts: counts, times, digests, addresses, and the log.
 *
 * Rejects with `GateError` (not cut over, or too early: it names the day), `DomainLockedError`. Killed at any instant and run again,
 * the rest goes.
 */
export async function forget(
  migration: Migration,
  name: string,
  options: ForgetOptions = {},
): Promise<ForgetReport> {
  const isDryRun = options.dryRun === true
  const ledger = await migration.ledger(isDryRun ? 'read' : 'write')
  const [domain = asciiDomain(name)] = await knownDomains(ledger, [name], 'forget')
  const cutOverAt = await cutOver(ledger, domain)
  const { retentionDays } = migration.config
  const allowedFrom = new Date(cutOverAt.getTime() + retentionDays * DAY_MS)
  if (migration.now() < allowedFrom)
    throw new GateError(
      `${domain} was cut over on ${day(cutOverAt)}: what is kept of it may be removed from ${day(allowedFrom)} on (retentionDays: ${retentionDays}).`,
      { domains: [domain], hint: `Then run: mailmove forget ${domain}` },
    )
  await assertNobodyWaits(ledger, domain)
  const work = async (): Promise<ForgetReport> => {
    const folders = await foldersOf(migration, ledger, domain)
    const secrets = await ledger.secrets.list(domain)
    if (!isDryRun) {
      for (const { path } of folders) {
        options.signal?.throwIfAborted()
        await rm(path, { recursive: true, force: true })
      }
      for (const notice of await ledger.notices.list(domain))
        if (notice.via === 'letter' && notice.removedAt === undefined)
          await ledger.notices.markRemoved(notice.id)
      for (const secret of secrets) await ledger.secrets.remove(secret)
    }
    return {
      schema: 'mailmove.forget/1',
      at: migration.now().toISOString(),
      dryRun: isDryRun,
      domain,
      cutOverAt: cutOverAt.toISOString(),
      retentionDays,
      allowedFrom: allowedFrom.toISOString(),
      folders,
      secrets: secrets.length,
      ok: true,
      next: isDryRun ? `mailmove forget ${domain}` : `mailmove status ${domain}`,
    }
  }
  if (isDryRun) return work()
  return runStage(ledger, domain, 'forget', options.signal, async () => {
    const value = await work()
    const files = value.folders.reduce((sum, folder) => sum + folder.files, 0)
    return { value, state: 'done', summary: `${files} files and ${value.secrets} sealed passwords removed` }
  })
}

/** When the mail of the domain went over for good, and its last user was told. */
async function cutOver(ledger: Ledger, domain: string): Promise<Date> {
  const delta = await ledger.lastDeltas.get(domain)
  if (delta === undefined)
    throw new GateError(`${domain} is not cut over: everything that is kept of it is still needed.`, {
      domains: [domain],
      hint: `Look at it with: mailmove status ${domain}`,
    })
  const run = await ledger.stages.latestDone(domain, 'cutover')
  const told = (await ledger.mailboxes.list(domain)).flatMap(({ announcedAt }) => announcedAt ?? [])
  const times = [delta.verifiedAt, ...(run?.endedAt === undefined ? [] : [run.endedAt]), ...told]
  return new Date(Math.max(...times.map((time) => time.getTime())))
}

/** A message that mailcow would not take is only there and in the old mailbox: first somebody has to decide. */
async function assertNobodyWaits(ledger: Ledger, domain: string): Promise<void> {
  const open = (await ledger.findings.blocking(domain)).filter(({ code }) => code === 'message-set-aside')
  if (open.length === 0) return
  throw new GateError(
    `${domain}: ${open.length} messages were set aside, and nobody said what becomes of them.`,
    {
      domains: [domain],
      findings: open.map(reportedFinding),
      hint: `Give them to their owners, then run: mailmove accept ${domain} message-set-aside --reason "..."`,
    },
  )
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

async function foldersOf(
  migration: Migration,
  ledger: Ledger,
  domain: string,
): Promise<readonly ForgottenFolder[]> {
  const { workDir } = migration.config
  const { roots } = await exportedFolders(ledger, workDir, domain)
  const mailboxes = await ledger.mailboxes.list(domain)
  const all: readonly (readonly [ForgottenKind, string])[] = [
    ...roots.flatMap((root) =>
      mailboxes.map(({ address }) => ['exports', join(root, encodeFileName(address))] as const),
    ),
    ['set-aside', join(workDir, 'set-aside', domain)],
    ['letters', join(workDir, 'letters', encodeFileName(domain))],
    ['previews', join(workDir, 'previews', encodeFileName(domain))],
  ]
  const found: ForgottenFolder[] = []
  for (const [kind, path] of all) {
    const size = await measure(path)
    if (size !== undefined) found.push({ kind, path, ...size })
  }
  return found
}

/** Files and bytes below a folder; nothing is followed. `undefined`: there is none. */
async function measure(
  path: string,
): Promise<{ readonly files: number; readonly bytes: number } | undefined> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  })
  if (stats === undefined) return undefined
  if (!stats.isDirectory()) return { files: 1, bytes: stats.size }
  let [files, bytes] = [0, 0]
  for (const name of await readdir(path)) {
    const below = await measure(join(path, name))
    files += below?.files ?? 0
    bytes += below?.bytes ?? 0
  }
  return { files, bytes }
}
