import type { Clause, Expression } from './expression.ts'

/** When something is to happen; both ends belong to it, as the script writes them. */
export interface Period {
  readonly begins?: string
  readonly ends?: string
}

/** The dates that conditions around a command set: `currentdate` from and until (RFC 5260 §5). */
export function periodOf(conditions: readonly Expression[]): Period {
  let period: Period = {}
  for (const clause of conditions.flatMap(conjuncts)) period = { ...period, ...bound(clause) }
  return period
}

/** Clauses that have to hold in any case. */
function conjuncts(expression: Expression): readonly Clause[] {
  if (!('parts' in expression)) return expression.kind === 'constant' ? [] : [expression]
  return expression.kind === 'all' ? expression.parts.flatMap(conjuncts) : []
}

function bound(clause: Clause): Period {
  if (clause.kind !== 'compare' || clause.subject.kind !== 'now') return {}
  const { part } = clause.subject
  const [value] = clause.values
  if ((part !== 'date' && part !== 'iso8601') || value === undefined || clause.values.length !== 1) return {}
  if (clause.match.how === 'is') return clause.negated ? {} : { begins: value, ends: value }
  if (clause.match.how !== 'value') return {}
  const { relation } = clause.match
  const late = relation === 'ge' || relation === 'gt'
  const early = relation === 'le' || relation === 'lt'
  if (relation === 'eq' && !clause.negated) return { begins: value, ends: value }
  if (!late && !early) return {}
  // not (before x) is: from x on. Whether x itself belongs to it differs by a day at most.
  return late === clause.negated ? { ends: value } : { begins: value }
}

/** A clause that asks for today, and wants one date or later (`ge`), or one date or earlier (`le`). */
export function inclusiveDate(
  clause: Expression,
): { readonly relation: 'ge' | 'le'; readonly value: string } | undefined {
  if ('parts' in clause || clause.kind !== 'compare' || clause.negated) return undefined
  const { subject, match, values } = clause
  const [value] = values
  if (subject.kind !== 'now' || (subject.part !== 'date' && subject.part !== 'iso8601')) return undefined
  if (match.how !== 'value' || values.length !== 1 || value === undefined) return undefined
  const { relation } = match
  return relation === 'ge' || relation === 'le' ? { relation, value } : undefined
}

/** Whether a period's end is past. A date ends with its day, anywhere on earth. */
export function isOver({ ends }: Period, now: Date): boolean {
  if (ends === undefined) return false
  const isDate = /^\d{4}-\d\d-\d\d$/.test(ends)
  const end = Date.parse(isDate ? `${ends}T23:59:59-12:00` : ends)
  return Number.isFinite(end) && end < now.getTime()
}
