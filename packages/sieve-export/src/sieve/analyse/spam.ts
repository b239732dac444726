import type { Clause } from './expression.ts'
import { clausesOf } from './expression.ts'
import { actionsOf, type Step } from './statement.ts'

/** Headers that spam filters add. */
const spamHeaders =
  /^x-(?:.*spam.*|dspam-.*|bogosity|rspamd?-.*|crm114-.*|amavis-.*|pmx-.*|mailscanner-spam.*|sa-.*|ham-report|virus-.*|purgate.*)$/i
/** What spam filters write into the subject: the word alone, or as a mark such as `***SPAM***` and `[SPAM]`. */
const spamSubject = /^\s*(?:(?:spam|junk)[:*]*|[*[(<{_-]+\s*(?:possible |probable )?(?:spam|junk)\b.*)\s*$/i
const harmless: ReadonlySet<string> = new Set(['file', 'discard', 'stop', 'keep', 'flags'])

/** Whether a rule does nothing but sort what a spam filter marked. */
export function isSpamRule(step: Step): boolean {
  if (step.kind !== 'choose') return false
  const [first, ...others] = step.branches
  if (first?.condition === undefined || others.length > 0) return false
  const clauses = clausesOf(first.condition)
  const actions = actionsOf(step)
  return (
    clauses.length > 0 &&
    clauses.every(isSpamClause) &&
    actions.some(({ action }) => action.kind === 'file' || action.kind === 'discard') &&
    actions.every(({ action }) => harmless.has(action.kind))
  )
}

function isSpamClause(clause: Clause): boolean {
  if (clause.kind === 'exists') return clause.headers.every((name) => spamHeaders.test(name))
  if (clause.kind !== 'compare') return false
  const { subject, values } = clause
  if (subject.kind === 'spamScore' || subject.kind === 'virusScore') return true
  if (subject.kind !== 'header') return false
  if (subject.names.every((name) => spamHeaders.test(name))) return true
  const isSubject = subject.names.every((name) => name.toLowerCase() === 'subject')
  return isSubject && !clause.negated && values.every((value) => spamSubject.test(value))
}
