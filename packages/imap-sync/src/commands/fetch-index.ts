import { rawHeaderField } from '../identity/describe-header.ts'
import { includes } from '../state/ranges.ts'
import type { UidRange } from '../state/state.ts'
import { command } from '../wire/command.ts'
import { parseFetch, uidOf } from '../wire/fetch-response.ts'
import type { Session } from '../wire/session.ts'
import { numberOf, textOf } from '../wire/tokens.ts'
import { uidSets } from '../wire/uid-sets.ts'

/** What helps to find candidates for a content: never a proof. */
export interface IndexRow {
  readonly uid: number
  /** RFC822.SIZE. */
  readonly size: number
  /** As in the header, trimmed; empty where there is none. */
  readonly messageId: string
}

/** Sizes and Message-IDs of messages of the opened folder; servers keep both at hand. */
export async function fetchIndex(
  session: Session,
  ranges: readonly UidRange[],
  receive: (row: IndexRow) => void,
): Promise<void> {
  const commands = uidSets(ranges).map(({ set }) =>
    session.must(command('UID FETCH', set, '(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])'), {
      untagged: (response) => {
        const items = parseFetch(response)
        const uid = items === undefined ? undefined : uidOf(items)
        if (items === undefined || uid === undefined || !items.has('RFC822.SIZE') || !includes(ranges, uid))
          return
        const header = [...items].find(([key]) => key.startsWith('BODY[HEADER.FIELDS'))?.[1]
        const text = Buffer.from(textOf(header) ?? '', 'latin1')
        receive({ uid, size: numberOf(items.get('RFC822.SIZE')) ?? 0, messageId: messageIdOf(text) })
      },
    }),
  )
  await Promise.all(commands)
}

/** The Message-ID as an index key. */
export function messageIdOf(head: Buffer): string {
  return (rawHeaderField(head, 'message-id') ?? '').replaceAll('\0', '\u0080').slice(0, 1000)
}
