import { decodeBytes } from '../vcard/decode-bytes.ts'
import { parseCards } from '../vcard/parse.ts'
import type { ParsedCard } from '../vcard/parse.ts'
import { escapeText, property } from '../vcard/property.ts'
import type { Property } from '../vcard/property.ts'
import { textOf } from './database.ts'
import type { Row } from './database.ts'

export interface StoredCard {
  readonly card: ParsedCard
  readonly repairs: readonly string[]
  /** Something stored is not in `card`. */
  readonly lossy: boolean
  readonly original: string
}

/** The card of a row: what is stored as vCard, else (as Roundcube does it) what the columns say. */
export function storedCard(row: Row): StoredCard {
  const value = row['vcard']
  const original = textOf(value)
  const repairs =
    value instanceof Uint8Array && decodeBytes(value).repaired
      ? ['bytes that are not UTF-8 were read as Latin-1 (windows-1252)']
      : []
  if (original.trim() === '') return { card: fromColumns(row), repairs, lossy: false, original }
  const cards = [...parseCards(original)]
  const [card] = cards
  if (card === undefined || card.properties.length === 0)
    return {
      card: fromColumns(row),
      repairs: [...repairs, 'the stored card is no vCard: name and addresses were taken from their columns'],
      lossy: true,
      original,
    }
  const more = cards.length > 1
  return {
    card,
    repairs: more ? [...repairs, `${cards.length} cards in one contact: only the first was taken`] : repairs,
    lossy: more,
    original,
  }
}

function fromColumns(row: Row): ParsedCard {
  const [name = '', firstname = '', surname = ''] = ['name', 'firstname', 'surname'].map((column) =>
    textOf(row[column]),
  )
  const emails = textOf(row['email'])
    .split(',')
    .map((email) => email.trim())
    .filter((email) => email !== '')
  const properties: Property[] = [
    property('N', `${escapeText(surname)};${escapeText(firstname)};;;`),
    property('FN', escapeText(name)),
    ...emails.map((email) => property('EMAIL', escapeText(email))),
  ]
  return { version: '3.0', properties, problems: [] }
}
