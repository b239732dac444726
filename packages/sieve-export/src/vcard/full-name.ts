import { all, first, splitValue, unescapeText } from './property.ts'
import type { Card } from './property.ts'

/** What a card is called: FN, else what there is to call it by. Undefined when it says nothing about anybody. */
export function fullName(card: Card): string | undefined {
  const [family = '', given = '', additional = '', prefix = '', suffix = ''] = parts(card, 'N')
  const candidates = [
    text(card, 'FN'),
    [prefix, given, additional, family, suffix].filter((part) => part !== '').join(' '),
    text(card, 'NICKNAME'),
    parts(card, 'ORG')
      .filter((part) => part !== '')
      .join(', '),
    ...all(card, 'EMAIL').map(({ value }) => unescapeText(value).trim()),
    ...all(card, 'TEL').map(({ value }) => unescapeText(value).trim()),
    ...['URL', 'IMPP', 'NOTE', 'X-JABBER', 'X-ADDRESSBOOKSERVER-MEMBER'].map((name) =>
      text(card, name).slice(0, 60),
    ),
    ...(parts(card, 'ADR').some((part) => part !== '') ? [parts(card, 'ADR').join(' ').trim()] : []),
    ...(first(card, 'PHOTO') === undefined ? [] : ['?']),
  ]
  return candidates.find((candidate) => candidate !== '')
}

function text(card: Card, name: string): string {
  return unescapeText(first(card, name)?.value ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function parts(card: Card, name: string): string[] {
  return splitValue(first(card, name)?.value ?? '', ';').map((part) =>
    unescapeText(part).replaceAll(/\s+/g, ' ').trim(),
  )
}
