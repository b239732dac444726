import type { ImportState } from '@iteg/sieve-export'
import type { LedgerContext } from './database.ts'

/** What we put into the address books of mailboxes on mailcow. */
export interface ImportedCards {
  /**
   * The memory of imports into one mailbox. `since`: when that mailbox was made; what we put into one of the same address
   * before went with it, and is not remembered.
   */
  stateOf(mailbox: string, since?: Date): ImportState
  /** How many cards are remembered, over all books. */
  count(mailbox: string, since?: Date): Promise<number>
}

export function importedCards(context: LedgerContext): ImportedCards {
  const { db } = context
  const remembered = (mailbox: string, since: Date | undefined) => {
    const rows = db.selectFrom('imported_cards').where('mailbox', '=', mailbox)
    return since === undefined ? rows : rows.where('at', '>=', since.toISOString())
  }
  return {
    stateOf: (mailbox, since) => ({
      read: async (book) => {
        const rows = await remembered(mailbox, since)
          .where('book', '=', book)
          .select(['file', 'sha256', 'etag'])
          .execute()
        return new Map(
          rows.map(({ file, sha256, etag }) => [file, etag === null ? { sha256 } : { sha256, etag }]),
        )
      },
      record: (book, cards) =>
        context.write(async (trx) => {
          const at = context.timestamp()
          for (const [file, { sha256, etag = null }] of cards)
            await trx
              .insertInto('imported_cards')
              .values({ mailbox, book, file, sha256, etag, at })
              .onConflict((conflict) =>
                conflict.columns(['mailbox', 'book', 'file']).doUpdateSet({ sha256, etag, at }),
              )
              .execute()
        }),
    }),
    count: async (mailbox, since) => {
      const row = await remembered(mailbox, since)
        .select((select) => select.fn.countAll<number>().as('cards'))
        .executeTakeFirstOrThrow()
      return row.cards
    },
  }
}
