import { shorten } from '../address.ts'
import type { InventoryIssue, InventoryIssueCode, IssueSeverity } from '../model.ts'

/** Gathers what the rows of a database do not say clearly. */
export class Issues {
  readonly #issues: InventoryIssue[] = []

  list(): readonly InventoryIssue[] {
    return this.#issues
  }

  unreadable(domain: string, table: string, item: string, problem: string): void {
    const shown = shorten(item)
    this.#add('row-unreadable', 'red', domain, table, shown, {
      message: `PostfixAdmin's table ${table}, ${shown}: ${problem}; that is left out.`,
      remedy: 'Correct the row in PostfixAdmin, or accept that it does not move.',
    })
  }

  /** PostgreSQL and SQLite tell case apart, mail does not. */
  twice(domain: string, table: string, item: string): void {
    this.#add('row-unreadable', 'red', domain, table, item, {
      message: `PostfixAdmin's table ${table} has ${item} twice, in different case; the first one is used.`,
      remedy: 'Remove one of the two rows, or accept that the first one holds.',
    })
  }

  placeholder(domain: string, item: string): void {
    this.#add('placeholder', 'info', domain, 'alias', item, {
      message: `${item} leads to PostfixAdmin's example address only; it is left out.`,
      remedy: 'Nothing to do, unless somebody should get that mail: then set a real target.',
    })
  }

  fetched(domain: string, item: string, server: string): void {
    this.#add('fetched-mail', 'yellow', domain, 'fetchmail', item, {
      message: `${item} also gets mail that the old server fetches from ${shorten(server)} (fetchmail), past Postfix: that goes on after the cut-over, into the old mailbox.`,
      remedy: 'Set up the same on mailcow (a sync job) and switch it off in PostfixAdmin at the cut-over.',
    })
  }

  aliasDomain(domain: string, item: string, problem: string, remedy: string): void {
    this.#add('alias-domain-doubtful', 'red', domain, 'alias_domain', item, {
      message: `${item} is an alias domain on the old server, but ${problem}.`,
      remedy,
    })
  }

  #add(
    code: InventoryIssueCode,
    severity: IssueSeverity,
    domain: string,
    table: string,
    item: string,
    texts: { readonly message: string; readonly remedy: string },
  ): void {
    this.#issues.push({
      code,
      severity,
      domain,
      ...(item === domain ? {} : { item }),
      ...texts,
      origins: [{ file: `postfixadmin.${table}` }],
    })
  }
}
