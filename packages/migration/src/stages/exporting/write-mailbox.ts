import { createHash } from 'node:crypto'
import type { ExportFolder } from './export-folder.ts'
import type { ExportedScript, FilterInstall } from './export-report.ts'
import { encodeFileName } from './file-names.ts'
import {
  type Manifest,
  MANIFEST_FILE,
  type ManifestScript,
  MAX_MANIFEST_BYTES,
  parseManifest,
  printManifest,
  withRemoved,
} from './manifest.ts'
import type { Language } from './rewriting.ts'
import { renderSummary, type SummaryScript } from './summary.ts'

/** A script of this run, with everything that goes onto the disk. */
export interface ScriptFiles {
  readonly name: string
  readonly active: boolean
  readonly listed: boolean
  readonly original: Uint8Array
  /** Absent when the script cannot be read as Sieve. */
  readonly rewritten?: Uint8Array
  readonly verdict: NonNullable<ExportedScript['verdict']>
  readonly report: Pick<ExportedScript, 'reason' | 'remarks' | 'changes' | 'notes' | 'losses' | 'spamOnly'>
  /** In the language of the user. */
  readonly sentences: Pick<SummaryScript, 'rules' | 'notes' | 'changes' | 'losses'>
}

export interface MailboxFiles {
  readonly mailbox: string
  readonly language: Language
  readonly scripts: readonly ScriptFiles[]
  /** Names of those that are there and could not be read. */
  readonly unread: readonly string[]
  readonly install: FilterInstall | undefined
}

export interface WrittenMailbox {
  /** With paths below the folder of the mailbox. */
  readonly scripts: readonly ExportedScript[]
  readonly summary?: string
  readonly changed: boolean
}

const ORIGINAL = 'original'
const REWRITTEN = 'rewritten'
const REFUSED = 'refused'
const SUMMARY_FILE = 'summary.txt'
export const SIEVE_FOLDER = 'sieve'

/** What an earlier run left of a mailbox; `undefined` when there was none. */
export async function earlierExport(sieve: ExportFolder, mailbox: string): Promise<Manifest | undefined> {
  return parseManifest(await sieve.read(MANIFEST_FILE, MAX_MANIFEST_BYTES), mailbox)
}

/** What the report says of the scripts, before and without writing anything. Pure. */
export function exportedScripts(
  { scripts, unread }: Pick<MailboxFiles, 'scripts' | 'unread'>,
  earlier: Manifest | undefined,
  now: Date,
): { readonly scripts: readonly ExportedScript[]; readonly manifest: readonly ManifestScript[] } {
  const byName = new Map(scripts.map((script) => [script.name, script]))
  const manifest = withRemoved(scripts.map(manifestScript), unread, earlier, now)
  return {
    manifest,
    scripts: manifest.map((entry) => {
      const { name, active, listed, bytes, original, rewritten, refused } = entry
      const found = byName.get(name)
      const files = {
        original,
        ...(rewritten === undefined ? {} : { rewritten }),
        ...(refused === undefined ? {} : { refused }),
      }
      const common = { name, active, listed, bytes, ...files }
      return found === undefined
        ? {
            ...common,
            state: entry.removedAt === undefined ? ('present' as const) : ('removed' as const),
            remarks: [],
            changes: [],
            notes: [],
            losses: [],
            spamOnly: false,
          }
        : { ...common, state: 'present' as const, verdict: found.verdict, ...found.report }
    }),
  }
}

function manifestScript({ name, active, listed, original, rewritten, verdict }: ScriptFiles): ManifestScript {
  const file = fileOf(name)
  return {
    name,
    active,
    listed,
    bytes: original.length,
    sha256: createHash('sha256').update(original).digest('hex'),
    original: `${ORIGINAL}/${file}`,
    ...(rewritten === undefined
      ? {}
      : verdict === 'refused'
        ? { refused: `${REFUSED}/${file}` }
        : { rewritten: `${REWRITTEN}/${file}` }),
  }
}

function fileOf(name: string): string {
  return `${encodeFileName(name)}.sieve`
}

/** Writes what has changed since the last run: scripts first, what describes them last. */
export async function writeMailbox(
  sieve: ExportFolder,
  files: MailboxFiles,
  now: Date,
): Promise<WrittenMailbox> {
  const { mailbox, language, install } = files
  const earlier = await earlierExport(sieve, mailbox)
  const folders = new SubFolders(sieve)
  await folders.sweep()
  let changed = false
  for (const { name, original, rewritten, verdict } of files.scripts) {
    const file = fileOf(name)
    const [holder, other] = verdict === 'refused' ? [REFUSED, REWRITTEN] : [REWRITTEN, REFUSED]
    const changes = [
      await folders.put(ORIGINAL, file, original),
      rewritten === undefined
        ? await folders.remove(holder, file)
        : await folders.put(holder, file, rewritten),
      // Only ever one of the two holds: what an earlier run thought of the script is over.
      await folders.remove(other, file),
    ]
    changed = changed || changes.includes(true)
  }
  const { scripts, manifest } = exportedScripts(files, earlier, now)
  const summary = renderSummary(
    { mailbox, install, scripts: scripts.map((script) => summaryScript(script, files)) },
    language,
  )
  changed = (await sieve.put(SUMMARY_FILE, summary)) === 'written' || changed
  const content: Manifest = { schema: 'mailmove.export-sieve/1', mailbox, scripts: [...manifest] }
  changed = (await sieve.put(MANIFEST_FILE, printManifest(content))) === 'written' || changed
  return {
    scripts: scripts.map((script) => ({ ...script, ...absolute(script, sieve) })),
    summary: sieve.file(SUMMARY_FILE),
    changed,
  }
}

/** The folders below `sieve/`, made when the first file needs them. Each method says whether it changed anything. */
class SubFolders {
  readonly #sieve: ExportFolder

  constructor(sieve: ExportFolder) {
    this.#sieve = sieve
  }

  async put(folder: string, file: string, content: Uint8Array): Promise<boolean> {
    return (await (await this.#sieve.folder(folder)).put(file, content)) === 'written'
  }

  async remove(folder: string, file: string): Promise<boolean> {
    return (await this.#sieve.has(folder)) && (await (await this.#sieve.folder(folder)).remove(file))
  }

  async sweep(): Promise<void> {
    await this.#sieve.sweep()
    for (const folder of [ORIGINAL, REWRITTEN, REFUSED])
      if (await this.#sieve.has(folder)) await (await this.#sieve.folder(folder)).sweep()
  }
}

/** A script that is gone is told of by its name only: nobody has read it in this run. */
function summaryScript(script: ExportedScript, { scripts }: MailboxFiles): SummaryScript {
  const found = scripts.find(({ name }) => name === script.name)
  return { script, ...(found?.sentences ?? { rules: [], notes: [], changes: [], losses: [] }) }
}

/** Paths that can be opened as they are. */
export function absolute(
  { original, rewritten, refused }: Pick<ExportedScript, 'original' | 'rewritten' | 'refused'>,
  sieve: Pick<ExportFolder, 'file'>,
): Pick<ExportedScript, 'original' | 'rewritten' | 'refused'> {
  return {
    original: sieve.file(original),
    ...(rewritten === undefined ? {} : { rewritten: sieve.file(rewritten) }),
    ...(refused === undefined ? {} : { refused: sieve.file(refused) }),
  }
}
