import { foldCase, shorten } from './address.ts'
import type { SpamSettings } from './model.ts'
import type { Parsed } from './parsed.ts'

/** More would be a list that somebody fetched from somewhere. */
const maxScore = 10_000

/** A sender of a list: an address or a domain, `*` for any characters. Lower-cased. */
export function parseSender(text: string): Parsed<string> {
  const sender = foldCase(text.trim())
  if (sender === '') return { problem: 'a sender is missing' }
  if (sender.length > 320 || /[\s,;<>"'()]|\p{Cc}/u.test(sender))
    return { problem: `'${shorten(text)}' is no sender`, suggestion: 'write an address, or *@example.net' }
  return { value: sender }
}

/** A threshold of the spam filter: a number of points. */
export function parseScore(text: string): Parsed<number> {
  const score = /^-?\d{1,5}(?:\.\d{1,3})?$/u.test(text.trim()) ? Number(text) : Number.NaN
  return checkScore(score, text)
}

export function checkScore(score: number, text = String(score)): Parsed<number> {
  if (!Number.isFinite(score) || Math.abs(score) > maxScore)
    return { problem: `'${shorten(text)}' is no number of points`, suggestion: 'write for example 5 or 7.5' }
  return { value: score }
}

/** What only one of them says is taken over, lists are put together; a threshold that both name is the first one's. */
export function mergeSpam(
  first: SpamSettings | undefined,
  second: SpamSettings | undefined,
): SpamSettings | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return canonicalSpam({
    ...second,
    ...first,
    allow: [...first.allow, ...second.allow],
    deny: [...first.deny, ...second.deny],
  })
}

/** Lists sorted, each sender once; one that stands on both is allowed: a mail too many is better than one too few. */
export function canonicalSpam({ allow, deny, ...scores }: SpamSettings): SpamSettings {
  const allowed = new Set(allow)
  return {
    ...scores,
    allow: [...allowed].toSorted(),
    deny: [...new Set(deny)].filter((sender) => !allowed.has(sender)).toSorted(),
  }
}
