import { escapeText, property } from './property.ts'
import type { Card } from './property.ts'

/**
 * A group as a card of its own, in the form that Apple's programs, Nextcloud and Thunderbird's add-ons know
 * (vCard 3.0 has none). `members` are UIDs.
 */
export function groupCard(group: { uid: string; name: string; members: readonly string[] }): Card {
  const name = group.name.replaceAll(/\p{Cc}+/gu, ' ').trim()
  return {
    properties: [
      property('UID', escapeText(group.uid)),
      property('N', `${escapeText(name)};;;;`),
      property('FN', escapeText(name)),
      property('X-ADDRESSBOOKSERVER-KIND', 'group'),
      ...group.members.map((uid) => property('X-ADDRESSBOOKSERVER-MEMBER', memberUri(uid))),
    ],
  }
}

function memberUri(uid: string): string {
  return /^urn:/i.test(uid) ? uid : `urn:uuid:${uid}`
}
