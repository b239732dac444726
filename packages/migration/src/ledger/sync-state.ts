import type {
  FolderState,
  Intent,
  PairRun,
  SetAsideRecord,
  StateChange,
  SyncState,
  UidRange,
} from '@iteg/imap-sync'
import { sql, type Selectable } from 'kysely'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { present } from './rows.ts'
import type { LedgerTransaction, Schema } from './schema.ts'
import { addRuns, asRange, asRun, clearRuns, normalRanges, readRuns, removeRuns } from './sync-runs.ts'
import { parseCheckpoint, parseUidRanges } from './sync-state-json.ts'

/** imap-sync's memory of one mailbox, durable: one transaction a commit, on disk when it resolves. */
export function syncState(context: LedgerContext, mailbox: string): SyncState {
  const { db } = context
  return {
    folders: async () => {
      const rows = await db.selectFrom('sync_folders').selectAll().where('mailbox', '=', mailbox).execute()
      return rows.map(folderState)
    },

    messages: (source) =>
      context.snapshot(async (connection) => {
        const folder = await connection
          .selectFrom('sync_folders')
          .select('id')
          .where('mailbox', '=', mailbox)
          .where('source', '=', source)
          .executeTakeFirst()
        if (folder === undefined) return { pairs: [], orphans: [], delivered: [], setAside: [] }
        const setAside = await connection
          .selectFrom('sync_set_aside')
          .selectAll()
          .where('folder_id', '=', folder.id)
          .orderBy('uid')
          .execute()
        return {
          pairs: await readRuns(connection, folder.id, 'pair'),
          orphans: (await readRuns(connection, folder.id, 'orphan')).map(asRange),
          delivered: (await readRuns(connection, folder.id, 'delivered')).map(asRange),
          setAside: setAside.map(setAsideRecord),
        }
      }),

    intents: async () => {
      const rows = await db
        .selectFrom('sync_intents')
        .selectAll()
        .where('mailbox', '=', mailbox)
        .orderBy('seq')
        .execute()
      return rows.map(storedIntent)
    },

    commit: async (changes) => {
      if (changes.length === 0) return
      await context.write(async (trx) => {
        for (const change of changes) await apply(trx, mailbox, change, context.timestamp())
      })
    },
  }
}

async function apply(
  trx: LedgerTransaction,
  mailbox: string,
  change: StateChange,
  at: string,
): Promise<void> {
  if (change.kind === 'folder') return putFolder(trx, mailbox, change.folder)
  if (change.kind === 'intent') return putIntent(trx, mailbox, change.intent)
  if (change.kind === 'settled') return dropIntents(trx, mailbox, { id: change.id })
  const folderId = await requireFolder(trx, mailbox, change)
  if (change.kind !== 'folderGone') return applyToFolder(trx, folderId, change, at)
  await dropIntents(trx, mailbox, { source: change.source })
  // Its messages go with it (on delete cascade).
  await trx.deleteFrom('sync_folders').where('id', '=', folderId).execute()
}

async function dropIntents(
  trx: LedgerTransaction,
  mailbox: string,
  which: { readonly id: string } | { readonly source: string },
): Promise<void> {
  const ours = trx.deleteFrom('sync_intents').where('mailbox', '=', mailbox)
  await ('id' in which ? ours.where('id', '=', which.id) : ours.where('source', '=', which.source)).execute()
}

/** SQLite takes so many values in one statement. */
const ROWS_AT_ONCE = 1000

/** Not for pairs that are only written anew, with other flags say: the first time counts. */
async function addCopyTimes(
  trx: LedgerTransaction,
  folderId: number,
  uids: readonly UidRange[],
  at: string,
): Promise<void> {
  const [lowest, highest] = [uids[0]?.first ?? 0, uids.at(-1)?.last ?? 0]
  const known = await trx
    .selectFrom('sync_copied_at')
    .select(['first', 'last'])
    .where('folder_id', '=', folderId)
    .where('first', '<=', highest)
    .where('last', '>=', lowest)
    .execute()
  const fresh = uids.filter(
    ({ first, last }) => !known.some((range) => range.first <= first && range.last >= last),
  )
  for (let index = 0; index < fresh.length; index += ROWS_AT_ONCE) {
    const rows = fresh.slice(index, index + ROWS_AT_ONCE)
    await trx
      .insertInto('sync_copied_at')
      .values(rows.map(({ first, last }) => ({ folder_id: folderId, first, last, at })))
      .execute()
  }
}

type FolderChange = Exclude<StateChange, { kind: 'intent' | 'settled' | 'folder' | 'folderGone' }>

async function applyToFolder(
  trx: LedgerTransaction,
  folderId: number,
  change: FolderChange,
  at: string,
): Promise<void> {
  // The others erase the checkpoint, or bring one.
  if (!['sourceReset', 'targetReset', 'checkpoint'].includes(change.kind)) await uncount(trx, folderId)
  switch (change.kind) {
    case 'sourceReset': {
      const copied = (await readRuns(trx, folderId, 'pair')).filter((run) => run.origin === 'copied')
      await clearRuns(trx, folderId, ['pair', 'delivered'])
      await trx.deleteFrom('sync_set_aside').where('folder_id', '=', folderId).execute()
      await trx.deleteFrom('sync_copied_at').where('folder_id', '=', folderId).execute()
      await addRuns(trx, folderId, 'orphan', ranges(copied, 'target').map(asRun))
      await setFolder(trx, folderId, { source_uid_validity: change.sourceUidValidity, checkpoint: null })
      return
    }
    case 'targetReset': {
      const pairs = change.keep === 'delivered' ? await readRuns(trx, folderId, 'pair') : []
      await clearRuns(trx, folderId, ['pair', 'orphan'])
      await addRuns(trx, folderId, 'delivered', ranges(pairs, 'source').map(asRun))
      await setFolder(trx, folderId, { target_uid_validity: change.targetUidValidity, checkpoint: null })
      return
    }
    case 'paired': {
      const sources = ranges(change.runs, 'source')
      await addRuns(trx, folderId, 'pair', change.runs)
      await addCopyTimes(trx, folderId, sources, at)
      await removeRuns(trx, folderId, 'orphan', 'source', ranges(change.runs, 'target'))
      await removeRuns(trx, folderId, 'delivered', 'source', sources)
      await dropSetAside(trx, folderId, sources)
      return
    }
    case 'unpaired': {
      const targets = normalRanges(change.targets)
      await removeRuns(trx, folderId, 'pair', 'target', targets)
      await removeRuns(trx, folderId, 'orphan', 'source', targets)
      return
    }
    case 'delivered':
      await addRuns(trx, folderId, 'delivered', normalRanges(change.uids).map(asRun))
      return
    case 'dropped': {
      const uids = normalRanges(change.uids)
      await removeRuns(trx, folderId, 'delivered', 'source', uids)
      await dropSetAside(trx, folderId, uids)
      return
    }
    case 'setAside':
      for (const record of change.messages) await putSetAside(trx, folderId, record)
      return
    case 'checkpoint':
      await setFolder(trx, folderId, {
        checkpoint: change.checkpoint === undefined ? null : JSON.stringify(change.checkpoint),
      })
      return
    default:
      return change satisfies never
  }
}

/** Takes off the checkpoint what it says of the messages, which are about to change. */
async function uncount(trx: LedgerTransaction, folderId: number): Promise<void> {
  await trx
    .updateTable('sync_folders')
    .set({ checkpoint: sql<string>`json_remove(checkpoint, '$.remembered')` })
    .where('id', '=', folderId)
    .where(sql<boolean>`json_extract(checkpoint, '$.remembered') is not null`)
    .execute()
}

/** The UIDs of one side of some runs. */
function ranges(runs: readonly PairRun[], side: 'source' | 'target'): UidRange[] {
  return normalRanges(runs.map((run) => ({ first: run[side], last: run[side] + run.count - 1 })))
}

async function requireFolder(
  trx: LedgerTransaction,
  mailbox: string,
  change: { readonly kind: string; readonly source: string },
): Promise<number> {
  const row = await trx
    .selectFrom('sync_folders')
    .select('id')
    .where('mailbox', '=', mailbox)
    .where('source', '=', change.source)
    .executeTakeFirst()
  if (row === undefined)
    throw new LedgerError(
      'unknown_record',
      `${mailbox}: a change (${change.kind}) for a folder that the ledger does not know`,
    )
  return row.id
}

async function putFolder(trx: LedgerTransaction, mailbox: string, folder: FolderState): Promise<void> {
  const values = {
    target: folder.target,
    source_uid_validity: folder.sourceUidValidity,
    target_uid_validity: folder.targetUidValidity,
    created: folder.created ? (1 as const) : (0 as const),
    checkpoint: folder.checkpoint === undefined ? null : JSON.stringify(folder.checkpoint),
  }
  await trx
    .insertInto('sync_folders')
    .values({ mailbox, source: folder.source, ...values })
    .onConflict((conflict) => conflict.columns(['mailbox', 'source']).doUpdateSet(values))
    .execute()
}

async function setFolder(
  trx: LedgerTransaction,
  folderId: number,
  values: Partial<Pick<Schema['sync_folders'], 'source_uid_validity' | 'target_uid_validity' | 'checkpoint'>>,
): Promise<void> {
  await trx.updateTable('sync_folders').set(values).where('id', '=', folderId).execute()
}

/** An intent that is written again becomes the youngest. */
async function putIntent(trx: LedgerTransaction, mailbox: string, intent: Intent): Promise<void> {
  await dropIntents(trx, mailbox, { id: intent.id })
  await trx
    .insertInto('sync_intents')
    .values({
      mailbox,
      id: intent.id,
      source: intent.source,
      target: intent.target,
      target_uid_validity: intent.targetUidValidity,
      target_uid_next: intent.targetUidNext,
      uids: JSON.stringify(intent.uids),
    })
    .execute()
}

async function putSetAside(trx: LedgerTransaction, folderId: number, record: SetAsideRecord): Promise<void> {
  const values = {
    reason: record.reason,
    file: record.file,
    bytes: record.bytes,
    // The ledger keeps no subjects: the file says what it is.
    subject: null,
    message_id: record.messageId ?? null,
    date: record.date ?? null,
  }
  await trx
    .insertInto('sync_set_aside')
    .values({ folder_id: folderId, uid: record.uid, ...values })
    .onConflict((conflict) => conflict.columns(['folder_id', 'uid']).doUpdateSet(values))
    .execute()
}

async function dropSetAside(
  trx: LedgerTransaction,
  folderId: number,
  uids: readonly UidRange[],
): Promise<void> {
  // Nearly always there is none.
  const any = await trx
    .selectFrom('sync_set_aside')
    .select('uid')
    .where('folder_id', '=', folderId)
    .limit(1)
    .executeTakeFirst()
  if (any === undefined) return
  for (const range of uids)
    await trx
      .deleteFrom('sync_set_aside')
      .where('folder_id', '=', folderId)
      .where('uid', '>=', range.first)
      .where('uid', '<=', range.last)
      .execute()
}

function folderState(row: Selectable<Schema['sync_folders']>): FolderState {
  return {
    source: row.source,
    target: row.target,
    sourceUidValidity: row.source_uid_validity,
    targetUidValidity: row.target_uid_validity,
    created: row.created === 1,
    ...present('checkpoint', row.checkpoint === null ? undefined : parseCheckpoint(row.checkpoint)),
  }
}

function storedIntent(row: Selectable<Schema['sync_intents']>): Intent {
  return {
    id: row.id,
    source: row.source,
    target: row.target,
    targetUidValidity: row.target_uid_validity,
    targetUidNext: row.target_uid_next,
    uids: parseUidRanges(row.uids),
  }
}

function setAsideRecord(row: Selectable<Schema['sync_set_aside']>): SetAsideRecord {
  return {
    uid: row.uid,
    reason: row.reason,
    file: row.file,
    bytes: row.bytes,
    ...present('subject', row.subject),
    ...present('messageId', row.message_id),
    ...present('date', row.date),
  }
}
