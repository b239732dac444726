import type { FolderMap, FolderMapEntry } from '@iteg/imap-sync'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { folderMapEntry, folderMapRest } from './folder-map-json.ts'
import type { LedgerDatabase, LedgerTransaction } from './schema.ts'

/** Where each source folder of a mailbox goes. Frozen when recorded: a later survey adds folders, never moves one. */
export interface FolderMaps {
  /** The frozen map; `undefined` before the first {@link FolderMaps.extend}. Entries in the order in which they came. */
  get(mailbox: string): Promise<FolderMap | undefined>
  /**
   * Adds the entries that are new and resolves to the whole map; `collisions` and `leftOut` become those of the map given.
   * Entries that the given map no longer has stay. Throws `folder_map_frozen`, and changes nothing, when a source folder
   * would get another target.
   */
  extend(mailbox: string, map: FolderMap): Promise<FolderMap>
}

export function folderMaps(context: LedgerContext): FolderMaps {
  return {
    get: (mailbox) => read(context.db, mailbox),
    extend: (mailbox, map) =>
      context.write(async (trx) => {
        const known = new Map((await read(trx, mailbox))?.entries.map((entry) => [entry.sourceWire, entry]))
        let position = known.size
        for (const entry of map.entries) {
          const before = known.get(entry.sourceWire)
          if (before === undefined) {
            await trx
              .insertInto('folder_map')
              .values({ mailbox, ...row(entry), position })
              .execute()
            known.set(entry.sourceWire, entry)
            position += 1
          } else if (before.targetWire !== entry.targetWire) {
            throw new LedgerError(
              'folder_map_frozen',
              `${mailbox}: the folder ${entry.source} goes to ${before.target} since the first survey and can't go to ${entry.target} now`,
            )
          } else if (row(before).entry !== row(entry).entry) {
            // A parent that held no mail may hold some by now; what decides, the target, stays.
            await trx
              .updateTable('folder_map')
              .set({ entry: row(entry).entry })
              .where('mailbox', '=', mailbox)
              .where('source', '=', entry.sourceWire)
              .execute()
          }
        }
        const rest = JSON.stringify({ collisions: map.collisions, leftOut: map.leftOut })
        await trx
          .insertInto('folder_map_rest')
          .values({ mailbox, rest })
          .onConflict((conflict) => conflict.column('mailbox').doUpdateSet({ rest }))
          .execute()
        return (await read(trx, mailbox)) ?? { entries: [], collisions: [], leftOut: [] }
      }),
  }
}

function row(entry: FolderMapEntry): { source: string; target: string; entry: string } {
  return { source: entry.sourceWire, target: entry.targetWire, entry: JSON.stringify(entry) }
}

async function read(db: LedgerDatabase | LedgerTransaction, mailbox: string): Promise<FolderMap | undefined> {
  const rest = await db
    .selectFrom('folder_map_rest')
    .select('rest')
    .where('mailbox', '=', mailbox)
    .executeTakeFirst()
  if (rest === undefined) return undefined
  const rows = await db
    .selectFrom('folder_map')
    .select('entry')
    .where('mailbox', '=', mailbox)
    .orderBy('position')
    .execute()
  return { entries: rows.map((each) => folderMapEntry(each.entry)), ...folderMapRest(rest.rest) }
}
