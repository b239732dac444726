import type { CardFate, ImportedBook, ImportReport } from '@iteg/sieve-export'

/** What became of the opt-in `importContacts`: address books in SOGo. */
export interface ContactImport {
  /**
   * - `imported`: something was written · `unchanged`: all of it was there, or the user has the last word
   * - `planned`: in a dry run · `none`: there are no contacts · `waiting`: the mailbox is not on mailcow yet
   * - `failed`: should have worked; run again, it goes on where it was
   */
  readonly outcome: 'imported' | 'unchanged' | 'planned' | 'none' | 'waiting' | 'failed'
  /** One sentence. */
  readonly message: string
  /** Contacts of members of groups count once in the personal book and once in each of their groups' books. */
  readonly books: readonly ContactImportBook[]
}

export interface ContactImportBook {
  /** As the user sees it in SOGo. */
  readonly name: string
  /** False: the user removed this book; it stays removed. */
  readonly present: boolean
  readonly written: number
  readonly updated: number
  readonly unchanged: number
  /** Left alone: the user changed or deleted them there, or has others under their names. */
  readonly changedThere: number
  readonly deletedThere: number
  readonly foreign: number
  /** SOGo does not take them. */
  readonly refused: number
  /** Names of the first of those that were refused or left alone. */
  readonly notes: readonly { readonly name: string; readonly fate: CardFate }[]
}

const NOTE_LIMIT = 20

/** What the admin is told of an import. Pure. */
export function describedImport({ books }: ImportReport): ContactImport {
  const found = books.map(importedBook)
  const sum = (fates: readonly Exclude<keyof ContactImportBook, 'name' | 'present' | 'notes'>[]): number =>
    found.reduce((total, book) => total + fates.reduce((all, fate) => all + book[fate], 0), 0)
  const written = sum(['written', 'updated'])
  const left = sum(['changedThere', 'deletedThere', 'foreign'])
  const refused = sum(['refused'])
  const parts = [
    ...(written > 0 ? [`${cards(written)} put into SOGo`] : []),
    ...(sum(['unchanged']) > 0 ? [`${cards(sum(['unchanged']))} there already`] : []),
    ...(left > 0 ? [`${cards(left)} left as the user has them`] : []),
    ...(refused > 0 ? [`${cards(refused)} not taken by SOGo`] : []),
  ]
  return {
    outcome: written > 0 ? 'imported' : 'unchanged',
    message: parts.length === 0 ? 'There was nothing to put into SOGo.' : `${parts.join(', ')}.`,
    books: found,
  }
}

export function cards(number: number): string {
  return number === 1 ? '1 card' : `${number} cards`
}

function importedBook({ name, present, fates, notes }: ImportedBook): ContactImportBook {
  return { name, present, ...fates, notes: notes.slice(0, NOTE_LIMIT) }
}
