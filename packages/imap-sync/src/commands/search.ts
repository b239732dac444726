import { ImapSyncError } from '../errors.ts'
import { parseUidSet, rangesOf, toRanges } from '../state/ranges.ts'
import type { UidRange } from '../state/state.ts'
import { command, type CommandPart } from '../wire/command.ts'
import type { Session } from '../wire/session.ts'

/** All UIDs of the opened folder: as ranges where the server can (ESEARCH, RFC 4731), so that 700,000 are a line. */
export async function searchAll(session: Session): Promise<UidRange[]> {
  return search(session, 'ALL')
}

/** Which of these UIDs are still there. */
export async function searchUids(session: Session, uidSet: string): Promise<UidRange[]> {
  return search(session, `UID ${uidSet}`)
}

/** Messages of the opened folder whose Message-ID holds this text; RFC 3501 §6.4.4 makes it a part of the header's text. */
export async function searchMessageId(session: Session, messageId: string): Promise<UidRange[]> {
  if (!/^[\u0021-\u007e]{1,900}$/.test(messageId))
    throw new ImapSyncError('usage', 'a Message-ID that cannot be asked for')
  return search(session, `HEADER Message-ID "${messageId.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
}

/** What to look for in headers; each a part of the decoded text, in any case (RFC 3501 §6.4.4). */
export type SearchCriteria =
  | { readonly kind: 'messageId'; readonly text: string }
  | { readonly kind: 'subject'; readonly text: string }
  /** In From, To or Cc. */
  | { readonly kind: 'address'; readonly text: string }

const maxSearchText = 900

/** Messages of the opened folder that fit. Rejects with `usage` for a text that cannot be asked for. */
export async function searchFor(session: Session, { kind, text }: SearchCriteria): Promise<UidRange[]> {
  const bytes = Buffer.from(text, 'utf8')
  if (/[\0\r\n]/.test(text) || bytes.length === 0 || bytes.length > maxSearchText)
    throw new ImapSyncError('usage', 'a text that cannot be looked for')
  const isAscii = /^[\u0020-\u007e]+$/.test(text)
  const wanted: CommandPart = isAscii ? `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"` : { literal: bytes }
  const charset = isAscii ? [] : ['CHARSET UTF-8']
  const keys: readonly CommandPart[] = {
    messageId: ['HEADER Message-ID', wanted],
    subject: ['SUBJECT', wanted],
    address: ['OR FROM', wanted, 'OR TO', wanted, 'CC', wanted],
  }[kind]
  return search(session, ...charset, ...keys)
}

async function search(session: Session, ...criteria: readonly CommandPart[]): Promise<UidRange[]> {
  const extended = session.capabilities.has('ESEARCH')
  const found: UidRange[] = []
  await session.must(command('UID SEARCH', ...(extended ? ['RETURN (ALL)'] : []), ...criteria), {
    untagged: (response) => {
      const text = response.texts[0] ?? ''
      const ranges = extended ? parseEsearch(text) : parseSearch(text)
      if (ranges !== undefined) for (const range of ranges) found.push(range)
    },
  })
  return toRanges(found)
}

/** `* ESEARCH (TAG "m1") UID ALL 1:5,7`; without ALL when nothing was found. */
function parseEsearch(text: string): UidRange[] | undefined {
  if (!/^\* ESEARCH\b/i.test(text)) return undefined
  const all = / ALL ([\d:,]+)/i.exec(text)?.[1]
  if (all === undefined) return []
  const ranges = parseUidSet(all)
  if (ranges === undefined)
    throw new ImapSyncError('protocol', 'the server sent a search result that is no UID set')
  return ranges
}

function parseSearch(text: string): UidRange[] | undefined {
  const rest = /^\* SEARCH\b([\d ]*)/i.exec(text)?.[1]
  if (rest === undefined) return undefined
  const uids = rest.split(' ').flatMap((part) => (/^[1-9]\d{0,9}$/.test(part) ? [Number(part)] : []))
  return rangesOf(uids)
}
