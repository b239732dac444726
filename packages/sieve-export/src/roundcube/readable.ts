import type { Identity, SavedResponse } from './identities.ts'

const words = {
  de: {
    identity: 'Absender', standard: 'Standard', name: 'Name', email: 'E-Mail', organization: 'Organisation',
    replyTo: 'Antwort an', bcc: 'Blindkopie an', signature: 'Signatur', html: 'als HTML', none: '(keine Signatur)',
    response: 'Textbaustein',
  },
  en: {
    identity: 'Sender', standard: 'default', name: 'Name', email: 'E-mail', organization: 'Organisation',
    replyTo: 'Reply to', bcc: 'Blind copy to', signature: 'Signature', html: 'as HTML', none: '(no signature)',
    response: 'Saved response',
  },
} as const // prettier-ignore

/** For people: who the user wrote as, with signatures ready to be copied. */
export function identitiesText(identities: readonly Identity[], language: 'de' | 'en'): string {
  const word = words[language]
  return identities
    .map((identity, index) => {
      const rows = [
        [word.name, identity.name],
        [word.email, identity.email],
        [word.organization, identity.organization],
        [word.replyTo, identity.replyTo],
        [word.bcc, identity.bcc],
      ].filter(([, value]) => value !== '')
      const kind = identity.isHtml ? ` (${word.html})` : ''
      return [
        title(`${word.identity} ${index + 1}${identity.isDefault ? ` (${word.standard})` : ''}`),
        ...rows.map(([label, value]) => `${label}: ${value?.replaceAll(/\s+/g, ' ')}`),
        '',
        ...(identity.signature === '' ? [word.none] : [`${word.signature}${kind}:`, '', identity.signature]),
        '',
      ].join('\n')
    })
    .join('\n')
}

export function responsesText(responses: readonly SavedResponse[], language: 'de' | 'en'): string {
  const word = words[language]
  return responses
    .map(({ name, text, isHtml }) =>
      [title(`${word.response}: ${name}${isHtml ? ` (${word.html})` : ''}`), '', text, ''].join('\n'),
    )
    .join('\n')
}

function title(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return `${line}\n${'='.repeat(Math.min(line.length, 70))}`
}
