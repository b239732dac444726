import { fetchBodies } from '../commands/fetch-bodies.ts'
import type { MessageMetadata } from '../commands/fetch-metadata.ts'
import { isImapSyncError } from '../errors.ts'
import type { SetAsideRecord } from '../state/state.ts'
import type { FolderWork } from './folder-work.ts'
import { wholeUpTo } from './hash-messages.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'
import { setAsideName, writeSetAside } from './set-aside.ts'

/** Saves a message that cannot be copied as a file, remembers it and says so. */
export async function setAside(
  run: Run,
  lane: Lane,
  work: FolderWork,
  message: MessageMetadata,
  reason: string,
): Promise<void> {
  const { entry, tally, sourceUidValidity } = work
  const file = setAsideName(entry.sourceWire, sourceUidValidity, message.uid)
  const { bytes, header } = await lane
    .attempt(() => save(run, lane, work, message, file))
    .catch(async (error: unknown) => {
      // What cannot even be read is remembered all the same, with an empty file.
      if (!isImapSyncError(error) || !['closed', 'timeout', 'refused'].includes(error.code)) throw error
      return writeSetAside(run.mailbox.setAsideDirectory, file, [])
    })
  const record: SetAsideRecord = {
    uid: message.uid,
    reason,
    file,
    bytes,
    ...(header.subject === undefined ? {} : { subject: header.subject }),
    ...(header.messageId === undefined ? {} : { messageId: header.messageId }),
    ...(message.date === undefined ? {} : { date: new Date(message.date.seconds * 1000).toISOString() }),
  }
  await run.state.commit([{ kind: 'setAside', source: entry.sourceWire, messages: [record] }])
  tally.fates.setAside += 1
  tally.setAside.push(record)
  run.emit({ kind: 'setAside', folder: entry.source, uid: message.uid, reason, file })
  run.find({
    code: 'messageSetAside',
    severity: 'yellow',
    folder: entry.source,
    message: `${entry.source}, UID ${message.uid}${header.subject === undefined ? '' : ` “${header.subject}”`} was not copied: ${reason}`,
    remedy: `The message lies in ${file}.`,
  })
}

async function save(
  run: Run,
  lane: Lane,
  { entry }: FolderWork,
  { uid }: MessageMetadata,
  file: string,
): ReturnType<typeof writeSetAside> {
  const { session } = await lane.source.folder(entry.sourceWire, 'EXAMINE')
  const fetch = fetchBodies(session, [{ first: uid, last: uid }], { wholeUpTo })
  let written: Awaited<ReturnType<typeof writeSetAside>> | undefined
  for await (const body of fetch.bodies)
    if (body.kind !== 'unreadable')
      written = await writeSetAside(run.mailbox.setAsideDirectory, file, body.chunks)
  return written ?? writeSetAside(run.mailbox.setAsideDirectory, file, [])
}
