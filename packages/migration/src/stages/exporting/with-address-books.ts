import type { CardFate } from '@iteg/sieve-export'
import type { AddressBookFailure, AddressBookSource, ExportedAddressBooks } from './address-books.ts'
import { cards, type ContactImport } from './contact-import.ts'
import type { ExportFolder } from './export-folder.ts'
import type { Finding } from '../finding.ts'

/** What is known of a mailbox once its filters were exported. */
export interface ExportedSoFar {
  readonly mailbox: string
  readonly language: 'de' | 'en'
  readonly outcome: 'done' | 'unchanged' | 'failed' | 'planned'
  readonly failure?: AddressBookFailure
}

/** Adds a mailbox's address books to what was exported of it. What fails here leaves the rest as it is. */
export async function withAddressBooks<Result extends ExportedSoFar>(
  result: Result,
  source: AddressBookSource,
  root: ExportFolder | undefined,
  signal: AbortSignal | undefined,
): Promise<Result & { readonly addressBooks?: ExportedAddressBooks }> {
  const { mailbox, language } = result
  const exported = await source.export({
    mailbox,
    language,
    root,
    ...(signal === undefined ? {} : { signal }),
  })
  if (exported === undefined) return result
  if ('failure' in exported)
    return { ...result, outcome: 'failed', failure: result.failure ?? exported.failure }
  const outcome = result.outcome === 'unchanged' && exported.changed ? 'done' : result.outcome
  const { directory } = exported.value
  return {
    ...(directory === undefined ? {} : { directory }),
    ...result,
    outcome,
    addressBooks: exported.value,
  }
}

/** What an admin should know of a mailbox's contacts. Pure. */
export function addressBookFindings(
  domain: string,
  mailbox: string,
  exported: ExportedAddressBooks | undefined,
): readonly Finding[] {
  return [
    ...setAsideFindings(domain, mailbox, exported),
    ...(exported?.import === undefined ? [] : importFindings(domain, mailbox, exported.import)),
  ]
}

function importFindings(domain: string, mailbox: string, { books }: ContactImport): readonly Finding[] {
  const of = (...fates: readonly CardFate[]): readonly string[] =>
    books.flatMap(({ name: book, notes }) =>
      notes.filter(({ fate }) => fates.includes(fate)).map(({ name }) => `${name} (${book})`),
    )
  const sum = (count: (book: ContactImport['books'][number]) => number): number =>
    books.reduce((total, book) => total + count(book), 0)
  const refused = sum((book) => book.refused)
  const left = sum((book) => book.changedThere + book.foreign)
  const common = { domain, item: mailbox }
  return [
    ...(refused === 0
      ? []
      : [
          {
            ...common,
            code: 'contacts-refused',
            severity: 'yellow' as const,
            message: `SOGo does not take ${cards(refused)}, such as ${of('refused')[0] ?? 'one without a name'}.`,
            remedy: 'They are in the export: the user can bring them in by hand.',
          },
        ]),
    ...(left === 0
      ? []
      : [
          {
            ...common,
            code: 'contacts-left-alone',
            severity: 'info' as const,
            message: `${cards(left)} differ from the old server's and stay as they are in SOGo, such as ${of('changedThere', 'foreign')[0] ?? 'one without a name'}.`,
            remedy: 'Nothing has to be done: the user changed them there.',
          },
        ]),
  ]
}

function setAsideFindings(
  domain: string,
  mailbox: string,
  exported: ExportedAddressBooks | undefined,
): readonly Finding[] {
  const setAside = (exported?.books ?? []).reduce((sum, book) => sum + book.setAside, 0)
  if (setAside === 0) return []
  const first = exported?.books.flatMap(({ remarks }) => remarks)[0]
  return [
    {
      code: 'contacts-set-aside',
      severity: 'info',
      domain,
      item: mailbox,
      message: `${setAside} contacts could not be taken along${first === undefined ? '.' : `, such as ${first}`}`,
      remedy: 'addressbooks/set-aside.jsonl has each of them as it was stored, with the reason.',
    },
  ]
}
