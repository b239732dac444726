/** What a test asks, without the way it was written. */
export type Expression =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Expression[] }
  | { readonly kind: 'constant'; readonly value: boolean }
  | Clause

/** Relations of RFC 5231. */
export type Relation = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne'

export type Match =
  | { readonly how: 'is' | 'contains' | 'matches' | 'regex' | 'list' }
  | { readonly how: 'value' | 'count'; readonly relation: Relation }

/** What is compared. */
export type Subject =
  | {
      readonly kind: 'header' | 'address' | 'envelope'
      readonly names: readonly string[]
      readonly part?: string
    }
  | { readonly kind: 'body' }
  | { readonly kind: 'date'; readonly header: string; readonly part: string }
  | { readonly kind: 'now'; readonly part: string }
  | { readonly kind: 'text'; readonly texts: readonly string[] }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'spamScore'; readonly percent: boolean }
  | { readonly kind: 'virusScore' }
  | { readonly kind: 'flags' }
  | { readonly kind: 'metadata'; readonly name: string }

/** One question; `negated`: the answer has to be no. */
export type Clause =
  | {
      readonly kind: 'compare'
      readonly subject: Subject
      readonly match: Match
      readonly values: readonly string[]
      readonly negated: boolean
    }
  | { readonly kind: 'exists'; readonly headers: readonly string[]; readonly negated: boolean }
  | { readonly kind: 'size'; readonly over: boolean; readonly bytes: number; readonly negated: boolean }
  | { readonly kind: 'folder'; readonly names: readonly string[]; readonly negated: boolean }
  | { readonly kind: 'duplicate'; readonly negated: boolean }
  | { readonly kind: 'ihave'; readonly extensions: readonly string[]; readonly negated: boolean }
  | { readonly kind: 'other'; readonly name: string; readonly negated: boolean }

/** All clauses, in the order of the script. */
export function clausesOf(expression: Expression): readonly Clause[] {
  if ('parts' in expression) return expression.parts.flatMap(clausesOf)
  return expression.kind === 'constant' ? [] : [expression]
}
