import type { UidRange } from '../state/state.ts'
import { countOf, includes, formatUidSet } from '../state/ranges.ts'
import { command } from '../wire/command.ts'
import { parseFetch, uidOf } from '../wire/fetch-response.ts'
import type { LiteralSink, RawResponse } from '../wire/response-reader.ts'
import type { CommandResult, Session } from '../wire/session.ts'
import { textOf } from '../wire/tokens.ts'
import { BodyQueue, type FetchedBody } from './body-queue.ts'

export interface BodyFetch {
  /** In the server's order. Ends when the command does; rejects when the connection is lost. Read it to the end. */
  readonly bodies: AsyncIterable<FetchedBody>
  /** OK, or NO when the server could not deliver all. */
  readonly result: Promise<CommandResult>
}

export interface BodyFetchOptions {
  /** Messages up to this size come whole, larger ones as a stream. */
  readonly wholeUpTo: number
}

const bodyLiteral = /BODY\[\] ~?\{\d+\+?\}$/i
const uidBefore = /[( ]UID (\d{1,10})[ )]/i

/**
 * Sends UID FETCH for the content of messages of the opened folder and hands them out as they arrive. When the reader
 * is slow the socket is not read. Whatever order the server sends attributes in: a message whose UID comes after its
 * content is kept whole until it is known.
 */
export function fetchBodies(
  session: Session,
  ranges: readonly UidRange[],
  options: BodyFetchOptions,
): BodyFetch {
  const queue = new BodyQueue(session)
  const only = countOf(ranges) === 1 ? ranges[0]?.first : undefined
  const wanted = (uid: number | undefined): uid is number => uid !== undefined && includes(ranges, uid)
  let unnamed: { readonly add: (uid: number) => void } | undefined

  const literal = (response: RawResponse, size: number): LiteralSink | undefined => {
    if (!bodyLiteral.test(response.texts.at(-1) ?? '')) return undefined
    const named = response.texts.map((text) => uidBefore.exec(text)?.[1]).find((uid) => uid !== undefined)
    const uid = named === undefined ? only : Number(named)
    if (uid === undefined) {
      return queue.keep(size, (held) => {
        unnamed = {
          add: (later) => queue.add({ kind: 'whole', uid: later, size, chunks: held.chunks }, held),
        }
      })
    }
    if (!wanted(uid)) return queue.discard()
    if (size <= options.wholeUpTo) {
      return queue.keep(size, (held) => queue.add({ kind: 'whole', uid, size, chunks: held.chunks }, held))
    }
    return queue.stream(uid, size)
  }

  const untagged = (response: RawResponse): void => {
    const items = parseFetch(response)
    const uid = items === undefined ? undefined : (uidOf(items) ?? only)
    const body = items?.get('BODY[]')
    if (items === undefined || body === undefined || !wanted(uid)) return
    if (body.kind === 'streamed') {
      unnamed?.add(uid)
      unnamed = undefined
      return
    }
    const text = textOf(body)
    if (text === undefined || body.kind === 'nil') queue.add({ kind: 'unreadable', uid })
    else queue.add({ kind: 'whole', uid, size: text.length, chunks: [Buffer.from(text, 'latin1')] })
  }

  const result = session.run(command('UID FETCH', formatUidSet(ranges), '(UID BODY.PEEK[])'), {
    literal,
    untagged,
  })
  result.then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  )
  return { bodies: queue, result }
}
