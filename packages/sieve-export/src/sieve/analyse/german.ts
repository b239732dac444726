import type { Action } from './action.ts'
import type { Clause, Match, Relation, Subject } from './expression.ts'
import { brief, dateParts, listed, size } from './values-in-words.ts'
import type { Words } from './words.ts'

/** Nominative and genitive. */
const headers: Readonly<Record<string, readonly [string, string]>> = {
  from: ['der Absender', 'des Absenders'],
  to: ['der Empfänger', 'des Empfängers'],
  cc: ['der Kopie-Empfänger (Cc)', 'des Kopie-Empfängers (Cc)'],
  bcc: ['der Blindkopie-Empfänger (Bcc)', 'des Blindkopie-Empfängers (Bcc)'],
  subject: ['der Betreff', 'des Betreffs'],
  'reply-to': ['die Antwortadresse', 'der Antwortadresse'],
  'list-id': ['die Mailingliste', 'der Mailingliste'],
  date: ['das Datum', 'des Datums'],
}
const addressParts: Readonly<Record<string, string>> = {
  domain: 'die Domain',
  localpart: 'der Teil vor dem @',
  user: 'der Benutzerteil (vor dem +)',
  detail: 'der Zusatz (nach dem +)',
}
const dateWords: Readonly<Record<string, readonly [article: string, word: string]>> = {
  year: ['das', 'Jahr'],
  month: ['der', 'Monat'],
  day: ['der', 'Tag'],
  hour: ['die', 'Stunde'],
  minute: ['die', 'Minute'],
  time: ['die', 'Uhrzeit'],
  date: ['das', 'Datum'],
  weekday: ['der', 'Wochentag (0 ist Sonntag)'],
}
const relations: Readonly<Record<Relation, string>> = {
  gt: 'größer als',
  ge: 'mindestens',
  lt: 'kleiner als',
  le: 'höchstens',
  eq: 'gleich',
  ne: 'etwas anderes als',
}
const dateRelations: Readonly<Record<Relation, readonly [string, string]>> = {
  gt: ['nach dem', ''],
  ge: ['der', ' oder später'],
  lt: ['vor dem', ''],
  le: ['der', ' oder früher'],
  eq: ['der', ''],
  ne: ['nicht der', ''],
}
const flagActions: Readonly<Record<string, readonly [string, string]>> = {
  '\\seen': ['als gelesen markieren', 'als ungelesen markieren'],
  '\\flagged': ['als wichtig markieren', 'nicht mehr als wichtig markieren'],
  '\\answered': ['als beantwortet markieren', 'als unbeantwortet markieren'],
  '\\deleted': ['als gelöscht markieren', 'nicht mehr als gelöscht markieren'],
  '\\draft': ['als Entwurf markieren', 'nicht mehr als Entwurf markieren'],
}

export const german: Words = {
  and: 'und',
  or: 'oder',
  always: 'immer',
  never: 'nie',
  off: (sentence) => `ausgeschaltet – ${sentence}`,
  nothing: 'nichts tun',
  forEachPart: 'für jeden Teil der Nachricht',
  leave: 'diesen Teil des Skripts beenden',
  clause: clauseText,
  period: (begins, ends) => `heute im Zeitraum vom ${dateText(begins)} bis ${dateText(ends)} liegt`,
  action: actionText,
  when: (condition, actions, first) => {
    if (condition === 'immer' && first) return `bei jeder Nachricht: ${actions}`
    return `${first ? 'wenn' : 'sonst, wenn'} ${condition}: ${actions}`
  },
  otherwise: (actions) => `sonst: ${actions}`,
  inner: (sentence) => `(${sentence})`,
}

function quoted(text: string): string {
  return `„${brief(text)}“`
}

function andMore(count: number): string {
  return `${count} weitere`
}

function anyOf(texts: readonly string[]): string {
  return listed(texts.map(quoted), 'oder', andMore)
}

function clauseText(clause: Clause): string {
  const not = clause.negated ? 'nicht ' : ''
  switch (clause.kind) {
    case 'exists': {
      const names = listed(clause.headers.map(brief), 'und', andMore)
      return clause.headers.length === 1
        ? `es ${clause.negated ? 'keine' : 'die'} Kopfzeile ${names} gibt`
        : `es ${clause.negated ? 'nicht alle' : 'alle'} Kopfzeilen ${names} gibt`
    }
    case 'size':
      return `die Nachricht ${not}${clause.over ? 'größer' : 'kleiner'} als ${size(clause.bytes)} ist`
    case 'folder':
      return `es ${clause.negated ? 'nicht ' : ''}${clause.names.length > 1 ? 'die' : 'den'} Ordner ${listed(clause.names.map(quoted), 'und', andMore)} gibt`
    case 'duplicate':
      return `dieselbe Nachricht ${not}schon einmal gekommen ist`
    case 'ihave':
      return `der Server ${listed(clause.extensions.map(quoted), 'und', andMore)} ${not}kennt`
    case 'compare':
      return compare(clause)
    case 'other':
      return `die Bedingung „${brief(clause.name)}“ ${not}erfüllt ist`
    default:
      return ''
  }
}

function compare({ subject, match, values, negated }: Clause & { readonly kind: 'compare' }): string {
  if (subject.kind === 'flags')
    return `die Nachricht ${negated ? 'nicht ' : ''}die Markierung ${anyOf(values)} hat`
  if (subject.kind === 'now' && (subject.part === 'date' || subject.part === 'iso8601')) {
    return `heute ${dateWord(match, values, negated)} ist`
  }
  return `${subjectWord(subject, match)} ${matchWord(match, values, negated)}`
}

function dateWord(match: Match, values: readonly string[], negated: boolean): string {
  const [before, after] = 'relation' in match ? dateRelations[match.relation] : dateRelations.eq
  const dates = listed(values.map(dateText), 'oder', andMore)
  return `${negated ? 'nicht ' : ''}${before} ${dates}${after}`
}

function dateText(text: string): string {
  const parts = dateParts(text)
  if (parts === undefined) return quoted(text)
  return `${parts.day}.${parts.month}.${parts.year}${parts.time === undefined ? '' : `, ${parts.time} Uhr`}`
}

function subjectWord(subject: Subject, match: Match): string {
  if (match.how !== 'count') return nameOf(subject)
  if (!('names' in subject)) return 'die Anzahl der Werte'
  return `die Anzahl der Kopfzeilen ${listed(subject.names.map(brief), 'oder', andMore)}`
}

function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'header':
    case 'address':
    case 'envelope': {
      const column = subject.part === undefined ? 0 : 1
      const names = subject.names.map(
        (name) => (subject.kind === 'envelope' ? envelopeName(name) : headerName(name))[column],
      )
      const word = listed(names, 'oder', andMore)
      return subject.part === undefined ? word : `${addressParts[subject.part] ?? subject.part} ${word}`
    }
    case 'body':
      return 'der Text der Nachricht'
    case 'now':
      return datePart(subject.part, 'aktuelle ')
    case 'date':
      return `${datePart(subject.part)} in der Kopfzeile ${brief(subject.header)}`
    case 'text':
      return anyOf(subject.texts)
    case 'environment':
      return `die Serverangabe „${brief(subject.name)}“`
    case 'spamScore':
      return subject.percent ? 'die Spam-Wahrscheinlichkeit in Prozent' : 'die Spam-Bewertung (0 bis 10)'
    case 'virusScore':
      return 'die Viren-Bewertung (0 bis 5)'
    case 'metadata':
      return `die Anmerkung „${brief(subject.name)}“`
    case 'flags':
      return 'die Markierungen'
    default:
      return ''
  }
}

function datePart(part: string, adjective = ''): string {
  const [article, word] = dateWords[part] ?? ['die', `Angabe „${brief(part)}“`]
  return `${article} ${adjective}${word}`
}

function headerName(name: string): readonly [string, string] {
  return headers[name.toLowerCase()] ?? [`die Kopfzeile ${brief(name)}`, `der Kopfzeile ${brief(name)}`]
}

function envelopeName(name: string): readonly [string, string] {
  const lower = name.toLowerCase()
  if (lower === 'from') return ['der Absender im Umschlag', 'des Absenders im Umschlag']
  if (lower === 'to') return ['der Empfänger im Umschlag', 'des Empfängers im Umschlag']
  return ['die Anmeldung des Absenders', 'der Anmeldung des Absenders']
}

function matchWord(match: Match, values: readonly string[], negated: boolean): string {
  const any = `${negated ? 'nicht ' : ''}${anyOf(values)}`
  switch (match.how) {
    case 'is':
      return `${any} ist`
    case 'contains':
      return `${any} enthält`
    case 'matches':
      return `${negated ? 'nicht ' : ''}dem Muster ${anyOf(values)} entspricht`
    case 'regex':
      return `${negated ? 'nicht ' : ''}dem regulären Ausdruck ${anyOf(values)} entspricht`
    case 'list':
      return `${negated ? 'nicht ' : ''}in der Liste ${anyOf(values)} steht`
    case 'value':
    case 'count':
      return `${negated ? 'nicht ' : ''}${relations[match.relation]} ${anyOf(values)} ist`
    default:
      return ''
  }
}

function actionText(action: Action): string {
  switch (action.kind) {
    case 'keep':
      return `im Posteingang behalten${flagged(action.flags)}`
    case 'file':
      return `${action.copy ? 'eine Kopie ' : ''}im Ordner ${quoted(action.folder)} ablegen${flagged(action.flags)}`
    case 'redirect':
      return `${action.copy ? 'eine Kopie ' : ''}an ${brief(action.address)} weiterleiten`
    case 'discard':
      return 'löschen'
    case 'stop':
      return 'keine weiteren Regeln anwenden'
    case 'reject':
      return `mit dem Text ${quoted(action.reason)} ablehnen`
    case 'vacation': {
      const subject = action.subject === undefined ? '' : ` (${quoted(action.subject)})`
      return `automatisch antworten${subject}${howOften(action)}`
    }
    case 'flags':
      return flagWords(action.how, action.flags)
    case 'notify':
      return `eine Benachrichtigung an ${listed(action.recipients.map(brief), 'und', andMore)} schicken`
    case 'set':
      return `${quoted(action.value)} als „${brief(action.name)}“ merken`
    case 'addHeader':
      return `die Kopfzeile ${brief(action.name)} mit ${quoted(action.value)} hinzufügen`
    case 'deleteHeader':
      return `die Kopfzeile ${listed(action.names.map(brief), 'und', andMore)} entfernen`
    case 'include':
      return `das ${action.global ? 'Server-' : ''}Skript ${quoted(action.name)} ausführen`
    case 'program':
      return `am Server das Programm ${quoted(action.name)} ausführen`
    case 'other':
      return `„${brief(action.name)}“`
    default:
      return ''
  }
}

function howOften({ seconds, days }: Action & { readonly kind: 'vacation' }): string {
  if (seconds === 0) return ', jedes Mal'
  if (seconds !== undefined) return `, jedem Absender höchstens einmal in ${seconds} Sekunden`
  if (days === undefined) return ''
  return `, jedem Absender höchstens einmal ${days === 1 ? 'am Tag' : `in ${days} Tagen`}`
}

function flagged(flags: readonly string[]): string {
  return flags.length === 0 ? '' : ` und ${flagWords('add', flags)}`
}

function flagWords(how: 'set' | 'add' | 'remove', flags: readonly string[]): string {
  if (flags.length === 0) return 'alle Markierungen entfernen'
  const column = how === 'remove' ? 1 : 0
  return listed(
    flags.map(
      (flag) =>
        flagActions[flag.toLowerCase()]?.[column] ??
        `die Markierung ${quoted(flag)} ${how === 'remove' ? 'entfernen' : 'setzen'}`,
    ),
    'und',
    andMore,
  )
}
