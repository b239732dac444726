import { ManageSieveError } from './errors.ts'
import type { Line, Token } from './tokens.ts'

/** How a command ended, with the lines that came before (RFC 5804 §4, `response-*`). */
export interface Response {
  readonly status: 'OK' | 'NO' | 'BYE'
  readonly code?: ResponseCode
  /** What the server says about it, printable, at most 4,096 characters, line ends as `\n`. */
  readonly text: string
}

/** RFC 5804 §1.3: what is within the parentheses after the status. */
interface ResponseCode {
  /** Upper case, e.g. `QUOTA/MAXSCRIPTS`. */
  readonly name: string
  readonly arguments: readonly string[]
}

const maxText = 4096

/** The status that a line ends a command with; `undefined` for a line of data. Throws `protocol` for what is neither. */
export function parseStatus(line: Line): Response | undefined {
  const [first, ...rest] = line
  if (first?.kind === 'string') return undefined
  const status = first?.kind === 'atom' ? first.value.toUpperCase() : ''
  if (status !== 'OK' && status !== 'NO' && status !== 'BYE')
    throw new ManageSieveError('protocol', 'the server sent a line that is neither data nor a status')
  let code: ResponseCode | undefined
  if (rest[0]?.kind === 'list') code = parseCode(rest.shift())
  const [text] = rest
  // Words outside of quotes are no text by the RFC, but the status is clear without it.
  const said = text?.kind === 'string' ? printable(text.value) : rest.map(textOf).join(' ')
  return { status, ...(code === undefined ? {} : { code }), text: said }
}

function parseCode(token: Token | undefined): ResponseCode | undefined {
  const [name, ...items] = token?.kind === 'list' ? token.items : []
  if (name?.kind !== 'atom') return undefined
  return { name: name.value.toUpperCase().slice(0, 100), arguments: items.map(textOf) }
}

/** A token as text: lists inside of a code are of no use to us and become empty. */
export function textOf(token: Token): string {
  if (token.kind === 'list') return ''
  return token.kind === 'string' ? token.value.toString('utf8') : token.value
}

/** A server's text for people: printable, bounded; line ends stay. */
function printable(bytes: Buffer): string {
  const text = bytes
    .toString('utf8', 0, maxText * 4)
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]+/gu, ' ')
    .trim()
  return text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text
}

/** Its first line, for an error's message. */
export function firstLine(text: string): string {
  const [line = ''] = text.split('\n', 1)
  const short = line.length > 300 ? `${line.slice(0, 299)}…` : line
  return short === '' ? 'no reason given' : short
}
