import type { Phase } from '../report.ts'
import { isInFuture } from '../wire/dates.ts'
import type { ListedMessage } from './list-side.ts'

/** A source message with the folder it is in (several source folders may go into one target folder). */
export interface SourceMessage extends ListedMessage {
  /** Wire name. */
  readonly folder: string
}

export interface TargetMessage extends ListedMessage {
  /** Wire name. */
  readonly folder: string
}

export interface Comparison {
  readonly matched: readonly { readonly source: SourceMessage; readonly target: TargetMessage }[]
  readonly different: readonly {
    readonly source: SourceMessage
    readonly target: TargetMessage
    readonly what: readonly ('flags' | 'date')[]
  }[]
  readonly missing: readonly SourceMessage[]
  readonly extra: readonly TargetMessage[]
}

/**
 * Compares as multisets: every content as often on the target as at the source. In `mirror` flags and dates must be equal
 * too (but for dates from the future: see `isInFuture`); of twins those belong together that are alike in everything.
 */
export function compareMessages(
  source: readonly SourceMessage[],
  target: readonly TargetMessage[],
  phase: Phase,
): Comparison {
  const mirror = phase === 'mirror'
  const alike = pairUp(
    source,
    target,
    mirror ? ({ hash, date, flags }) => `${hash} ${date} ${flags}` : ({ hash }) => hash,
  )
  if (!mirror) return { matched: alike.pairs, different: [], missing: alike.source, extra: alike.target }
  const similar = pairUp(alike.source, alike.target, ({ hash }) => hash)
  const compared = similar.pairs.map((pair) => ({ ...pair, what: differences(pair.source, pair.target) }))
  return {
    matched: [...alike.pairs, ...compared.filter(({ what }) => what.length === 0)],
    different: compared.filter(({ what }) => what.length > 0),
    missing: similar.source,
    extra: similar.target,
  }
}

/** Pairs messages of equal key in their order, and returns what is left on each side. */
function pairUp(
  source: readonly SourceMessage[],
  target: readonly TargetMessage[],
  key: (message: ListedMessage) => string,
): {
  readonly pairs: { readonly source: SourceMessage; readonly target: TargetMessage }[]
  readonly source: SourceMessage[]
  readonly target: TargetMessage[]
} {
  const waiting = new Map<string, { readonly messages: TargetMessage[]; used: number }>()
  for (const message of target) {
    const group = waiting.get(key(message))
    if (group === undefined) waiting.set(key(message), { messages: [message], used: 0 })
    else group.messages.push(message)
  }
  const pairs: { source: SourceMessage; target: TargetMessage }[] = []
  const left: SourceMessage[] = []
  for (const message of source) {
    const group = waiting.get(key(message))
    const twin = group?.messages[group.used]
    if (group === undefined || twin === undefined) left.push(message)
    else {
      group.used += 1
      pairs.push({ source: message, target: twin })
    }
  }
  return {
    pairs,
    source: left,
    target: [...waiting.values()].flatMap(({ messages, used }) => messages.slice(used)),
  }
}

function differences(source: ListedMessage, target: ListedMessage): readonly ('flags' | 'date')[] {
  return [
    ...(source.flags === target.flags ? [] : ['flags' as const]),
    ...(source.date === target.date || isForeseen(source, target) ? [] : ['date' as const]),
  ]
}

/** A date from the future becomes the time of the copy on servers that take none. */
function isForeseen(source: ListedMessage, target: ListedMessage): boolean {
  return isInFuture({ seconds: source.date, zoneMinutes: 0 }) && target.date < source.date
}
