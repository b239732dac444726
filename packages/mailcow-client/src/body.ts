import { raceAbort } from './abort.ts'
import type { FetchAnswer } from './fetch.ts'

/** The text of a body, and whether it was cut at the limit. */
export interface BoundedText {
  readonly text: string
  readonly isCut: boolean
}

/** Reads at most `maxBytes` (after decompression); always settles once the signal aborts. */
export async function readBounded(
  body: FetchAnswer['body'],
  maxBytes: number,
  signal: AbortSignal,
): Promise<BoundedText> {
  if (body === null) return { text: '', isCut: false }
  const decoder = new TextDecoder()
  const chunks = body[Symbol.asyncIterator]()
  let text = ''
  let size = 0
  try {
    for (;;) {
      const step = await raceAbort(Promise.resolve(chunks.next()), signal)
      if (step.done === true) return { text: text + decoder.decode(), isCut: false }
      size += step.value.byteLength
      if (size > maxBytes) {
        text += decoder.decode(step.value.subarray(0, Math.max(0, step.value.byteLength - (size - maxBytes))))
        stop(chunks)
        return { text, isCut: true }
      }
      text += decoder.decode(step.value, { stream: true })
    }
  } catch (error) {
    stop(chunks)
    throw error
  }
}

/** Gives the body up without waiting for the peer. */
function stop(chunks: AsyncIterator<Uint8Array>): void {
  chunks.return?.()?.then(
    () => undefined,
    () => undefined,
  )
}
