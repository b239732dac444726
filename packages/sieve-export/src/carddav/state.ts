import { createHash } from 'node:crypto'

/** What an import remembers of a card: how it was when we last wrote it. */
export interface ImportedCard {
  /** Of what we sent. */
  readonly sha256: string
  /** As the server called that version; absent when it did not say. */
  readonly etag?: string
}

/**
 * The memory of imports, of one mailbox. Without it a second run could not tell what the user changed or deleted from
 * what was never there.
 */
export interface ImportState {
  /** What was recorded for a book, by file name. */
  read(book: string): Promise<ReadonlyMap<string, ImportedCard>>
  /** Adds to it, or replaces. Durable when it resolves. */
  record(book: string, cards: ReadonlyMap<string, ImportedCard>): Promise<void>
}

/** A memory that ends with the process. */
export function memoryImportState(): ImportState {
  const books = new Map<string, Map<string, ImportedCard>>()
  return {
    read: (book) => Promise.resolve(new Map(books.get(book))),
    record: (book, cards) => {
      books.set(book, new Map([...(books.get(book) ?? []), ...cards]))
      return Promise.resolve()
    },
  }
}

/** How a memory knows a card again. */
export function digestOf(card: string): string {
  return createHash('sha256').update(card).digest('hex')
}
