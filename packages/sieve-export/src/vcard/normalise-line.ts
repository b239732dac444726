import { birthday } from './birthday.ts'
import { photo } from './photo.ts'
import { escapeText, property, splitValue, typesOf, unescapeText } from './property.ts'
import type { Property } from './property.ts'
import { standardTypes } from './types.ts'

export interface NormalisedLine {
  /** Strict vCard 3.0; empty when there is nothing to say. */
  readonly lines: readonly Property[]
  /** What was wrong, as a sentence. */
  readonly repair?: string
  /** The line's content could not be kept. */
  readonly dropped?: boolean
  /** The line says that the card is a list of others. */
  readonly group?: boolean
}

/** Text with parts between semicolons, and how many parts there are at least. */
const structured = new Map([
  ['N', 5],
  ['ADR', 7],
  ['ORG', 1],
])
const texts = new Set(
  (
    'FN NICKNAME NOTE TITLE ROLE EMAIL TEL LABEL MAILER SORT-STRING PRODID X-DEPARTMENT X-GENDER X-MAIDENNAME X-SPOUSE ' +
    'X-MANAGER X-ASSISTANT X-JABBER X-AIM X-ICQ X-MSN X-YAHOO X-SKYPE X-SKYPE-USERNAME X-ADDRESSBOOKSERVER-KIND'
  ).split(' '),
)
const uris = new Set(['IMPP', 'SOURCE', 'X-ADDRESSBOOKSERVER-MEMBER'])

/** One line of any version as lines of vCard 3.0. */
export function normaliseLine(raw: Property): NormalisedLine {
  const line = { ...raw, value: raw.value.replaceAll(/[^\P{Cc}\t]/gu, ''), parameters: cleanParameters(raw) }
  if (line.value.trim() === '') return { lines: [] }
  switch (line.name) {
    case 'PHOTO':
    case 'LOGO':
      return photo(line)
    case 'BDAY':
      return birthday(line)
    case 'KIND':
      return kind(line)
    case 'X-ADDRESSBOOKSERVER-KIND':
      return { lines: [line], group: line.value.toLowerCase() === 'group' }
    case 'MEMBER':
      return { lines: [uri({ ...line, name: 'X-ADDRESSBOOKSERVER-MEMBER' })] }
    case 'GENDER':
      return gender(line)
    case 'ANNIVERSARY':
      return { lines: [{ ...line, name: 'X-ANNIVERSARY' }] }
    case 'TEL':
      return { lines: [text(typed({ ...line, value: line.value.replace(/^tel:/i, '') }))] }
    default:
      return { lines: [other(typed(line))] }
  }
}

function other(line: Property): Property {
  const least = structured.get(line.name)
  if (least !== undefined) return parted(line, least)
  // By RFC 2426 a URI has no escapes. Roundcube, SOGo and others write and read them in URL all the same, and some
  // (Python's vobject) cut a link at a bare comma.
  if (line.name === 'URL') return text({ ...line, value: line.value.trim() })
  if (texts.has(line.name)) return text(line)
  return uris.has(line.name) ? uri(line) : line
}

/** Roundcube leaves commas as they are; in a text value they need a backslash. */
function text(line: Property): Property {
  return { ...line, value: escapeText(unescapeText(line.value)) }
}

/** A URI has no escapes (RFC 2426 §4), though programs write them; here nobody needs them. */
function uri(line: Property): Property {
  return { ...line, value: unescapeText(line.value).replaceAll(/\s+/g, '') }
}

function parted(line: Property, least: number): Property {
  const parts = splitValue(line.value, ';').map((part) => escapeText(unescapeText(part)))
  while (parts.length < least) parts.push('')
  return { ...line, value: parts.join(';') }
}

function typed(line: Property): Property {
  const types = standardTypes(line.name, typesOf(line))
  const parameters = new Map(line.parameters)
  if (types.length === 0) parameters.delete('TYPE')
  else parameters.set('TYPE', types)
  return { ...line, parameters }
}

/** Names of the 4.0 and 2.1 syntax that 3.0 does not know go, and what no parameter may hold. */
function cleanParameters({ parameters }: Property): Map<string, readonly string[]> {
  const clean = new Map<string, readonly string[]>()
  for (const [name, values] of parameters) {
    // readers exist that know quotation marks around a single value only
    const unwanted = values.length === 1 ? /["\p{Cc}]/gu : /[":;,\p{Cc}]/gu
    const kept = values.map((value) => value.replaceAll(unwanted, '').trim()).filter((value) => value !== '')
    if (kept.length === 0 || name === 'PID' || name === 'ALTID') continue
    if (name === 'PREF') clean.set('TYPE', [...(clean.get('TYPE') ?? parameters.get('TYPE') ?? []), 'pref'])
    else if (!(name === 'TYPE' && clean.has('TYPE'))) clean.set(name, kept)
  }
  return clean
}

function kind(line: Property): NormalisedLine {
  const value = line.value.trim().toLowerCase()
  // every other kind is shown as a person anyway
  return value === 'group'
    ? { lines: [property('X-ADDRESSBOOKSERVER-KIND', 'group')], group: true }
    : { lines: [] }
}

function gender(line: Property): NormalisedLine {
  const [code = '', words = ''] = splitValue(line.value, ';')
  const known = new Map([
    ['M', 'male'],
    ['F', 'female'],
  ])
  const value = unescapeText(words) || (known.get(code.trim().toUpperCase()) ?? code)
  return { lines: value === '' ? [] : [property('X-GENDER', escapeText(value))] }
}
