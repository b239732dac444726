import { decodeLine } from './decode-line.ts'
import { parseLine } from './parse-line.ts'
import type { Card, Property } from './property.ts'

/** A card as it was found, and what was wrong with its syntax. */
export interface ParsedCard extends Card {
  /** `2.1`, `3.0`, `4.0`, or whatever stands there; empty when nothing does. */
  readonly version: string
  readonly problems: readonly CardProblem[]
}

export interface CardProblem {
  /** `repaired`: nothing is lost. `dropped`: this line could not be understood and is not in the result. */
  readonly kind: 'repaired' | 'dropped'
  readonly message: string
}

/** No card of an honest address book comes near these. */
const maxLines = 5000

/**
 * Reads the cards of a text: vCard 2.1, 3.0 and 4.0, folded or not, with any line ends. Tolerant: every line that can
 * be understood is in the result, the others are in `problems`. Never throws.
 */
export function* parseCards(text: string): Generator<ParsedCard> {
  let current: RawLine[] | undefined
  for (const line of unfolded(text)) {
    const word = line.text.trim().toUpperCase()
    if (word === 'BEGIN:VCARD') {
      if (current !== undefined && current.length > 0) yield toCard(current, false)
      current = []
    } else if (word === 'END:VCARD') {
      if (current !== undefined) yield toCard(current, true)
      current = undefined
    } else current?.push(line)
  }
  if (current !== undefined) yield toCard(current, false)
}

interface RawLine {
  readonly number: number
  readonly text: string
}

/** RFC 2426 §2.6: a line that begins with white space goes on the one before it. */
function* unfolded(text: string): Generator<RawLine> {
  let number = 0
  let pending: { number: number; parts: string[]; softBreak: boolean } | undefined
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    number += 1
    if (pending !== undefined && (pending.softBreak || /^[ \t]/.test(line))) {
      pending.parts.push(pending.softBreak ? line : line.slice(1))
      pending.softBreak = pending.softBreak && line.endsWith('=')
      continue
    }
    if (pending !== undefined) yield { number: pending.number, text: pending.parts.join('') }
    // vCard 2.1 breaks quoted-printable lines with a `=` at their end (RFC 1521)
    const softBreak = line.endsWith('=') && /^[^:]*QUOTED-PRINTABLE[^:]*:/i.test(line)
    pending = { number, parts: [line], softBreak }
    if (softBreak) pending.parts[0] = `${line}\n`
  }
  if (pending !== undefined) yield { number: pending.number, text: pending.parts.join('') }
}

function toCard(lines: readonly RawLine[], ended: boolean): ParsedCard {
  const properties: Property[] = []
  const problems: CardProblem[] = []
  if (!ended) problems.push({ kind: 'repaired', message: 'END:VCARD was missing' })
  if (lines.length > maxLines)
    problems.push({
      kind: 'dropped',
      message: `only the first ${maxLines} of ${lines.length} lines were read`,
    })
  let version = ''
  for (const { text, number } of lines.slice(0, maxLines)) {
    if (text.trim() === '') continue
    const parsed = parseLine(text)
    if (parsed === undefined) {
      problems.push({ kind: 'dropped', message: `line ${number} is not "NAME:value"` })
      continue
    }
    if (parsed.repaired !== undefined)
      problems.push({ kind: 'repaired', message: `line ${number}: ${parsed.repaired}` })
    if (parsed.property.name === 'VERSION') version = parsed.property.value.trim()
    else properties.push(decodeLine(parsed.property))
  }
  return { version, properties, problems }
}
