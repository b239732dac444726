import type { NewMailbox, Testbed } from '../testbed.ts'
import { fillMailboxFromDisk } from '../mail/store.ts'
import { corpus } from './corpus.ts'
import type { CorpusName } from './corpus.ts'

export interface CorpusMailbox extends NewMailbox {
  readonly folders: number
  readonly messages: number
  /** As IMAP counts them, with CRLF. */
  readonly bytes: number
}

let mailboxes = 0

/** Makes a new mailbox on the old server that holds this corpus. */
export async function addCorpus(bed: Testbed, name: CorpusName): Promise<CorpusMailbox> {
  mailboxes += 1
  const mailbox = await bed.addOldMailbox(`corpus-${name.toLowerCase()}-${mailboxes}@bench.example`)
  let messages = 0
  let bytes = 0
  const folders = new Map(
    [...corpus(name)].map(([folder, content]) => [
      folder,
      (function* counted() {
        for (const message of content) {
          messages += 1
          bytes += message.chunks.reduce((sum, chunk) => sum + chunk.length, message.bareLineFeeds)
          yield message
        }
      })(),
    ]),
  )
  fillMailboxFromDisk(bed.old, mailbox.address, folders)
  return { ...mailbox, folders: folders.size, messages, bytes }
}
