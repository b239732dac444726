import type { FolderStatus } from '../state/state.ts'
import type { Namespace } from '../folders/types.ts'
import { ImapSyncError } from '../errors.ts'
import { command } from '../wire/command.ts'
import type { RawResponse } from '../wire/response-reader.ts'
import type { Session } from '../wire/session.ts'
import { atomOf, listOf, parseTokens, textOf, type Token } from '../wire/tokens.ts'
import { parseStatusResponse, readStatuses, statusItems } from './status.ts'

/** A LIST response, with what came along for its folder. */
export interface ListRow {
  readonly wire: string
  readonly separator: string | undefined
  /** Lower case. */
  readonly attributes: readonly string[]
  readonly subscribed: boolean
  readonly status?: FolderStatus
}

/** More folders than any mailbox: a server that lists more is not believed. */
const maxFolders = 50_000
/** RFC 3501 sets no limit to a name; Dovecot's is 4096 bytes. */
const maxNameBytes = 8192

/** NAMESPACE (RFC 2342), or undefined where the server has none. */
export async function readNamespaces(
  session: Session,
): Promise<{ readonly personal: Namespace; readonly others: readonly Namespace[] } | undefined> {
  if (!session.capabilities.has('NAMESPACE')) return undefined
  let rows: readonly Token[] | undefined
  await session.must(command('NAMESPACE'), {
    untagged: (response) => {
      if (/^\* NAMESPACE /i.test(response.texts[0] ?? '')) rows = parseTokens(response).slice(2)
    },
  })
  if (rows === undefined) return undefined
  const [personal = [], users = [], shared = []] = rows.map((row) => (listOf(row) ?? []).map(namespaceOf))
  return {
    personal: personal[0] ?? { prefix: '', separator: undefined },
    // Further personal namespaces are rare and hold other people's conventions: treated as foreign.
    others: [...personal.slice(1), ...users, ...shared],
  }
}

function namespaceOf(token: Token): Namespace {
  const [prefix, separator] = listOf(token) ?? []
  return { prefix: textOf(prefix) ?? '', separator: textOf(separator) }
}

/** All folders with subscription and status: one command where the server can (RFC 5258, 5819, 6154), else LIST, LSUB, STATUS. */
export async function listFolders(
  session: Session,
  { size = false }: { readonly size?: boolean } = {},
): Promise<readonly ListRow[]> {
  const can = (capability: string) => session.capabilities.has(capability)
  const extended = can('LIST-EXTENDED')
  const withStatus = extended && can('LIST-STATUS')
  const items = statusItems(session, size)
  const options = extended
    ? [
        'SUBSCRIBED',
        ...(can('SPECIAL-USE') ? ['SPECIAL-USE'] : []),
        ...(withStatus ? [`STATUS (${items})`] : []),
      ]
    : []
  const statuses = new Map<string, FolderStatus>()
  const rows = await collect(session, 'LIST', options, statuses)
  const subscribed = extended
    ? undefined
    : new Set((await collect(session, 'LSUB', [], new Map())).map((row) => row.wire))
  if (!withStatus) {
    const selectable = rows.filter((row) => !isContainer(row.attributes)).map((row) => row.wire)
    for (const [wire, status] of await readStatuses(session, selectable, { size })) statuses.set(wire, status)
  }
  return rows.map((row) => {
    const status = statuses.get(row.wire)
    return {
      ...row,
      subscribed:
        subscribed === undefined ? row.attributes.includes('\\subscribed') : subscribed.has(row.wire),
      ...(status === undefined ? {} : { status }),
    }
  })
}

export function isContainer(attributes: readonly string[]): boolean {
  return attributes.includes('\\noselect') || attributes.includes('\\nonexistent')
}

async function collect(
  session: Session,
  verb: 'LIST' | 'LSUB',
  options: readonly string[],
  statuses: Map<string, FolderStatus>,
): Promise<Omit<ListRow, 'status'>[]> {
  const rows = new Map<string, Omit<ListRow, 'status'>>()
  const suffix = options.length > 0 ? [`RETURN (${options.join(' ')})`] : []
  await session.must(command(verb, '"" "*"', ...suffix), {
    untagged: (response) => {
      const row = parseListResponse(response, verb)
      if (row !== undefined) rows.set(row.wire, row)
      if (rows.size > maxFolders)
        throw new ImapSyncError('limit', `the server lists more than ${maxFolders} folders`)
      const status = parseStatusResponse(response)
      if (status !== undefined) statuses.set(status.wire, status.status)
    },
  })
  return [...rows.values()]
}

/** Parses `* LIST (attributes) "separator" name`; undefined for other responses. */
function parseListResponse(
  response: RawResponse,
  verb: 'LIST' | 'LSUB',
): Omit<ListRow, 'status'> | undefined {
  if (!new RegExp(String.raw`^\* ${verb} `, 'i').test(response.texts[0] ?? '')) return undefined
  const [, , attributeList, separator, name] = parseTokens(response)
  const listed = atomOf(name)
  const items = listOf(attributeList)
  if (listed === undefined || items === undefined)
    throw new ImapSyncError('protocol', 'the server sent a LIST response without a name')
  if (listed.length > maxNameBytes)
    throw new ImapSyncError('limit', `the server lists a folder name of ${listed.length} bytes`)
  const attributes = items.flatMap((item) => textOf(item)?.toLowerCase() ?? [])
  return {
    // RFC 3501 §5.1: INBOX in any case is INBOX.
    wire: listed.toUpperCase() === 'INBOX' ? 'INBOX' : listed,
    separator: textOf(separator),
    attributes,
    subscribed: attributes.includes('\\subscribed'),
  }
}
