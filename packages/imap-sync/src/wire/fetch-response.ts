import type { RawResponse } from './response-reader.ts'
import { atomOf, listOf, numberOf, parseTokens, textOf, type Token } from './tokens.ts'

/** The items of one FETCH response, keys upper case. */
export type FetchItems = ReadonlyMap<string, Token>

const fetchLine = /^\* \d{1,10} FETCH \(/i

/** Parses `* n FETCH (...)`; undefined for other responses. Doubled items: the last one counts. */
export function parseFetch(response: RawResponse): FetchItems | undefined {
  if (!fetchLine.test(response.texts[0] ?? '')) return undefined
  const list = listOf(parseTokens(response)[3]) ?? []
  const items = new Map<string, Token>()
  for (let at = 0; at + 1 < list.length; at += 2) {
    const value = list[at + 1]
    if (value !== undefined) items.set((textOf(list[at]) ?? '').toUpperCase(), value)
  }
  return items
}

/** The UID, when the response has a valid one. */
export function uidOf(items: FetchItems): number | undefined {
  const uid = numberOf(items.get('UID'))
  return uid !== undefined && uid > 0 && uid <= 0xffff_ffff ? uid : undefined
}

/** The flags, when the response has them. */
export function flagsOf(items: FetchItems): readonly string[] | undefined {
  return listOf(items.get('FLAGS'))?.flatMap((flag) => atomOf(flag) ?? [])
}
