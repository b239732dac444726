import { sessionOf, type ImapConnection } from '../connection/connect.ts'
import { isContainer, listFolders, readNamespaces, type ListRow } from '../commands/list.ts'
import { readAcls } from '../commands/acl.ts'
import { decodeMailboxName } from '../wire/mailbox-name.ts'
import type { Session } from '../wire/session.ts'
import { roleOfAttributes } from './roles.ts'
import type { FolderListing, FolderRight, ListedFolder, Namespace } from './types.ts'

export interface ReadFoldersOptions {
  readonly signal?: AbortSignal
  /** Ask for each folder who else has rights on it: a command a folder. */
  readonly acls?: boolean
}

/** Lists all folders with roles, subscriptions, counts and sizes: two commands where the server can, opens nothing. */
export async function readFolders(
  connection: ImapConnection,
  options: ReadFoldersOptions = {},
): Promise<FolderListing> {
  options.signal?.throwIfAborted()
  const session = sessionOf(connection)
  const listing = await readListing(session, { size: true })
  if (options.acls !== true) return listing
  const acls = await readAcls(
    session,
    listing.folders.filter(({ selectable }) => selectable).map(({ wire }) => wire),
  )
  const isOwner = ({ who }: FolderRight) =>
    who === 'owner' || who === connection.user || connection.user.startsWith(`${who}*`)
  return {
    ...listing,
    folders: listing.folders.map((folder) => {
      const sharedWith = (acls.get(folder.wire) ?? []).filter((right) => !isOwner(right))
      return sharedWith.length === 0 ? folder : { ...folder, sharedWith }
    }),
  }
}

/** `readFolders` on a session. Sizes are asked for only when wanted: they can cost the server a look at every message. */
export async function readListing(
  session: Session,
  { size = false }: { readonly size?: boolean } = {},
): Promise<FolderListing> {
  const namespaces = await readNamespaces(session)
  const rows = await listFolders(session, { size })
  const personal = namespaces?.personal ?? guessPersonal(rows)
  const others = (namespaces?.others ?? []).filter((other) => other.prefix !== '')
  const isForeign = (row: ListRow) =>
    others.some(({ prefix, separator = '' }) => {
      const root =
        separator !== '' && prefix.endsWith(separator) ? prefix.slice(0, -separator.length) : prefix
      return row.wire === root || row.wire.startsWith(prefix)
    })
  return {
    personal,
    others,
    folders: rows.filter((row) => !isForeign(row)).map(toFolder),
    foreign: rows.filter((row) => isForeign(row)).map(toFolder),
  }
}

/** Without NAMESPACE the listing must tell: when everything lies below INBOX, that is the prefix. */
function guessPersonal(rows: readonly ListRow[]): Namespace {
  const separator = rows.find((row) => row.separator !== undefined)?.separator
  const others = rows.filter((row) => row.wire !== 'INBOX')
  const prefix = `INBOX${separator ?? ''}`
  const below =
    separator !== undefined && others.length > 0 && others.every((row) => row.wire.startsWith(prefix))
  return { prefix: below ? prefix : '', separator }
}

function toFolder(row: ListRow): ListedFolder {
  const role = roleOfAttributes(row.attributes)
  return {
    wire: row.wire,
    name: decodeMailboxName(row.wire) ?? Buffer.from(row.wire, 'latin1').toString('utf8'),
    separator: row.separator,
    attributes: row.attributes,
    subscribed: row.subscribed,
    selectable: !isContainer(row.attributes),
    ...(role === undefined ? {} : { role }),
    ...(row.status === undefined ? {} : { status: row.status }),
  }
}
