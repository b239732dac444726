import type { LedgerContext } from './database.ts'

/** When messages were copied, by the UIDs that they have on the old server. */
export interface CopyTimes {
  /** When this message was first recorded as copied, or as found on mailcow; undefined when it never was, or before times were kept. */
  of(mailbox: string, folderWire: string, uid: number): Promise<Date | undefined>
}

export function copyTimes({ db }: LedgerContext): CopyTimes {
  return {
    of: async (mailbox, folderWire, uid) => {
      const row = await db
        .selectFrom('sync_copied_at')
        .innerJoin('sync_folders', 'sync_folders.id', 'sync_copied_at.folder_id')
        .select('sync_copied_at.at')
        .where('sync_folders.mailbox', '=', mailbox)
        .where('sync_folders.source', '=', folderWire)
        .where('sync_copied_at.first', '<=', uid)
        .where('sync_copied_at.last', '>=', uid)
        .orderBy('sync_copied_at.id')
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? undefined : new Date(row.at)
    },
  }
}
