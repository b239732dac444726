import type { AddressBook, BookKind, ContactEntry, MailboxAddressBooks } from '../roundcube/books.ts'
import { escapeText } from '../vcard/property.ts'
import { stableUid } from '../vcard/uid.ts'
import { writeCard } from '../vcard/write.ts'
import type { CardFate, RemoteBook } from './remote-book.ts'
import { digestOf, type ImportedCard, type ImportState } from './state.ts'
import type { CardDavServerOptions, Transport } from './transport.ts'

export interface ImportAddressBooksOptions {
  readonly server: CardDavServerOptions
  readonly state: ImportState
  /** Names of the books that we make. Default: English. */
  readonly language?: 'de' | 'en'
  /** A book per group, with copies of its members. Default: true. In the personal book groups are categories anyway. */
  readonly groupBooks?: boolean
  readonly signal?: AbortSignal
  readonly onEvent?: (event: ImportEvent) => void
  /** Called once, before the first book or card is sent; nothing is sent until it resolves. */
  readonly onBeforeWrite?: () => Promise<void>
}

export interface ImportEvent {
  readonly type: 'card'
  readonly book: string
  readonly name: string
  readonly fate: CardFate
}

export interface ImportedBook {
  /** As the user sees it. */
  readonly name: string
  /** False: the user removed a book that an earlier run made. It stays removed. */
  readonly present: boolean
  readonly fates: Readonly<Record<CardFate, number>>
  /** Cards that the server does not take, and those left alone because the user changed them; at most 100. */
  readonly notes: readonly { readonly name: string; readonly fate: CardFate }[]
}

export interface ImportReport {
  readonly books: readonly ImportedBook[]
  /** Contacts that could not become cards. */
  readonly setAside: number
}

const noteLimit = 100
/** SOGo has this one for everybody. */
const personalBook = 'personal'

const titles = {
  de: {
    personal: 'Persönliches Adressbuch',
    recipients: 'Gesammelte Empfänger',
    senders: 'Vertrauenswürdige Absender',
  },
  en: { personal: 'Personal Address Book', recipients: 'Collected Recipients', senders: 'Trusted Senders' },
} as const

/**
 * Puts address books onto a CardDAV server (SOGo): the user's contacts into the personal book, members of each group as
 * copies into a book of that name, collected recipients and trusted senders into books of their own. Names and UIDs are
 * the same every time: a second run writes nothing. What the user changed or deleted there is left alone.
 *
 * @throws CardDavError, RoundcubeError `read`
 */
export async function importAddressBooks(
  mailbox: MailboxAddressBooks,
  options: ImportAddressBooksOptions,
): Promise<ImportReport> {
  // tsdav and undici are loaded when cards are sent: who only exports starts without them.
  const { transport } = await import('./transport.ts')
  await using connection = transport(options.server, options)
  const target = new Target(connection, options)
  try {
    for (const book of mailbox.books) await importBook(book, target, options)
  } finally {
    await target.flush()
  }
  return { books: target.report(), setAside: target.setAside }
}

async function importBook(
  book: AddressBook,
  target: Target,
  options: ImportAddressBooksOptions,
): Promise<void> {
  for await (const item of cardsOf(book, options))
    if (item === 'set-aside') target.setAside += 1
    else await target.put(item)
}

/** How many cards an import would look at, and how many of them it has not written as they are now. */
export interface PendingCards {
  readonly cards: number
  readonly pending: number
}

/**
 * What an import would have to do, by its memory alone: the server is not asked. With nothing pending, an import would
 * write nothing.
 *
 * @throws RoundcubeError `read`
 */
export async function countPendingCards(
  mailbox: MailboxAddressBooks,
  options: Pick<ImportAddressBooksOptions, 'state' | 'groupBooks' | 'signal'>,
): Promise<PendingCards> {
  const known = new Map<string, ReadonlyMap<string, ImportedCard>>()
  let cards = 0
  let pending = 0
  for (const book of mailbox.books)
    for await (const item of cardsOf(book, options)) {
      if (item === 'set-aside') continue
      const remembered = known.get(item.folder) ?? (await options.state.read(item.folder))
      known.set(item.folder, remembered)
      cards += 1
      if (remembered.get(item.file)?.sha256 !== digestOf(item.card)) pending += 1
    }
  return { cards, pending }
}

/** A card with its place. */
interface PlacedCard {
  readonly folder: string
  readonly title: string
  readonly file: string
  readonly card: string
  readonly name: string
}

async function* cardsOf(
  book: AddressBook,
  { language, groupBooks, signal }: Pick<ImportAddressBooksOptions, 'language' | 'groupBooks' | 'signal'>,
): AsyncGenerator<PlacedCard | 'set-aside'> {
  const title = titles[language ?? 'en'][book.kind]
  for await (const entry of book.entries()) {
    signal?.throwIfAborted()
    if (entry.kind === 'set-aside') yield 'set-aside'
    if (entry.kind !== 'contact') continue
    yield placed(entry, entry.uid, folderOf(book.kind), title)
    if (groupBooks ?? true)
      for (const group of entry.groups)
        yield placed(entry, stableUid('copy', group, entry.uid), groupFolder(group), group)
  }
}

function placed({ card, name }: ContactEntry, uid: string, folder: string, title: string): PlacedCard {
  const properties = card.properties.map((line) =>
    line.name === 'UID' ? { ...line, value: escapeText(uid) } : line,
  )
  return { folder, title, file: fileName(uid), card: writeCard({ properties }), name }
}

function folderOf(kind: BookKind): string {
  return kind === 'personal' ? personalBook : `mailmove-${kind}`
}

function groupFolder(group: string): string {
  return `mailmove-${stableUid('group-book', group).slice(0, 18)}`
}

interface OpenBook {
  readonly title: string
  readonly remote: RemoteBook | undefined
  readonly fates: Record<CardFate, number>
  readonly notes: { name: string; fate: CardFate }[]
}

/** The books on the server, opened when their first card comes. */
class Target {
  readonly #connection: Transport
  readonly #options: ImportAddressBooksOptions
  readonly #books = new Map<string, OpenBook>()
  setAside = 0

  constructor(connection: Transport, options: ImportAddressBooksOptions) {
    this.#connection = connection
    this.#options = options
  }

  async put({ folder, title, file, card, name }: PlacedCard): Promise<void> {
    const book = this.#books.get(folder) ?? (await this.#open(folder, title))
    if (book.remote === undefined) return
    const fate = await book.remote.put(file, card)
    book.fates[fate] += 1
    const isNews = fate === 'refused' || fate === 'changedThere' || fate === 'foreign'
    if (isNews && book.notes.length < noteLimit) book.notes.push({ name, fate })
    this.#options.onEvent?.({ type: 'card', book: book.title, name, fate })
  }

  async flush(): Promise<void> {
    for (const { remote } of this.#books.values()) await remote?.flush()
  }

  report(): ImportedBook[] {
    return [...this.#books.values()].map(({ title, remote, fates, notes }) => ({
      name: title,
      present: remote !== undefined,
      fates,
      notes,
    }))
  }

  async #open(name: string, title: string): Promise<OpenBook> {
    const { server, state } = this.#options
    const remote = await (
      await import('./remote-book.ts')
    ).RemoteBook.open(this.#connection, state, {
      home: server.home,
      name,
      displayName: title,
    })
    const fates = {
      written: 0,
      updated: 0,
      unchanged: 0,
      changedThere: 0,
      deletedThere: 0,
      foreign: 0,
      refused: 0,
    }
    const book: OpenBook = { title, remote, fates, notes: [] }
    this.#books.set(name, book)
    return book
  }
}

/** One name for a UID, of characters that no server minds. */
function fileName(uid: string): string {
  return `${/^[\da-f-]{36}$/i.test(uid) ? uid.toLowerCase() : stableUid('file', uid)}.vcf`
}
