import { createHash } from 'node:crypto'
import type { ListedFolder } from '@iteg/imap-sync'
import { z } from 'zod'

// An archive is a gzipped tar:
//   Maildir/…             a Maildir++ as Dovecot reads it: one file a message, its bytes as IMAP gave them, mtime = INTERNALDATE
//   manifest/000001.jsonl  one line for each of the messages before it: content hash, folder, flags, date
//   manifest.json          the last entry: folders, subscriptions, totals, digests of the lists

export const MAILDIR = 'Maildir'
export const MANIFEST_FILE = 'manifest.json'
export const MAX_PART_BYTES = 16 * 1024 * 1024
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024

const date = z.object({ seconds: z.number().int(), zoneMinutes: z.number().int() })

/** One message, as a line of a list. */
export const archivedMessage = z.object({
  path: z.string(),
  /** Wire name on the old server. */
  folder: z.string(),
  uid: z.number().int(),
  /** `messageHash`. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().nonnegative(),
  flags: z.array(z.string()),
  date: date.exactOptional(),
})
export type ArchivedMessage = z.infer<typeof archivedMessage>

const namespace = z.object({ prefix: z.string(), separator: z.string().exactOptional() })
const role = z.enum(['archive', 'drafts', 'junk', 'sent', 'trash'])

const archivedFolder = z.object({
  wire: z.string(),
  name: z.string(),
  separator: z.string().exactOptional(),
  attributes: z.array(z.string()),
  role: role.exactOptional(),
  subscribed: z.boolean(),
  selectable: z.boolean(),
  /** In the archive, below `Maildir`; empty for INBOX. Absent where there is no mail to hold. */
  directory: z.string().exactOptional(),
  uidValidity: z.number().int().exactOptional(),
  messages: z.number().int(),
  bytes: z.number().int(),
  /** Of mailmove's own, left out. */
  notices: z.number().int(),
  /** Of other users, a view of other folders' mail, or not opened by the server: named, and left out. */
  leftOut: z.enum(['shared', 'virtual', 'refused']).exactOptional(),
  /** Why the server did not open it. */
  reason: z.string().exactOptional(),
  /** UIDs that the server listed and did not give. */
  unreadable: z.array(z.number().int()),
})
export type ArchivedFolder = z.infer<typeof archivedFolder>

export const archiveManifest = z.object({
  schema: z.literal('mailmove.archive-manifest/1'),
  mailbox: z.string(),
  at: z.string(),
  personal: namespace,
  others: z.array(namespace),
  folders: z.array(archivedFolder),
  messages: z.number().int(),
  bytes: z.number().int(),
  notices: z.number().int(),
  unreadable: z.number().int(),
  /** SHA-256 (hex) of each list, in order. */
  parts: z.array(z.string()),
})
export type ArchiveManifest = z.infer<typeof archiveManifest>

export const partName = (index: number): string => `manifest/${String(index + 1).padStart(6, '0')}.jsonl`

/** What a name of a Maildir++ folder may hold beside its separators. */
const plain = /^[A-Za-z0-9 &+,_@()=-]$/
const MAX_DIRECTORY = 200

/**
 * The folder's name in a Maildir++: `.Kunden.2024`, in modified UTF-7 as Dovecot has it. Whatever could be a path, a hidden file or the
 * separator is escaped; two folders never share one. Pure.
 */
export function maildirFolder({ wire, separator }: Pick<ListedFolder, 'wire' | 'separator'>): string {
  if (wire === 'INBOX') return ''
  const segments = separator === undefined ? [wire] : wire.split(separator)
  const name = segments.map((segment) => Array.from(segment, escaped).join('') || '%').join('.')
  if (name.length < MAX_DIRECTORY) return `.${name}`
  const digest = createHash('sha256').update(wire).digest('hex').slice(0, 16)
  return `.${name.slice(0, MAX_DIRECTORY - 17)}~${digest}`
}

function escaped(character: string): string {
  if (plain.test(character)) return character
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

const LETTERS: readonly (readonly [string, string])[] = [
  ['\\draft', 'D'],
  ['\\flagged', 'F'],
  ['\\answered', 'R'],
  ['\\seen', 'S'],
  ['\\deleted', 'T'],
]

/** Where a message lies in the archive; its flags as Maildir has them, for whoever unpacks it by hand. Pure. */
export function messagePath(
  directory: string,
  message: {
    readonly uid: number
    readonly size: number
    readonly flags: readonly string[]
    readonly seconds: number
  },
): string {
  const flags = new Set(message.flags.map((flag) => flag.toLowerCase()))
  const letters = LETTERS.filter(([flag]) => flags.has(flag)).map(([, letter]) => letter)
  const file = `${message.seconds}.U${message.uid}.mailmove,S=${message.size}:2,${letters.join('')}`
  return `${folderPath(directory)}/cur/${file}`
}

export function folderPath(directory: string): string {
  return directory === '' ? MAILDIR : `${MAILDIR}/${directory}`
}
