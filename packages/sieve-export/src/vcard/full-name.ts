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
    ...[...all(card, 'EMAIL'), ...all(card, 'TEL')].map(({ value }) => plain(value)),
    ...['URL', 'IMPP', 'NOTE', 'X-JABBER', 'X-ADDRESSBOOKSERVER-MEMBER'].map((name) =>
      beginning(text(card, name)),
    ),
    ...(parts(card, 'ADR').some((part) => part !== '')
      ? [
          parts(card, 'ADR')
            .filter((part) => part !== '')
            .join(' '),
        ]
      : []),
    ...(first(card, 'PHOTO') === undefined ? [] : ['?']),
  ]
  return candidates.find((candidate) => candidate !== '')
}

function text(card: Card, name: string): string {
  return plain(first(card, name)?.value ?? '')
}

function parts(card: Card, name: string): string[] {
  return splitValue(first(card, name)?.value ?? '', ';').map(plain)
}

function plain(value: string): string {
  return unescapeText(value).replaceAll(/\s+/g, ' ').trim()
}

/** As much of it as makes a name. */
function beginning(words: string): string {
  return Array.from(words).slice(0, 60).join('').trim()
}
