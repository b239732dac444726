import type { FolderStatus } from '../state/state.ts'
import { command, mailboxArgument } from '../wire/command.ts'
import type { RawResponse } from '../wire/response-reader.ts'
import type { Session } from '../wire/session.ts'
import { atomOf, listOf, numberOf, parseTokens, textOf } from '../wire/tokens.ts'

/** STATUS commands on their way at once: enough to hide the round trip, few enough for every server. */
const window = 20

/** What to ask of a folder without opening it. SIZE can cost the server a look at every message. */
export function statusItems(session: Session, size: boolean): string {
  const items = ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY']
  if (session.capabilities.has('CONDSTORE')) items.push('HIGHESTMODSEQ')
  if (size && session.capabilities.has('STATUS=SIZE')) items.push('SIZE')
  return items.join(' ')
}

/** STATUS of folders, pipelined. Folders that the server refuses are missing from the result. */
export async function readStatuses(
  session: Session,
  wires: readonly string[],
  { size = false }: { readonly size?: boolean } = {},
): Promise<Map<string, FolderStatus>> {
  const statuses = new Map<string, FolderStatus>()
  const items = statusItems(session, size)
  for (let at = 0; at < wires.length; at += window) {
    const commands = wires.slice(at, at + window).map((wire) =>
      session.run(command('STATUS', mailboxArgument(wire), `(${items})`), {
        untagged: (response) => {
          const row = parseStatusResponse(response)
          if (row !== undefined) statuses.set(row.wire, row.status)
        },
      }),
    )
    await Promise.all(commands)
  }
  return statuses
}

/** Parses `* STATUS name (items)`; undefined for other responses and for one without UIDVALIDITY. */
export function parseStatusResponse(
  response: RawResponse,
): { readonly wire: string; readonly status: FolderStatus } | undefined {
  if (!/^\* STATUS /i.test(response.texts[0] ?? '')) return undefined
  const [, , name, list] = parseTokens(response)
  const wire = atomOf(name)
  const items = listOf(list) ?? []
  const values = new Map<string, (typeof items)[number]>()
  for (let at = 0; at + 1 < items.length; at += 2) {
    const value = items[at + 1]
    if (value !== undefined) values.set(textOf(items[at])?.toUpperCase() ?? '', value)
  }
  const number = (key: string) => numberOf(values.get(key))
  const uidValidity = number('UIDVALIDITY')
  if (wire === undefined || uidValidity === undefined) return undefined
  const modseq = textOf(values.get('HIGHESTMODSEQ'))
  const size = number('SIZE')
  return {
    wire: wire.toUpperCase() === 'INBOX' ? 'INBOX' : wire,
    status: {
      uidValidity,
      uidNext: number('UIDNEXT') ?? 0,
      messages: number('MESSAGES') ?? 0,
      ...(modseq !== undefined && /^[1-9]\d{0,19}$/.test(modseq) ? { highestModseq: modseq } : {}),
      ...(size === undefined ? {} : { size }),
    },
  }
}
