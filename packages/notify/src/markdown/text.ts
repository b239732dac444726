import type { MarkedToken, Tokens } from 'marked'
import { cleanLine } from './clean.ts'
import { decodeEntities, onlyOwn } from './lex.ts'
import { linkTarget, readableTarget } from './link.ts'
import { tableToText } from './text-table.ts'
import type { Values } from './values.ts'
import { isolate, widthOf, wrap } from './wrap.ts'

/** As people write mail by hand: RFC 5322 §2.1.1 asks for at most 78. */
const textColumns = 74

/** Markdown as plain text that is good to read as it is. Lines end with `\n`. */
export function markdownToText(tokens: readonly MarkedToken[], values: Values): string {
  return `${blocks(tokens, values, textColumns).join('\n').trim()}\n`
}

/** Blocks with an empty line between them. */
function blocks(tokens: readonly MarkedToken[], values: Values, columns: number): string[] {
  const lines: string[] = []
  for (const token of tokens) {
    const made = block(token, values, columns)
    if (made.length === 0) continue
    if (lines.length > 0) lines.push('')
    lines.push(...made)
  }
  return lines
}

function block(token: MarkedToken, values: Values, columns: number): string[] {
  switch (token.type) {
    case 'heading':
      return heading(token, values, columns)
    case 'paragraph':
      return paragraph(token, values, columns)
    case 'text':
      return wrap(inlineOf(token, values), columns)
    case 'list':
      return list(token, values, columns)
    case 'table':
      return table(token, values, columns)
    case 'code':
      return plain(token.text, values)
        .split('\n')
        .map((line) => `    ${line}`)
    case 'blockquote':
      return blocks(onlyOwn(token.tokens), values, columns - 2).map((line) =>
        line === '' ? '|' : `| ${line}`,
      )
    case 'hr':
      return ['-'.repeat(columns)]
    case 'space':
    case 'def':
    case 'html':
      return []
    case 'br':
    case 'checkbox':
    case 'codespan':
    case 'del':
    case 'em':
    case 'escape':
    case 'image':
    case 'link':
    case 'list_item':
    case 'strong':
      break
  }
  return wrap(inline([token], values), columns)
}

function heading(token: Tokens.Heading, values: Values, columns: number): string[] {
  const lines = wrap(inline(onlyOwn(token.tokens), values), columns)
  if (token.depth > 2) return lines
  const width = Math.min(columns, Math.max(...lines.map((line) => widthOf(line))))
  return [...lines, (token.depth === 1 ? '=' : '-').repeat(width)]
}

function paragraph(token: Tokens.Paragraph, values: Values, columns: number): string[] {
  const tokens = onlyOwn(token.tokens)
  const [only] = tokens
  const [alone] = only?.type === 'strong' ? onlyOwn(only.tokens) : []
  // What is a button in HTML: its target on a line of its own, so that it stays in one piece.
  if (tokens.length === 1 && only?.type === 'strong' && only.tokens.length === 1 && alone?.type === 'link') {
    const label = inline(onlyOwn(alone.tokens), values)
    const target = linkTarget(alone.href, values)
    return target === undefined
      ? wrap(label, columns)
      : [...wrap(`${label}:`, columns), `    ${readableTarget(target)}`]
  }
  return wrap(inline(tokens, values), columns)
}

function list(token: Tokens.List, values: Values, columns: number): string[] {
  const start = typeof token.start === 'number' ? token.start : 1
  const width = token.ordered ? `${start + token.items.length - 1}. `.length : 2
  return token.items.flatMap((item, index) => {
    const mark = (token.ordered ? `${start + index}.` : '-').padEnd(width)
    const inside = blocks(onlyOwn(item.tokens), values, columns - width)
    const lines = (token.loose ? inside : inside.filter((line) => line !== '')).map((line, at) =>
      at === 0 ? mark + line : line === '' ? '' : ' '.repeat(width) + line,
    )
    return token.loose && index > 0 ? ['', ...lines] : lines
  })
}

function table(token: Tokens.Table, values: Values, columns: number): string[] {
  const cell = ({ tokens }: Tokens.TableCell): string => inline(onlyOwn(tokens), values).replaceAll('\n', ' ')
  return tableToText(
    {
      head: token.header.map(cell),
      rows: token.rows.map((row) => row.map(cell)),
      right: token.align.map((side) => side === 'right'),
    },
    columns,
  )
}

function inlineOf(token: Tokens.Text | Tokens.Tag, values: Values): string {
  return 'tokens' in token && token.tokens !== undefined
    ? inline(onlyOwn(token.tokens), values)
    : flow(token.text, values)
}

function inline(tokens: readonly MarkedToken[], values: Values): string {
  return tokens.map((token) => inlineToken(token, values)).join('')
}

function inlineToken(token: MarkedToken, values: Values): string {
  switch (token.type) {
    case 'text':
      return inlineOf(token, values)
    case 'escape':
      return token.text
    // No signs around it: somebody would type them as part of a password.
    case 'strong':
    case 'em':
    case 'del':
      return inline(onlyOwn(token.tokens), values)
    case 'codespan':
      return plain(token.text, values)
    case 'br':
      return '\n'
    case 'link':
      return link(token, values)
    case 'image':
    case 'html':
      return ''
    case 'blockquote':
    case 'checkbox':
    case 'code':
    case 'def':
    case 'heading':
    case 'hr':
    case 'list':
    case 'list_item':
    case 'paragraph':
    case 'space':
    case 'table':
      break
  }
  return flow(token.raw, values)
}

function link(token: Tokens.Link, values: Values): string {
  const label = inline(onlyOwn(token.tokens), values)
  const target = linkTarget(token.href, values)
  if (target === undefined || readableTarget(target) === label || target === label) return label
  return `${label} <${readableTarget(target)}>`
}

/** Line ends of the template are blanks; they fall where the text is filled. */
function flow(text: string, values: Values): string {
  return values.replace(text, valueToText, (part) => decodeEntities(part).replaceAll('\n', ' '))
}

function plain(text: string, values: Values): string {
  return values.replace(text, valueToText, decodeEntities)
}

/** A value as one line of plain text. */
function valueToText(value: string): string {
  return isolate(cleanLine(value))
}
