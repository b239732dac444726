import { edit, type Splice } from '../syntax/edit.ts'
import { quote } from '../syntax/quote.ts'
import { lineEnd } from './line-end.ts'
import type { Command, Script, Span, StringListArgument } from '../syntax/tree.ts'
import { stringsOf } from '../syntax/walk.ts'

const comma = 0x2c
const space = 0x20

/** Takes extensions out of all `require`s; comments stay. A `require` of nothing else goes altogether. */
export function withoutExtensions(script: Script, names: ReadonlySet<string>): readonly Splice[] {
  return requires(script).flatMap((command) => {
    const [argument] = command.arguments
    const strings = stringsOf(argument)
    const gone = strings.filter(({ value }) => names.has(value))
    if (gone.length === 0) return []
    if (gone.length === strings.length) return wholeCommand(script, command)
    return argument?.kind === 'strings' ? itemsOf(script, argument, names) : []
  })
}

/** Adds extensions to the first `require`, or makes one at the beginning. */
export function withExtensions(script: Script, names: readonly string[]): readonly Splice[] {
  const there = new Set(
    requires(script).flatMap((command) => stringsOf(command.arguments[0]).map(({ value }) => value)),
  )
  const missing = names.filter((name) => !there.has(name))
  if (missing.length === 0) return []
  const [argument] = requires(script)[0]?.arguments ?? []
  const [firstItem, secondItem] = stringsOf(argument)
  const lastItem = stringsOf(argument).at(-1)
  const texts = missing.map((name) => quote(name))
  if (argument?.kind === 'string') {
    return [
      { start: argument.start, end: argument.start, text: '[' },
      { start: argument.end, end: argument.end, text: `, ${texts.join(', ')}]` },
    ]
  }
  if (firstItem === undefined || lastItem === undefined) {
    return [{ start: 0, end: 0, text: `require [${texts.join(', ')}];${lineEnd(script.source)}` }]
  }
  const tight = secondItem !== undefined && secondItem.start - firstItem.end === 1
  const separator = tight ? ',' : ', '
  return [{ start: lastItem.end, end: lastItem.end, text: separator + texts.join(separator) }]
}

/** Replaces the name of an extension wherever it is required. */
export function replacedExtension(script: Script, from: string, to: string): readonly Splice[] {
  const names = requires(script).flatMap((command) => stringsOf(command.arguments[0]))
  return names
    .filter(({ value }) => value === from)
    .map(({ start, end }) => ({ start, end, text: quote(to) }))
}

/** Splices in `require` commands as one replacement for each command, which reads better in a report. */
export function groupedByRequire(script: Script, splices: readonly Splice[]): readonly Splice[] {
  const commands = requires(script)
  const groups = Map.groupBy(splices, ({ start }) => commands.findLast((command) => command.start <= start))
  return [...groups].flatMap(([command, group]) => {
    if (command === undefined) return group
    const { start } = command
    const end = Math.max(command.end, ...group.map((splice) => splice.end))
    const local = group.map((splice) => ({ ...splice, start: splice.start - start, end: splice.end - start }))
    return [{ start, end, text: edit(script.source.subarray(start, end), local) }]
  })
}

/** Where the semicolon is missing, the rest of the script belongs to `require`; such a script is refused anyway. */
export function requires(script: Script): readonly Command[] {
  return script.commands.filter(
    ({ name, tests, block }) => name === 'require' && tests.length === 0 && block === undefined,
  )
}

/** Comments within are kept where they are. */
function wholeCommand({ source, comments }: Script, command: Command): readonly Splice[] {
  const inner = comments.filter(({ start, end }) => start >= command.start && end <= command.end)
  let { end } = command
  // A line that held nothing else goes with its end.
  const alone = command.start === 0 || source[command.start - 1] === 0x0a
  if (alone && source[end] === 0x0d && source[end + 1] === 0x0a) end += 2
  else if (alone && source[end] === 0x0a) end += 1
  const cuts = [
    command.start,
    ...inner.flatMap((comment) => [comment.start, comment.end]),
    inner.length > 0 ? command.end : end,
  ]
  return pairs(cuts).map(([from, to]) => ({ start: from, end: to, text: '' }))
}

function pairs(cuts: readonly number[]): readonly (readonly [number, number])[] {
  return cuts.flatMap((cut, index) => (index % 2 === 0 ? [[cut, cuts[index + 1] ?? cut] as const] : []))
}

function itemsOf(script: Script, list: StringListArgument, names: ReadonlySet<string>): readonly Splice[] {
  const commentEnds = new Map(script.comments.map(({ start, end }) => [start, end]))
  const firstKept = list.items.findIndex(({ value }) => !names.has(value))
  return list.items.flatMap((item, index): readonly Splice[] => {
    if (!names.has(item.value)) return []
    const { start, end } = item
    // The comma before it, or behind it as long as nothing that stays was seen.
    const before = index > firstKept
    const other = list.items[before ? index - 1 : index + 1]
    const gap = before ? { start: other?.end ?? start, end: start } : { start: end, end: other?.start ?? end }
    const mark = commaIn(script.source, gap, commentEnds)
    const blank = script.source[mark + 1] === space ? 1 : 0
    return [
      { start, end, text: '' },
      { start: mark, end: mark + 1 + blank, text: '' },
    ]
  })
}

function commaIn(source: Uint8Array, gap: Span, commentEnds: ReadonlyMap<number, number>): number {
  for (let at = gap.start; at < gap.end; at += 1) {
    const behindComment = commentEnds.get(at)
    if (behindComment !== undefined) at = behindComment - 1
    else if (source[at] === comma) return at
  }
  return gap.start
}
