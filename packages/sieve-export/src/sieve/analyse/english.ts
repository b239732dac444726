import type { Action } from './action.ts'
import type { Clause, Match, Relation, Subject } from './expression.ts'
import { brief, dateParts, listed, size } from './values-in-words.ts'
import type { Words } from './words.ts'

const headers: Readonly<Record<string, string>> = {
  from: 'the sender',
  to: 'the recipient',
  cc: 'the copy recipient (Cc)',
  bcc: 'the hidden recipient (Bcc)',
  subject: 'the subject',
  'reply-to': 'the reply address',
  'list-id': 'the mailing list',
  date: 'the date',
}
const addressParts: Readonly<Record<string, string>> = {
  domain: 'the domain of',
  localpart: 'the part before the @ of',
  user: 'the user part (before the +) of',
  detail: 'the detail (behind the +) of',
}
const dateWords: Readonly<Record<string, string>> = {
  year: 'year',
  month: 'month',
  day: 'day',
  hour: 'hour',
  minute: 'minute',
  time: 'time',
  date: 'date',
  weekday: 'weekday (0 is Sunday)',
}
const relations: Readonly<Record<Relation, string>> = {
  gt: 'greater than',
  ge: 'at least',
  lt: 'less than',
  le: 'at most',
  eq: 'equal to',
  ne: 'other than',
}
const dateRelations: Readonly<Record<Relation, string>> = {
  gt: 'after',
  ge: 'on or after',
  lt: 'before',
  le: 'on or before',
  eq: 'on',
  ne: 'not on',
}
const flagActions: Readonly<Record<string, readonly [string, string]>> = {
  '\\seen': ['mark as read', 'mark as unread'],
  '\\flagged': ['mark as important', 'mark as not important'],
  '\\answered': ['mark as answered', 'mark as not answered'],
  '\\deleted': ['mark as deleted', 'mark as not deleted'],
  '\\draft': ['mark as draft', 'mark as no draft'],
}

export const english: Words = {
  and: 'and',
  or: 'or',
  always: 'always',
  never: 'never',
  off: (sentence) => `switched off – ${sentence}`,
  nothing: 'do nothing',
  forEachPart: 'for each part of the message',
  leave: 'end this part of the script',
  clause: clauseText,
  period: (begins, ends) => `today is in the period from ${dateText(begins)} to ${dateText(ends)}`,
  action: actionText,
  when: (condition, actions, first) =>
    condition === 'always' && first
      ? `for every message: ${actions}`
      : `${first ? 'if' : 'else if'} ${condition}: ${actions}`,
  otherwise: (actions) => `else: ${actions}`,
  inner: (sentence) => `(${sentence})`,
}

function quoted(text: string): string {
  return `"${brief(text)}"`
}

function andMore(count: number): string {
  return `${count} more`
}

function anyOf(texts: readonly string[]): string {
  return listed(texts.map(quoted), 'or', andMore)
}

function clauseText(clause: Clause): string {
  const not = clause.negated ? ' not' : ''
  switch (clause.kind) {
    case 'exists': {
      const names = listed(clause.headers.map(brief), 'and', andMore)
      return clause.headers.length === 1
        ? `there is ${clause.negated ? 'no' : 'a'} header ${names}`
        : `${clause.negated ? 'not all of' : 'all of'} the headers ${names} are there`
    }
    case 'size':
      return `the message is${not} ${clause.over ? 'larger' : 'smaller'} than ${size(clause.bytes)}`
    case 'folder': {
      const names = listed(clause.names.map(quoted), 'and', andMore)
      const several = clause.names.length > 1
      return `the folder${several ? 's' : ''} ${names} ${several ? 'do' : 'does'}${clause.negated ? ' not exist' : ' exist'}`
    }
    case 'duplicate':
      return `the same message ${clause.negated ? 'did not come' : 'came'} before`
    case 'ihave':
      return `the server ${clause.negated ? 'lacks' : 'has'} ${listed(clause.extensions.map(quoted), 'and', andMore)}`
    case 'compare':
      return compare(clause)
    case 'other':
      return `the condition "${brief(clause.name)}" is${not} fulfilled`
    default:
      return ''
  }
}

function compare({ subject, match, values, negated }: Clause & { readonly kind: 'compare' }): string {
  if (subject.kind === 'flags') return `the message has${negated ? ' not' : ''} the flag ${anyOf(values)}`
  if (subject.kind === 'now' && isDate(subject.part)) return `today is ${dateWord(match, values, negated)}`
  return `${subjectWord(subject, match)} ${matchWord(match, values, negated)}`
}

function isDate(part: string): boolean {
  return part === 'date' || part === 'iso8601'
}

function dateWord(match: Match, values: readonly string[], negated: boolean): string {
  const relation = 'relation' in match ? dateRelations[match.relation] : 'on'
  const dates = listed(values.map(dateText), 'or', andMore)
  return `${negated ? 'not ' : ''}${relation} ${dates}`
}

function dateText(text: string): string {
  const parts = dateParts(text)
  if (parts === undefined) return quoted(text)
  const month = 'January February March April May June July August September October November December'.split(
    ' ',
  )[parts.month - 1]
  return `${parts.day} ${month ?? parts.month} ${parts.year}${parts.time === undefined ? '' : `, ${parts.time}`}`
}

function subjectWord(subject: Subject, match: Match): string {
  if (match.how !== 'count') return nameOf(subject)
  if (!('names' in subject)) return 'the number of values'
  return `the number of headers ${listed(subject.names.map(brief), 'or', andMore)}`
}

function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'header':
    case 'address':
    case 'envelope': {
      const names = subject.names.map((name) =>
        subject.kind === 'envelope' ? envelopeName(name) : headerName(name),
      )
      const word = listed(names, 'or', andMore)
      return subject.part === undefined ? word : `${addressParts[subject.part] ?? subject.part} ${word}`
    }
    case 'body':
      return 'the text of the message'
    case 'now':
      return `the current ${dateWords[subject.part] ?? brief(subject.part)}`
    case 'date':
      return `the ${dateWords[subject.part] ?? brief(subject.part)} in the header ${brief(subject.header)}`
    case 'text':
      return anyOf(subject.texts)
    case 'environment':
      return `the server's "${brief(subject.name)}"`
    case 'spamScore':
      return subject.percent ? 'the probability of spam in per cent' : 'the spam score (0 to 10)'
    case 'virusScore':
      return 'the virus score (0 to 5)'
    case 'metadata':
      return `the annotation "${brief(subject.name)}"`
    case 'flags':
      return 'the flags'
    default:
      return ''
  }
}

function headerName(name: string): string {
  return headers[name.toLowerCase()] ?? `the header ${brief(name)}`
}

function envelopeName(name: string): string {
  const lower = name.toLowerCase()
  if (lower === 'from') return 'the envelope sender'
  return lower === 'to' ? 'the envelope recipient' : 'who sent it (login)'
}

function matchWord(match: Match, values: readonly string[], negated: boolean): string {
  const any = anyOf(values)
  switch (match.how) {
    case 'is':
      return `is${negated ? ' not' : ''} ${any}`
    case 'contains':
      return negated ? `does not contain ${any}` : `contains ${any}`
    case 'matches':
      return negated ? `does not match the pattern ${any}` : `matches the pattern ${any}`
    case 'regex':
      return negated
        ? `does not match the regular expression ${any}`
        : `matches the regular expression ${any}`
    case 'list':
      return `is${negated ? ' not' : ''} in the list ${any}`
    case 'value':
    case 'count':
      return `is${negated ? ' not' : ''} ${relations[match.relation]} ${any}`
    default:
      return ''
  }
}

function actionText(action: Action): string {
  switch (action.kind) {
    case 'keep':
      return `keep it in the inbox${flagged(action.flags)}`
    case 'file':
      return `${action.copy ? 'file a copy' : 'file it'} into the folder ${quoted(action.folder)}${flagged(action.flags)}`
    case 'redirect':
      return action.copy
        ? `forward a copy to ${brief(action.address)}`
        : `forward it to ${brief(action.address)}`
    case 'discard':
      return 'delete it'
    case 'stop':
      return 'apply no further rules'
    case 'reject':
      return `refuse it with the text ${quoted(action.reason)}`
    case 'vacation': {
      const subject = action.subject === undefined ? '' : ` (${quoted(action.subject)})`
      return `answer automatically${subject}${howOften(action)}`
    }
    case 'flags':
      return flagWords(action.how, action.flags)
    case 'notify':
      return `send a notice to ${listed(action.recipients.map(brief), 'and', andMore)}`
    case 'set':
      return `note ${quoted(action.value)} as "${brief(action.name)}"`
    case 'addHeader':
      return `add the header ${brief(action.name)} with ${quoted(action.value)}`
    case 'deleteHeader':
      return `remove the header ${listed(action.names.map(brief), 'and', andMore)}`
    case 'include':
      return `run the ${action.global ? "server's " : ''}script ${quoted(action.name)}`
    case 'program':
      return `run the program ${quoted(action.name)} on the server`
    case 'other':
      return `"${brief(action.name)}"`
    default:
      return ''
  }
}

function howOften({ seconds, days }: Action & { readonly kind: 'vacation' }): string {
  if (seconds === 0) return ', every time'
  if (seconds !== undefined) return `, each sender at most once in ${seconds} seconds`
  if (days === undefined) return ''
  return `, each sender at most once ${days === 1 ? 'a day' : `in ${days} days`}`
}

function flagged(flags: readonly string[]): string {
  return flags.length === 0 ? '' : ` and ${flagWords('add', flags)}`
}

function flagWords(how: 'set' | 'add' | 'remove', flags: readonly string[]): string {
  if (flags.length === 0) return 'remove all flags'
  const column = how === 'remove' ? 1 : 0
  return listed(
    flags.map(
      (flag) =>
        flagActions[flag.toLowerCase()]?.[column] ??
        `${how === 'remove' ? 'remove' : 'set'} the flag ${quoted(flag)}`,
    ),
    'and',
    andMore,
  )
}
