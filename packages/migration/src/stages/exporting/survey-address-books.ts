import type { Finding } from '../finding.ts'
import type { SurveyAddressBooks } from '../survey-report.ts'
import type { AddressBookSource } from './address-books.ts'

export interface AddressBookReading {
  /** Absent when there are none to read, or when they could not be read. */
  readonly addressBooks?: SurveyAddressBooks
  readonly findings: readonly Finding[]
}

/** Counts what Roundcube keeps for one mailbox. That it cannot be read is a finding, never an error. */
export async function surveyAddressBooks(
  source: AddressBookSource,
  { domain, mailbox }: { readonly domain: string; readonly mailbox: string },
  signal: AbortSignal | undefined,
): Promise<AddressBookReading> {
  const found = await source.count(mailbox, signal)
  if (found === undefined) return { findings: [] }
  if ('failure' in found) {
    const { code, message } = found.failure
    const finding: Finding = {
      code: 'address-books-unread',
      severity: 'yellow',
      domain,
      // A database that cannot be opened says the same for every mailbox: once is enough.
      ...(code === 'address-books-read' ? { item: mailbox } : {}),
      message,
      remedy: 'Check old.addressBooks and what its user may read; without it no address book is exported.',
    }
    return { findings: [finding] }
  }
  const { contacts, groups, recipients, senders } = found.value
  const books = [contacts, recipients, senders].filter((amount) => amount > 0).length
  return { addressBooks: { books, contacts, groups, collected: recipients + senders }, findings: [] }
}
