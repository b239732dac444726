import type { Ledger } from '../../ledger/ledger.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import type { AddressBookSource } from './address-books.ts'
import type { ExportRequest } from './export-mailbox.ts'
import type { ExportMailbox } from './export-report.ts'
import { type ContactServer, importContacts, wantsContacts } from './import-contacts.ts'

/** Between two events of progress: a book may have tens of thousands of cards. */
const PROGRESS_EVERY = 50

/** Puts a mailbox's exported address books into SOGo as well, where that is asked for. What fails leaves the rest as it is. */
export async function withContacts(
  migration: Migration,
  ledger: Ledger,
  { domain, mailbox, settings, isOurs }: ExportRequest,
  result: ExportMailbox,
  {
    source,
    server,
    dryRun,
  }: { readonly source: AddressBookSource; readonly server: ContactServer; readonly dryRun: boolean },
  options: StageOptions,
): Promise<ExportMailbox> {
  const { addressBooks, language } = result
  if (addressBooks === undefined || !wantsContacts(settings, mailbox)) return result
  const books = await source.read(mailbox, options.signal)
  if (books === undefined) return result
  if ('failure' in books) return { ...result, outcome: 'failed', failure: result.failure ?? books.failure }
  let done = 0
  const request = { domain, mailbox, language, isOurs, books: books.value, dryRun }
  const { failure, ...imported } = await importContacts(migration, ledger, request, server, {
    ...options,
    onLeftBehind: (message) => migration.emit({ type: 'notice', stage: 'export', domain, mailbox, message }),
    onCard: (book) => {
      done += 1
      if (done % PROGRESS_EVERY !== 0) return
      const amount = { messages: done, bytes: 0 }
      migration.emit({
        type: 'mailbox-progress',
        stage: 'export',
        domain,
        mailbox,
        folder: book,
        done: amount,
      })
    },
  })
  const outcome = result.outcome === 'unchanged' && imported.outcome === 'imported' ? 'done' : result.outcome
  return {
    ...result,
    outcome: failure === undefined ? outcome : 'failed',
    addressBooks: { ...addressBooks, import: imported },
    ...(failure === undefined ? {} : { failure: result.failure ?? failure }),
  }
}
