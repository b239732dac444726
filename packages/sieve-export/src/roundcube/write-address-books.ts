import { existsSync } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { csvHead, csvRow } from '../vcard/csv.ts'
import { writeCard } from '../vcard/write.ts'
import type { AddressBook, BookKind, MailboxAddressBooks } from './books.ts'
import { RoundcubeError } from './errors.ts'
import { identitiesText, responsesText } from './readable.ts'
import { holds, sameFolders } from './same-files.ts'

export interface WriteAddressBooksOptions {
  readonly signal?: AbortSignal
  /** The language of the readable files. Default: English. */
  readonly language?: 'de' | 'en'
}

export interface WrittenAddressBooks {
  readonly books: readonly WrittenBook[]
  readonly identities: number
  readonly responses: number
  /** Paths below the folder, of every file that is there now. */
  readonly files: readonly string[]
  /** False: all of it was there already, just so. */
  readonly changed: boolean
}

export interface WrittenBook {
  readonly kind: BookKind
  readonly contacts: number
  readonly groups: number
  /** Contacts in which something had to be mended, with what; at most 100. */
  readonly repaired: readonly { readonly name: string; readonly repairs: readonly string[] }[]
  readonly repairedCount: number
  /** Contacts that are not in the book, with the reason; at most 100 (the files have all). */
  readonly setAside: readonly { readonly name: string; readonly reason: string }[]
  readonly setAsideCount: number
}

/** A report does not grow with the trouble. */
const listLimit = 100

const names: Readonly<Record<BookKind, string>> = {
  personal: 'personal',
  recipients: 'collected-recipients',
  senders: 'trusted-senders',
}

/**
 * Writes `addressbooks/NAME.vcf` and `.csv` into a folder of the mailbox (made when it is missing), the groups as cards
 * in `addressbooks/personal-groups.vcf`, contacts that could not be taken along as they were stored in
 * `addressbooks/set-aside.jsonl`, and `identities.json`, `identities.txt`, `responses.json`, `responses.txt`. Empty books
 * get no file. What an earlier run wrote is replaced, as a whole, once the new files are complete. One contact at a
 * time is in memory. Files are 0600, folders 0700.
 *
 * @throws RoundcubeError `read`, `write`
 */
export async function writeAddressBooks(
  mailbox: MailboxAddressBooks,
  directory: string,
  options: WriteAddressBooksOptions = {},
): Promise<WrittenAddressBooks> {
  const target = path.join(directory, 'addressbooks')
  const fresh = `${target}.new`
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh, { mode: 0o700 })
    const files: string[] = []
    const books: WrittenBook[] = []
    for (const book of mailbox.books) books.push(await writeBook(book, fresh, files, options.signal))
    let changed = await replaceFolder(target, fresh, files.length === 0)
    const written = files.map((file) => path.join('addressbooks', file))
    const { identities, responses } = mailbox
    const language = options.language ?? 'en'
    const lists = [
      { name: 'identities', list: identities, text: identitiesText(identities, language) },
      { name: 'responses', list: responses, text: responsesText(responses, language) },
    ]
    for (const list of lists) {
      const result = await writeList(directory, list)
      written.push(...result.files)
      changed ||= result.changed
    }
    return { books, identities: identities.length, responses: responses.length, files: written, changed }
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }).catch(() => {})
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new RoundcubeError('write', `The address books cannot be written: ${error.message}.`, {
      cause: error,
    })
  }
}

async function writeBook(
  book: AddressBook,
  directory: string,
  files: string[],
  signal: AbortSignal | undefined,
): Promise<WrittenBook> {
  const name = names[book.kind]
  await using cards = new Output(directory, `${name}.vcf`, files)
  await using table = new Output(directory, `${name}.csv`, files)
  await using groupCards = new Output(directory, `${name}-groups.vcf`, files)
  await using asideFile = new Output(directory, 'set-aside.jsonl', files)
  const repaired: { name: string; repairs: readonly string[] }[] = []
  const setAside: { name: string; reason: string }[] = []
  const counts = { contacts: 0, groups: 0, repaired: 0, setAside: 0 }
  const aside = async (entry: { name: string; reason: string; original: string | null }): Promise<void> => {
    await asideFile.write(`${JSON.stringify({ book: name, ...entry })}\n`)
  }
  for await (const entry of book.entries()) {
    signal?.throwIfAborted()
    switch (entry.kind) {
      case 'contact':
        if (counts.contacts === 0) await table.write(csvHead())
        counts.contacts += 1
        await cards.write(writeCard(entry.card))
        await table.write(csvRow(entry.card))
        if (entry.repairs.length > 0) counts.repaired += 1
        if (entry.repairs.length > 0 && repaired.length < listLimit)
          repaired.push({ name: entry.name, repairs: entry.repairs })
        if (entry.original !== undefined)
          await aside({ name: entry.name, reason: entry.repairs.join('; '), original: entry.original })
        break
      case 'group':
        counts.groups += 1
        await groupCards.write(writeCard(entry.card))
        break
      case 'set-aside':
        counts.setAside += 1
        if (setAside.length < listLimit) setAside.push({ name: entry.name, reason: entry.reason })
        await aside({ name: entry.name, reason: entry.reason, original: entry.original ?? null })
        break
      default:
        entry satisfies never
    }
  }
  return {
    kind: book.kind,
    contacts: counts.contacts,
    groups: counts.groups,
    repaired,
    repairedCount: counts.repaired,
    setAside,
    setAsideCount: counts.setAside,
  }
}

/** Resolves to whether there was something to replace, or to remove. */
async function replaceFolder(target: string, fresh: string, isEmpty: boolean): Promise<boolean> {
  const isSame = isEmpty ? !existsSync(target) : await sameFolders(target, fresh)
  if (!isSame) await rm(target, { recursive: true, force: true })
  if (isEmpty || isSame) await rm(fresh, { recursive: true, force: true })
  else await rename(fresh, target)
  return !isSame
}

async function writeList(
  directory: string,
  { name, list, text }: { readonly name: string; readonly list: readonly unknown[]; readonly text: string },
): Promise<{ readonly files: readonly string[]; readonly changed: boolean }> {
  const contents = new Map([
    [`${name}.json`, `${JSON.stringify(list, null, 2)}\n`],
    [`${name}.txt`, text],
  ])
  let changed = false
  for (const [file, content] of contents) {
    const whole = path.join(directory, file)
    if (list.length === 0) {
      changed ||= existsSync(whole)
      await rm(whole, { force: true })
    } else if (!(await holds(whole, content))) {
      changed = true
      await writeFile(`${whole}.new`, content, { mode: 0o600 })
      await rename(`${whole}.new`, whole)
    }
  }
  return { files: list.length === 0 ? [] : [...contents.keys()], changed }
}

/** Writing in pieces that are worth a system call. */
const bufferBytes = 64 * 1024

/** A file that comes into being with its first line. */
class Output implements AsyncDisposable {
  readonly #directory: string
  readonly #name: string
  readonly #files: string[]
  #handle: Awaited<ReturnType<typeof open>> | undefined
  #pending: string[] = []
  #size = 0

  constructor(directory: string, name: string, files: string[]) {
    this.#directory = directory
    this.#name = name
    this.#files = files
  }

  async write(text: string): Promise<void> {
    this.#pending.push(text)
    this.#size += text.length
    if (this.#size >= bufferBytes) await this.#flush()
  }

  async #flush(): Promise<void> {
    if (this.#size === 0) return
    this.#handle ??= await open(path.join(this.#directory, this.#name), 'a', 0o600)
    if (!this.#files.includes(this.#name)) this.#files.push(this.#name)
    await this.#handle.appendFile(this.#pending.join(''))
    this.#pending = []
    this.#size = 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#flush()
    } finally {
      await this.#handle?.close()
    }
  }
}
