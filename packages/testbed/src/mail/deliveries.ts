import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Dovecot } from '../dovecot/dovecot.ts'
import type { SmtpSink } from '../sink.ts'

/** A message that arrived somewhere. */
export interface Arrival {
  /** What its header field says. */
  readonly value: string
  readonly at: 'old' | 'new' | 'outside'
  /** The mailbox; outside, the envelope's recipient. */
  readonly address: string
  /** As the maildir has it; `INBOX` where there are no folders. */
  readonly folder: string
  /** True: the message came back inside a report that it could not be delivered. */
  readonly returned: boolean
}

interface Places {
  readonly old: Dovecot
  readonly new: Dovecot
  readonly sink: SmtpSink
}

/**
 * Every message with the header field `name`, wherever it lies: on the disks of both servers and at the sink. This is how
 * a stream of numbered messages is counted. The storage must be plain.
 */
export async function findArrivals({ old, new: newSide, sink }: Places, name: string): Promise<Arrival[]> {
  const stored = await Promise.all([inMaildirs(old, 'old', name), inMaildirs(newSide, 'new', name)])
  const sent = sink.messages().flatMap(({ raw, to }) => {
    const found = read(raw, name)
    return found === undefined
      ? []
      : to.map((address): Arrival => ({ ...found, at: 'outside', address, folder: 'INBOX' }))
  })
  return [...stored.flat(), ...sent]
}

async function inMaildirs({ mailDirectory }: Dovecot, at: 'old' | 'new', name: string): Promise<Arrival[]> {
  const entries = await readdir(mailDirectory, { recursive: true, withFileTypes: true })
  const arrivals: Arrival[] = []
  for (const entry of entries) {
    const parts = path.relative(mailDirectory, entry.parentPath).split(path.sep)
    const [domain = '', user = '', maildir, ...folder] = parts
    if (!entry.isFile() || maildir !== 'Maildir' || !['new', 'cur'].includes(folder.at(-1) ?? '')) continue
    // a client may rename or remove it between the two looks
    const raw = await readFile(path.join(entry.parentPath, entry.name)).catch(() => undefined)
    const found = raw === undefined ? undefined : read(raw, name)
    if (found === undefined) continue
    const folders = folder.slice(0, -1).join('/')
    arrivals.push({
      ...found,
      at,
      address: `${user}@${domain}`,
      folder: folders === '' ? 'INBOX' : folders.replace(/^\./, ''),
    })
  }
  return arrivals
}

function read(raw: Buffer, name: string): { readonly value: string; readonly returned: boolean } | undefined {
  const text = raw.toString('latin1')
  const match = new RegExp(`^${name}: *(\\S+)`, 'im').exec(text)
  if (match === null) return undefined
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length
  return { value: match[1] ?? '', returned: match.index > end }
}
