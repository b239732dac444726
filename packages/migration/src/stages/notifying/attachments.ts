import { constants } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { MessageAttachment } from '@iteg/notify'
import { z } from 'zod'
import type { Ledger } from '../../ledger/ledger.ts'
import { encodeFileName } from '../exporting/file-names.ts'
import { MANIFEST_FILE, MAX_MANIFEST_BYTES, parseManifest } from '../exporting/manifest.ts'
import { SIEVE_FOLDER } from '../exporting/write-mailbox.ts'
import type { AttachedFiles } from './notice-data.ts'

/** A user's own scripts and address books, as the export left them. */
export interface UserFiles {
  readonly attachments: readonly MessageAttachment[]
  readonly described: AttachedFiles
  /** Names of those that are too large for a mail. */
  readonly leftOut: readonly string[]
}

export const NO_FILES: UserFiles = {
  attachments: [],
  described: { scripts: [], addressBooks: [] },
  leftOut: [],
}

/** Many servers refuse mails of more than 10 MiB, and base64 makes four bytes of three. */
const MAX_FILE_BYTES = 4 * 1024 * 1024
const MAX_ALL_BYTES = 7 * 1024 * 1024
const MAX_FILES = 40

/** What the last export says of a mailbox: where its files are, what is on mailcow already. */
export interface ExportedFolders {
  /** Folders of mailboxes lie here. */
  readonly roots: readonly string[]
  readonly installed: ReadonlySet<string>
  readonly imported: ReadonlySet<string>
}

const reported = z.looseObject({
  mailboxes: z.array(
    z.looseObject({
      mailbox: z.string(),
      directory: z.string().exactOptional(),
      filters: z
        .looseObject({ install: z.looseObject({ active: z.boolean() }).exactOptional() })
        .exactOptional(),
    }),
  ),
})

/** Where the exports of a domain are: where the last one put them, and where they go by default. */
export async function exportedFolders(
  ledger: Ledger | undefined,
  workDir: string,
  domain: string,
): Promise<ExportedFolders> {
  const roots = new Set<string>()
  const run = await ledger?.stages.latest(domain, 'export')
  const parsed = reported.safeParse(run === undefined ? undefined : await ledger?.stages.report(run.id))
  for (const { directory } of parsed.success ? parsed.data.mailboxes : [])
    if (directory !== undefined) roots.add(dirname(directory))
  roots.add(join(workDir, 'exports'))
  const results = (await ledger?.mailboxes.results(domain, 'export')) ?? []
  const having = (count: string) =>
    new Set(results.filter(({ counts }) => (counts[count] ?? 0) > 0).map(({ address }) => address))
  return { roots: [...roots], installed: having('installed'), imported: having('imported') }
}

/** Reads one mailbox's files. Nothing is followed: what is a link where a file of ours belongs is left out. */
export async function userFiles(folders: ExportedFolders, mailbox: string): Promise<UserFiles> {
  for (const root of folders.roots) {
    const directory = join(root, encodeFileName(mailbox))
    if (!(await isFolder(directory))) continue
    const collector = new FileCollector()
    await addScripts(collector, directory, mailbox, folders.installed.has(mailbox))
    await addBooks(collector, directory, folders.imported.has(mailbox))
    return collector.result()
  }
  return NO_FILES
}

class FileCollector {
  readonly #attachments: MessageAttachment[] = []
  readonly #scripts: AttachedFiles['scripts'][number][] = []
  readonly #books: AttachedFiles['addressBooks'][number][] = []
  readonly #leftOut: string[] = []
  #bytes = 0

  /** False: there is no room for it, or no file. */
  add(fileName: string, contentType: string, content: Buffer | 'too-large' | undefined): boolean {
    if (content === undefined) return false
    const isFull = this.#attachments.length >= MAX_FILES
    if (content === 'too-large' || isFull || this.#bytes + content.length > MAX_ALL_BYTES) {
      this.#leftOut.push(fileName)
      return false
    }
    this.#bytes += content.length
    this.#attachments.push({ fileName, contentType, content })
    return true
  }

  unusedName(wanted: string): string {
    const [, stem = wanted, ending = ''] = /^(.*?)(\.[a-z]+)?$/u.exec(wanted) ?? []
    const taken = new Set(this.#attachments.map(({ fileName }) => fileName))
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${stem}-${number}${ending}`
      if (!taken.has(name)) return name
    }
  }

  script(script: AttachedFiles['scripts'][number]): void {
    this.#scripts.push(script)
  }

  book(book: AttachedFiles['addressBooks'][number]): void {
    this.#books.push(book)
  }

  result(): UserFiles {
    return {
      attachments: this.#attachments,
      described: { scripts: this.#scripts, addressBooks: this.#books },
      leftOut: this.#leftOut,
    }
  }
}

async function addScripts(
  collector: FileCollector,
  directory: string,
  mailbox: string,
  isInstalled: boolean,
): Promise<void> {
  const sieve = join(directory, SIEVE_FOLDER)
  const bytes = await read(join(sieve, MANIFEST_FILE), MAX_MANIFEST_BYTES)
  const manifest = bytes === 'too-large' ? undefined : parseManifest(bytes, mailbox)
  for (const { name, active, original, rewritten, removedAt } of manifest?.scripts ?? []) {
    if (removedAt !== undefined) continue
    const path = inside(rewritten ?? original)
    if (path === undefined) continue
    const fileName = collector.unusedName(`${readableName(name)}.sieve`)
    const content = await read(join(sieve, ...path), MAX_FILE_BYTES)
    if (collector.add(fileName, 'application/sieve', content))
      collector.script({ fileName, name, active, installed: active && isInstalled })
  }
}

/** Of the manifest: a folder of ours and a file, never a way out. */
function inside(path: string): readonly string[] | undefined {
  const parts = path.split('/')
  return parts.every((part) => /^[^\0\\/]+$/.test(part) && part !== '.' && part !== '..') ? parts : undefined
}

/** For the user's own folder: his programs need no escapes. */
function readableName(name: string): string {
  const plain = name
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
    .replace(/^[. ]+/u, '')
    .slice(0, 80)
    .trim()
  return plain === '' ? 'filter' : plain
}

const BOOKS_FOLDER = 'addressbooks'

async function addBooks(collector: FileCollector, directory: string, isImported: boolean): Promise<void> {
  const folder = join(directory, BOOKS_FOLDER)
  if (!(await isFolder(folder))) return
  const names = (await readdir(folder)).filter((name) => /^[\w-]+\.vcf$/.test(name)).toSorted()
  for (const name of names) {
    const content = await read(join(folder, name), MAX_FILE_BYTES)
    if (!collector.add(name, 'text/vcard; charset=utf-8', content) || !Buffer.isBuffer(content)) continue
    const contacts = content.toString('latin1').match(/^BEGIN:VCARD\r?$/gim)?.length ?? 0
    collector.book({ fileName: name, contacts, imported: isImported })
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory()
  } catch {
    return false
  }
}

async function read(path: string, maxBytes: number): Promise<Buffer | 'too-large' | undefined> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) return undefined
      return stats.size > maxBytes ? 'too-large' : await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch {
    return undefined
  }
}
