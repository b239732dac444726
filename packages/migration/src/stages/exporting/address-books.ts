import {
  type AddressBookCounts,
  countAddressBooks,
  isRoundcubeError,
  type MailboxAddressBooks,
  openRoundcube,
  readAddressBooks,
  type RoundcubeDatabase,
  writeAddressBooks,
  type WrittenBook,
} from '@iteg/sieve-export'
import type { OldConfig } from '../../config/index.ts'
import type { ContactImport } from './contact-import.ts'
import type { ExportFolder } from './export-folder.ts'
import { encodeFileName } from './file-names.ts'

/** What Roundcube kept for one mailbox, and what became of it. */
export interface ExportedAddressBooks {
  readonly books: readonly ExportedBook[]
  /** Senders with their signatures. */
  readonly identities: number
  readonly responses: number
  /** Absolute: the folder of the mailbox; absent in a dry run. */
  readonly directory?: string
  /** Absolute paths; empty in a dry run. */
  readonly files: readonly string[]
  /** Absent unless the configuration says `importContacts`. */
  readonly import?: ContactImport
}

export interface ExportedBook {
  /** The user's own contacts, collected recipients, trusted senders. */
  readonly kind: 'personal' | 'recipients' | 'senders'
  readonly contacts: number
  readonly groups: number
  /** Contacts in which something was mended. */
  readonly repaired: number
  /** Contacts that are not in the book; `addressbooks/set-aside.jsonl` has them as they were. */
  readonly setAside: number
  /** One sentence for each of the first of them. */
  readonly remarks: readonly string[]
}

export interface AddressBookFailure {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

export interface AddressBookRequest {
  readonly mailbox: string
  readonly language: 'de' | 'en'
  /** Where each mailbox has a folder; absent in a dry run, which counts only. */
  readonly root: ExportFolder | undefined
  readonly signal?: AbortSignal
}

const remarkLimit = 20

/** Roundcube's database, opened for the first mailbox that asks, once for all. */
export class AddressBookSource implements AsyncDisposable {
  readonly #url: (() => string) | undefined
  #opening: Promise<RoundcubeDatabase> | undefined

  /** @param source `old.addressBooks`; without it there is nothing to export */
  constructor(source: OldConfig['addressBooks']) {
    this.#url = source === undefined ? undefined : () => source.url.reveal()
  }

  /** Exports one mailbox; undefined when there is no Roundcube, or nothing of this mailbox in it. */
  async export(
    request: AddressBookRequest,
  ): Promise<
    | { readonly value: ExportedAddressBooks; readonly changed: boolean }
    | { readonly failure: AddressBookFailure }
    | undefined
  > {
    return this.#asking(request.signal, (db) => exportFrom(db, request))
  }

  /** What Roundcube keeps for a mailbox, to be read on. */
  async read(
    mailbox: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly value: MailboxAddressBooks } | { readonly failure: AddressBookFailure } | undefined> {
    return this.#asking(signal, async (db) => ({ value: await readAddressBooks(db, mailbox) }))
  }

  /** How much Roundcube keeps for a mailbox. */
  async count(
    mailbox: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly value: AddressBookCounts } | { readonly failure: AddressBookFailure } | undefined> {
    return this.#asking(signal, async (db) => ({ value: await countAddressBooks(db, mailbox) }))
  }

  async #asking<Value>(
    signal: AbortSignal | undefined,
    ask: (db: RoundcubeDatabase) => Promise<Value>,
  ): Promise<Value | { readonly failure: AddressBookFailure } | undefined> {
    const url = this.#url
    if (url === undefined) return undefined
    try {
      // One that cannot be opened cannot be for the next mailbox either: all of them get the same answer.
      this.#opening ??= openRoundcube(url())
      return await ask(await this.#opening)
    } catch (error) {
      signal?.throwIfAborted()
      if (!isRoundcubeError(error)) throw error
      return { failure: failureOf(error.code, error.message) }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined)
    await opened?.close()
  }
}

async function exportFrom(
  db: RoundcubeDatabase,
  { mailbox, language, root, signal }: AddressBookRequest,
): Promise<{ readonly value: ExportedAddressBooks; readonly changed: boolean } | undefined> {
  if (root === undefined) return counted(db, mailbox)
  const found = await readAddressBooks(db, mailbox)
  if (found.users.length === 0) return undefined
  const folder = await root.folder(encodeFileName(mailbox))
  const written = await writeAddressBooks(found, folder.path, {
    language,
    ...(signal === undefined ? {} : { signal }),
  })
  return {
    value: {
      books: written.books.map(exportedBook),
      identities: written.identities,
      responses: written.responses,
      directory: folder.path,
      files: written.files.map((file) => folder.file(file)),
    },
    changed: written.changed,
  }
}

function exportedBook({
  kind,
  contacts,
  groups,
  repairedCount,
  setAsideCount,
  setAside,
}: WrittenBook): ExportedBook {
  return {
    kind,
    contacts,
    groups,
    repaired: repairedCount,
    setAside: setAsideCount,
    remarks: setAside.slice(0, remarkLimit).map(({ name, reason }) => `${name}: ${reason}.`),
  }
}

async function counted(
  db: RoundcubeDatabase,
  mailbox: string,
): Promise<{ readonly value: ExportedAddressBooks; readonly changed: boolean }> {
  const { contacts, groups, recipients, senders, identities, responses } = await countAddressBooks(
    db,
    mailbox,
  )
  const nothing = { groups: 0, repaired: 0, setAside: 0, remarks: [] }
  const books: ExportedBook[] = [
    { ...nothing, kind: 'personal', contacts, groups },
    { ...nothing, kind: 'recipients', contacts: recipients },
    { ...nothing, kind: 'senders', contacts: senders },
  ]
  return { value: { books, identities, responses, files: [] }, changed: false }
}

function failureOf(code: string, message: string): AddressBookFailure {
  return {
    code: `address-books-${code}`,
    message,
    remedy:
      code === 'write'
        ? 'Check rights and space, or name another folder with --out.'
        : 'Check old.addressBooks in the configuration, and run the export again.',
  }
}
