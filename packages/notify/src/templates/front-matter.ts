import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { TemplateProblem } from '../errors.ts'
import { closest } from './closest.ts'
import type { Source } from './sources.ts'

/** A value of the front matter, with what keeps positions right: as many lines and columns before it as in the file. */
interface FrontField {
  readonly text: string
  readonly padded: string
}

export interface FrontMatter {
  readonly fields: ReadonlyMap<string, FrontField>
  /** The text behind it; the lines of the front matter are there, empty. */
  readonly body: string
}

const block = /^---[ \t]*\n([\s\S]*?\n)?---[ \t]*(?:\n|$)/u

/** Splits a template. Every required key must be there, and no other. */
export function splitFrontMatter(
  source: Source,
  keys: readonly string[],
  problems: TemplateProblem[],
): FrontMatter {
  const { file, text } = source
  const fields = new Map<string, FrontField>()
  const problem = (line: number, column: number, message: string, suggestion?: string): void => {
    problems.push({ file, line, column, message, ...(suggestion !== undefined && { suggestion }) })
  }
  const match = block.exec(text)
  if (match === null) {
    if (keys.length > 0) problem(1, 1, `the front matter is missing: --- and ${keys[0]}: …, then ---`)
    return { fields, body: text }
  }
  const [whole, yaml = ''] = match
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines, schema: 'failsafe', prettyErrors: false })
  const at = (offset: number): [line: number, column: number] => {
    const { line, col } = lines.linePos(offset)
    return [line + 1, col]
  }
  for (const error of document.errors) problem(...at(error.pos[0]), error.message)
  const entries = isMap(document.contents) ? document.contents.items : []
  for (const { key, value } of entries) {
    if (!isScalar(key) || typeof key.value !== 'string') continue
    const [line, column] = at(key.range?.[0] ?? 0)
    if (!keys.includes(key.value)) {
      problem(line, column, `${key.value} is no key of the front matter`, closest(key.value, keys))
      continue
    }
    if (!isScalar(value) || typeof value.value !== 'string' || value.value.trim() === '') {
      problem(line, column, `${key.value} is not a line of text`)
      continue
    }
    const [valueLine, valueColumn] = at(value.range?.[0] ?? 0)
    const quote = yaml[value.range?.[0] ?? 0]
    const column0 = valueColumn - 1 + (quote === '"' || quote === "'" ? 1 : 0)
    fields.set(key.value, {
      text: value.value,
      padded: '\n'.repeat(valueLine - 1) + ' '.repeat(column0) + value.value,
    })
  }
  if (document.errors.length === 0)
    for (const key of keys)
      if (!fields.has(key) && !entries.some((entry) => isScalar(entry.key) && entry.key.value === key))
        problem(1, 1, `${key} is missing in the front matter`)
  return { fields, body: '\n'.repeat(whole.split('\n').length - 1) + text.slice(whole.length) }
}
