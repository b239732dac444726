import {
  countPendingCards,
  importAddressBooks,
  type ImportState,
  isCardDavError,
  isRoundcubeError,
  type MailboxAddressBooks,
} from '@iteg/sieve-export'
import type { DomainConfig } from '../../config/index.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { ServerError } from '../errors.ts'
import type { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'
import type { AddressBookFailure } from './address-books.ts'
import { cards, type ContactImport, describedImport } from './contact-import.ts'
import { withDavPassword } from './dav-login.ts'

/** What the mailboxes of one export share of SOGo. */
export interface ContactServer {
  readonly guard: LoginGuard
  /** Set once it cannot be reached at all: nobody waits for it again. */
  away: AddressBookFailure | undefined
}

export interface ContactRequest {
  readonly domain: string
  readonly mailbox: string
  readonly language: 'de' | 'en'
  /** It is on mailcow, by us or with our blessing. */
  readonly isOurs: boolean
  readonly books: MailboxAddressBooks
  readonly dryRun: boolean
}

export interface ContactImportOptions extends StageOptions {
  readonly onLeftBehind: (message: string) => void
  /** A card more is settled. */
  readonly onCard: (book: string) => void
}

export type ContactImportResult = ContactImport & { readonly failure?: AddressBookFailure }

export function wantsContacts(settings: DomainConfig, mailbox: string): boolean {
  return settings.mailboxes.get(mailbox)?.importContacts ?? settings.importContacts
}

/**
 * Puts the contacts of one mailbox into SOGo. What was written is remembered in the ledger: a run after a death in the
 * middle looks at what is there and goes on, one without news asks nobody and makes no app password. Fails as data.
 */
export async function importContacts(
  migration: Migration,
  ledger: Ledger,
  request: ContactRequest,
  server: ContactServer,
  options: ContactImportOptions,
): Promise<ContactImportResult> {
  const { domain, mailbox, books, isOurs, dryRun } = request
  const made = await ledger.objects.get(domain, 'mailbox', mailbox)
  const state = ledger.importedCards.stateOf(mailbox, made?.createdAt)
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  try {
    const { cards: all, pending } = await countPendingCards(books, { state, ...signal })
    if (all === 0) return nothing('none', 'There are no contacts.')
    if (!isOurs) return nothing('waiting', 'The mailbox is not on mailcow yet.')
    if (pending === 0) {
      if (!dryRun) await settle(ledger, request)
      return nothing('unchanged', `${cards(all)} were put into SOGo before; nothing is new.`)
    }
    if (dryRun) return nothing('planned', `${cards(pending)} would be put into SOGo.`)
    const stopped = server.guard.stopReason
    if (server.away !== undefined) return failed(server.away)
    if (stopped !== undefined) return failed(failure('contacts-login', `SOGo was not asked: ${stopped}.`))
    return await send(migration, ledger, request, state, server, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof ServerError) return failed(failure('new-mailcow', error.message, error.hint))
    if (isRoundcubeError(error)) return failed(failure(`address-books-${error.code}`, error.message))
    if (!isCardDavError(error)) throw error
    server.guard.refusedBy(error)
    const found = failure(`contacts-${error.code}`, asSentence(error.message))
    if (error.code === 'connect') server.away = found
    return failed(found)
  }
}

const SYSTEM = 'new-carddav'

async function send(
  migration: Migration,
  ledger: Ledger,
  request: ContactRequest,
  state: ImportState,
  server: ContactServer,
  options: ContactImportOptions,
): Promise<ContactImport> {
  const { domain, mailbox, books, language } = request
  const { url, ca } = migration.config.new.cardDav
  const home = url.replaceAll('%u', encodeURIComponent(mailbox))
  let write: number | undefined
  try {
    const report = await withDavPassword(migration, ledger, { domain, mailbox }, options, (password) =>
      importAddressBooks(books, {
        server: { home, user: mailbox, password, ...(ca === undefined ? {} : { ca }) },
        state,
        language,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        onEvent: ({ book }) => options.onCard(book),
        onBeforeWrite: async () => {
          write = await ledger.writes.recordIntent({
            domain,
            system: SYSTEM,
            operation: 'addressBooks.import',
            item: mailbox,
          })
        },
      }),
    )
    server.guard.accepted()
    const described = describedImport(report)
    await settle(ledger, request, described.message)
    return described
  } catch (error) {
    // What arrived is remembered, or will be found there: it counts as unsettled until a later run has come to its end.
    const message = error instanceof Error ? error.message : 'unknown reason'
    if (write !== undefined) await ledger.writes.recordOutcome(write, { outcome: 'unknown', message })
    throw error
  }
}

/** This run's write, and those of earlier runs that died: all of it is made up for. */
async function settle(
  ledger: Ledger,
  { domain, mailbox }: ContactRequest,
  message = 'a later run found all of it there',
): Promise<void> {
  for (const { id, system, item } of await ledger.writes.open(domain))
    if (system === SYSTEM && item === mailbox)
      await ledger.writes.recordOutcome(id, { outcome: 'done', message })
}

function nothing(outcome: ContactImport['outcome'], message: string): ContactImport {
  return { outcome, message, books: [] }
}

function failed(reason: AddressBookFailure): ContactImportResult {
  return { outcome: 'failed', message: reason.message, books: [], failure: reason }
}

const remedies: Readonly<Record<string, string>> = {
  'contacts-login':
    'Check that the mailbox is active on mailcow; if DAV is switched off there, leave importContacts out.',
  'contacts-connect': 'Check new.cardDav and whether SOGo runs on mailcow; then run the export again.',
  'contacts-busy': 'Look at SOGo on mailcow; then run the export again: it goes on where it was.',
}

function failure(code: string, message: string, remedy?: string): AddressBookFailure {
  return {
    code,
    message,
    remedy:
      remedy ?? remedies[code] ?? 'The files are written. Run the export again: it goes on where it was.',
  }
}
