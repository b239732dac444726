import { foldCase } from '../address.ts'

/** An entry of a table's source (postmap(1)): a key and, behind the blanks, its value. */
export interface TableEntry {
  readonly key: string
  readonly value: string
  /** Counts from 1. */
  readonly line: number
}

/** What stands in a table's source, piece by piece; joined they are the source again. */
interface Piece {
  readonly text: string
  readonly entry?: TableEntry
}

/** The source of a hash:, btree:, lmdb: or texthash: table. Its text is kept octet for octet but for what an edit changes. */
export interface TableFile {
  readonly pieces: readonly Piece[]
}

/**
 * A line that begins with a blank continues the one before, also across comments and empty lines (postmap(1)): these belong to
 * an entry only when it goes on behind them.
 */
export function parseTable(text: string): TableFile {
  const pieces: Piece[] = []
  let open: { text: string; logical: string; readonly line: number } | undefined
  let between: string[] = []
  const close = (): void => {
    if (open !== undefined) pieces.push({ text: open.text, entry: entryOf(open.logical, open.line) })
    pieces.push(...between.map((comment) => ({ text: comment })))
    open = undefined
    between = []
  }
  for (const [index, raw] of text.split(/(?<=\n)/).entries()) {
    const line = raw.replace(/\r?\n$/, '')
    const isComment = /^\s*(?:#|$)/.test(line)
    if (isComment) between.push(raw)
    else if (open !== undefined && /^\s/.test(line)) {
      open.text += between.join('') + raw
      open.logical += ` ${line.trim()}`
      between = []
    } else {
      close()
      open = { text: raw, logical: line.trim(), line: index + 1 }
    }
  }
  close()
  return { pieces }
}

function entryOf(logical: string, line: number): TableEntry {
  const match = /^(?<key>"(?:[^"\\]|\\.)*"|\S+)\s*(?<value>[^]*)$/.exec(logical)
  return { key: unquote(match?.groups?.['key'] ?? ''), value: (match?.groups?.['value'] ?? '').trim(), line }
}

export function printTable({ pieces }: TableFile): string {
  return pieces.map(({ text }) => text).join('')
}

export function entriesOf({ pieces }: TableFile): readonly TableEntry[] {
  return pieces.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
}

const begin = (domain: string): string =>
  `# BEGIN mailmove ${domain} (made by mailmove; it takes this block away again)`
const end = (domain: string): string => `# END mailmove ${domain}`
const isBegin = (text: string, domain: string): boolean => text.startsWith(`# BEGIN mailmove ${domain} `)
const isEnd = (text: string, domain: string): boolean => text.trim() === end(domain)
/** What was taken out stands in the block as comments, so that the file itself holds what an undo needs. */
const REMOVED = '#- '
/** What an undo has to know beside, a line each. */
const NOTE = '#= '

/** How a domain's part of a table changes. */
export interface TableChange {
  readonly remove: (entry: TableEntry) => boolean
  /** Lines of the table. */
  readonly add: readonly string[]
  /** Kept with what was noted before. */
  readonly notes?: readonly string[]
}

/**
 * The table with a domain's entries taken out and others in their place: a marked block at the end, which holds both.
 * Applied twice it is the same as once; what stood in a block before is known to have been removed already.
 */
export function withBlock(text: string, domain: string, change: TableChange): string {
  const { head, tail, removed, notes } = takeBlock(text, domain)
  // The block stays where it is: with those of other domains around it, it would never come to rest.
  const [before, behind] = [head, tail].map((part) => parseTable(part).pieces)
  const isOut = ({ entry }: Piece): boolean => entry !== undefined && change.remove(entry)
  const out = [...(before ?? []), ...(behind ?? [])].filter(isOut)
  const kept = (pieces: readonly Piece[] = []): string =>
    printTable({ pieces: pieces.filter((piece) => !isOut(piece)) })
  const gone = [...removed, ...out.map((piece) => withNewline(piece.text))]
  const noted = [...new Set([...notes, ...(change.notes ?? [])])]
  const block =
    gone.length === 0 && change.add.length === 0 && noted.length === 0
      ? ''
      : [
          `${begin(domain)}\n`,
          ...gone.flatMap((entry) => entry.split(/(?<=\n)/).map((line) => `${REMOVED}${line}`)),
          ...noted.map((note) => `${NOTE}${note}\n`),
          ...change.add.map((line) => `${line}\n`),
          `${end(domain)}\n`,
        ].join('')
  const first = kept(before)
  return block === '' || first === ''
    ? `${first}${block}${kept(behind)}`
    : `${withNewline(first)}${block}${kept(behind)}`
}

/** The table as it was before {@link withBlock}, its entries at the end where no block stands in between. */
export function withoutBlock(text: string, domain: string): string {
  const { head, tail, removed } = takeBlock(text, domain)
  const rest = `${head}${tail}`
  return removed.length === 0 ? rest : `${rest === '' ? '' : withNewline(rest)}${removed.join('')}`
}

/** What was noted in the domain's block. */
export function notesIn(text: string, domain: string): readonly string[] {
  return takeBlock(text, domain).notes
}

export function hasBlock(text: string, domain: string): boolean {
  return text.split('\n').some((line) => isBegin(line, domain))
}

function takeBlock(
  text: string,
  domain: string,
): {
  readonly head: string
  readonly tail: string
  readonly removed: readonly string[]
  readonly notes: readonly string[]
} {
  const head: string[] = []
  const tail: string[] = []
  const removed: string[] = []
  const notes: string[] = []
  let inside = false
  let rest = head
  for (const line of text.split(/(?<=\n)/)) {
    if (inside && isEnd(line, domain)) inside = false
    else if (inside && line.startsWith(REMOVED)) removed.push(line.slice(REMOVED.length))
    else if (inside && line.startsWith(NOTE)) notes.push(line.slice(NOTE.length).trim())
    else if (!inside && isBegin(line, domain)) {
      inside = true
      rest = tail
    } else if (!inside) rest.push(line)
  }
  // Without a block, the next one comes at the end.
  return { head: head.join(''), tail: tail.join(''), removed, notes }
}

function withNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}

function unquote(key: string): string {
  return key.startsWith('"') ? key.slice(1, -1).replaceAll(/\\(.)/g, '$1') : key
}

/** Whether a key of an alias, mailbox or transport table is about a domain: `user@domain`, `@domain` or `domain`. */
export function isKeyOf(key: string, domains: ReadonlySet<string>): boolean {
  return domains.has(foldCase(key.slice(key.lastIndexOf('@') + 1)))
}
