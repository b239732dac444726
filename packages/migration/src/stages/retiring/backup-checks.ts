import { createHash, randomInt } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { isImapSyncError, MessageHasher, readMailbox } from '@iteg/imap-sync'
import type { Ledger } from '../../ledger/ledger.ts'
import { archiveFile, type ArchiveIndex, completeArchive, isWhole } from '../archiving/archive-index.ts'
import { openArchive } from '../archiving/read-archive.ts'
import { oldEndpoint } from '../endpoints.ts'
import { UsageError } from '../errors.ts'
import type { ExportFolder } from '../exporting/export-folder.ts'
import { encodeFileName } from '../exporting/file-names.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'
import type { RetireCheck } from './retire-report.ts'

type Finding = Omit<RetireCheck, 'at'>

/** Messages that are compared at least, over all domains; all there are, where there are fewer. */
const SAMPLE_MESSAGES = 400

export interface DomainArchives {
  readonly domain: string
  readonly folder: ExportFolder
  readonly archives: readonly ArchiveIndex[]
}

/** Whether every old mailbox has an archive that is whole and younger than the last delta. */
export async function archivesCheck(
  ledger: Ledger,
  root: ExportFolder,
  domain: string,
): Promise<{ readonly finding: Finding; readonly archives: DomainArchives }> {
  const folder = await root.folder(encodeFileName(domain))
  const since = (await ledger.lastDeltas.get(domain))?.verifiedAt
  const missing: string[] = []
  const archives: ArchiveIndex[] = []
  const mailboxes = (await ledger.mailboxes.list(domain)).filter(({ listed }) => listed)
  for (const { address } of mailboxes) {
    const index = await completeArchive(folder, address)
    if (index === undefined) missing.push(`${address} (none)`)
    else if (!isWhole(index)) missing.push(`${address} (not whole)`)
    else if (since !== undefined && new Date(index.at) < since)
      missing.push(`${address} (before its last delta)`)
    else archives.push(index)
  }
  const ok = missing.length === 0
  const messages = archives.reduce((sum, archive) => sum + archive.messages, 0)
  return {
    archives: { domain, folder, archives },
    finding: {
      check: 'archives',
      domain,
      ok,
      message: ok
        ? `${archives.length} archives with ${messages} messages lie in ${folder.path}.`
        : `Without an archive that holds all: ${missing.slice(0, 20).join(', ')}.`,
      evidence: archives.map(({ mailbox, at, sha256 }) => `${mailbox} ${at} ${sha256}`),
      ...(ok ? {} : { remedy: `mailmove archive ${domain} --again` }),
    },
  }
}

/** At least one mailbox of each domain, and further ones by chance until there are enough messages. Pure but for the chance. */
export function chooseSample(
  domains: readonly DomainArchives[],
  chance: (below: number) => number = (below) => randomInt(below),
): readonly { readonly of: DomainArchives; readonly index: ArchiveIndex }[] {
  const all = domains.flatMap((of) => of.archives.map((index) => ({ of, index })))
  const chosen = domains.flatMap(({ domain }) => {
    const own = all.filter(({ of, index }) => of.domain === domain && index.messages > 0)
    const candidates = own.length > 0 ? own : all.filter(({ of }) => of.domain === domain)
    const one = candidates.length === 0 ? undefined : candidates[chance(candidates.length)]
    return one === undefined ? [] : [one]
  })
  const rest = all.filter((candidate) => !chosen.includes(candidate) && candidate.index.messages > 0)
  const count = (): number => chosen.reduce((sum, { index }) => sum + index.messages, 0)
  while (count() < SAMPLE_MESSAGES && rest.length > 0) chosen.push(...rest.splice(chance(rest.length), 1))
  return chosen
}

/**
 * Unpacks an archive from its first byte to its last and compares the content of each message with what the old mailbox holds now, folder
 * by folder, both ways. What it proves: the file can be read back, and nothing of the mailbox is missing in it. No server was filled from it:
 * that is `mailmove restore`.
 */
export async function sampleCheck(
  migration: Migration,
  ledger: Ledger,
  sample: ReturnType<typeof chooseSample>,
  options: StageOptions,
): Promise<Finding> {
  const evidence: string[] = []
  const problems: string[] = []
  let compared = 0
  for (const { of, index } of sample) {
    options.signal?.throwIfAborted()
    const file = of.folder.file(archiveFile(index.mailbox))
    try {
      if ((await digestOf(file)) !== index.sha256) {
        problems.push(`${file} is not the file that was written: its digest differs`)
        continue
      }
      const found = await compare(migration, ledger, file, index.mailbox, options)
      compared += found.messages
      evidence.push(
        `${index.mailbox}: ${found.messages} messages unpacked, ${found.missing} missing in the archive, ${found.more} no longer in the old mailbox`,
      )
      if (found.missing > 0) problems.push(`${file} lacks ${found.missing} messages of the old mailbox`)
      if (found.more > 0) problems.push(`${file} holds ${found.more} messages that the old mailbox does not`)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof UsageError) && !isImapSyncError(error)) throw error
      problems.push(error.message)
    }
  }
  const ok = problems.length === 0 && sample.length > 0
  const names = [...new Set(sample.map(({ of }) => of.domain))].join(' ')
  return {
    check: 'sample',
    ok,
    message: ok
      ? `${sample.length} archives were unpacked; all ${compared} messages are, by content and folder, those of the old mailboxes. No mailbox was filled from them.`
      : sample.length === 0
        ? 'There is no archive to try.'
        : asSentence(problems.slice(0, 5).join('; ')),
    evidence,
    ...(ok ? {} : { remedy: `mailmove archive ${names} --again` }),
  }
}

async function compare(
  migration: Migration,
  ledger: Ledger,
  file: string,
  mailbox: string,
  options: StageOptions,
): Promise<{ readonly messages: number; readonly missing: number; readonly more: number }> {
  await using archive = await openArchive(file, options)
  const counts = new Map<string, number>()
  for (const { folder, hash } of archive.messages.values()) {
    const key = `${folder} ${hash}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const ours = new Set(await ledger.notices.contents(mailbox))
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  await using reader = await readMailbox(oldEndpoint(migration.config, mailbox), {
    ...signal,
    logger: migration.logger,
    side: 'source',
  })
  let missing = 0
  for (const { wire, directory } of archive.manifest.folders) {
    if (directory === undefined) continue
    const { messages } = await reader.open(wire)
    for await (const message of messages) {
      if (message.kind === 'unreadable') continue
      const hasher = new MessageHasher()
      for await (const chunk of message.chunks) hasher.update(chunk)
      const hash = hasher.digest()
      const key = `${wire} ${hash}`
      const left = counts.get(key) ?? 0
      if (left > 0) counts.set(key, left - 1)
      else if (!ours.has(hash)) missing += 1
    }
  }
  const known = new Set(archive.manifest.folders.map(({ wire }) => wire))
  for (const { wire, selectable } of reader.listing.folders)
    if (selectable && !known.has(wire)) missing += (await reader.open(wire)).exists
  const more = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return { messages: archive.messages.size, missing, more }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) if (chunk instanceof Uint8Array) hash.update(chunk)
  return hash.digest('hex')
}
