import type { Property } from './property.ts'

export interface ParsedLine {
  readonly property: Property
  /** What was wrong with it and is right now. */
  readonly repaired?: string
}

const encodings = new Set(['QUOTED-PRINTABLE', 'BASE64', '8BIT', '7BIT', 'B'])
const nameForm = /^[A-Za-z0-9-]+$/

/** One unfolded line; undefined when it is none. */
export function parseLine(line: string): ParsedLine | undefined {
  const strict = headEnd(line, true)
  const end = strict ?? headEnd(line, false)
  if (end === undefined) return undefined
  const head = line.slice(0, end)
  const [nameWithGroup = '', ...rest] = splitOutsideQuotes(head, ';', strict !== undefined)
  const dot = nameWithGroup.lastIndexOf('.')
  const name = nameWithGroup.slice(dot + 1).trim()
  const group = dot === -1 ? '' : nameWithGroup.slice(0, dot).trim()
  if (!nameForm.test(name) || (group !== '' && !nameForm.test(group))) return undefined
  const parameters = new Map<string, string[]>()
  for (const parameter of rest) addParameter(parameters, parameter, strict !== undefined)
  return {
    property: {
      ...(group === '' ? {} : { group }),
      name: name.toUpperCase(),
      parameters,
      value: line.slice(end + 1),
    },
    ...(strict === undefined ? { repaired: 'a quotation mark was not closed' } : {}),
  }
}

/** Where the `:` before the value stands. With `quotes`, one between quotation marks does not count. */
function headEnd(line: string, quotes: boolean): number | undefined {
  let inside = false
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"' && quotes) inside = !inside
    else if (line[at] === ':' && !inside) return at
  }
  return undefined
}

function addParameter(parameters: Map<string, string[]>, text: string, quotes: boolean): void {
  const equals = text.indexOf('=')
  const bare = text.trim().toUpperCase()
  // vCard 2.1 leaves the name out: `TEL;HOME;CELL:`
  const name =
    equals !== -1 ? text.slice(0, equals).trim().toUpperCase() : encodings.has(bare) ? 'ENCODING' : 'TYPE'
  if (!nameForm.test(name)) return
  const values = splitOutsideQuotes(equals === -1 ? text : text.slice(equals + 1), ',', quotes)
    .map((value) => value.replaceAll('"', '').trim())
    .filter((value) => value !== '')
  if (values.length > 0) parameters.set(name, [...(parameters.get(name) ?? []), ...values])
}

function splitOutsideQuotes(text: string, separator: string, quotes: boolean): string[] {
  const parts: string[] = []
  let start = 0
  let inside = false
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"' && quotes) inside = !inside
    else if (text[at] === separator && !inside) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}
