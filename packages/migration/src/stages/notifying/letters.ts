import type { Ledger } from '../../ledger/ledger.ts'
import { ExportFolder } from '../exporting/export-folder.ts'
import { encodeFileName } from '../exporting/file-names.ts'
import type { Migration } from '../migration.ts'
import type { NoticeOrder } from './deliver.ts'

const FOLDER = 'letters'
/** In the ledger a letter stands beside the mail that it takes the place of. */
const OCCASION = 'letter'
const MAX_LETTER_BYTES = 4 * 1024 * 1024

function letterOccasion(occasion: string): string {
  return occasion === '' ? OCCASION : `${occasion} ${OCCASION}`
}

/** The folder of a domain's letters: 0700, files 0600. */
async function letterFolder(migration: Migration, domain: string): Promise<ExportFolder> {
  const root = await ExportFolder.root(migration.config.workDir)
  return (await root.folder(FOLDER)).folder(encodeFileName(domain))
}

/**
 * Writes a letter to print, once for each version of its text; one that is there already stays. It holds the password where
 * its mail does: private, and gone with `removeLetters`. Resolves to its file.
 */
export async function writeLetter(
  migration: Migration,
  ledger: Ledger,
  order: Pick<NoticeOrder, 'name' | 'language' | 'version' | 'announces' | 'again'>,
  render: () => Promise<string>,
): Promise<string> {
  const { name, language, version, announces } = order
  const { domain, recipient, kind, occasion } = name
  const folder = await letterFolder(migration, domain)
  const file = `${encodeFileName(recipient)}.${kind}${occasion === '' ? '' : `.${encodeFileName(occasion)}`}.html`
  const path = folder.file(file)
  const letter = { domain, recipient, kind, occasion: letterOccasion(occasion) }
  const known = await ledger.notices.find(letter)
  const isWritten = known.some((notice) => notice.version === version && notice.outcome === 'delivered')
  if (isWritten && !order.again && (await folder.read(file, MAX_LETTER_BYTES)) !== undefined) return path
  const html = await render()
  const id = await ledger.notices.intend({
    ...letter,
    version,
    round: 1,
    language,
    via: 'letter',
    messageId: path,
    announces,
  })
  await folder.put(file, html)
  await ledger.notices.settle(id, { outcome: 'delivered', place: path })
  return path
}

/** Removes every letter of a mailbox: they hold its initial password. */
export async function removeLetters(
  migration: Migration,
  ledger: Ledger,
  of: { readonly domain: string; readonly mailbox: string },
): Promise<number> {
  const folder = await letterFolder(migration, of.domain)
  let removed = 0
  for (const notice of await ledger.notices.list(of.domain)) {
    if (notice.via !== 'letter' || notice.recipient !== of.mailbox || notice.removedAt !== undefined) continue
    const name = notice.place?.slice(folder.path.length + 1) ?? ''
    if (notice.place !== folder.file(name) || name.includes('/')) continue
    if (await folder.remove(name)) removed += 1
    await ledger.notices.markRemoved(notice.id)
  }
  return removed
}
