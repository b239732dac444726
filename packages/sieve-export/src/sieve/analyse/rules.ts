import type { Language } from '../problem-texts.ts'
import type { Comment, Script } from '../syntax/tree.ts'
import type { RuleSummary } from './options.ts'
import { ruleName } from './rule-names.ts'
import { isSpamRule } from './spam.ts'
import { actionsOf, always, liveBranches, spanOf, type Step } from './statement.ts'
import type { Locate } from './uses.ts'
import { describeStep } from './wording.ts'

interface RuleFacts {
  readonly script: Script
  readonly steps: readonly Step[]
  readonly locate: Locate
  readonly language: Language
  /** Extension that the new server lacks, to the offsets where it is used. */
  readonly missingUses: ReadonlyMap<string, readonly number[]>
}

/** Each statement at the top of a script is a rule. */
export function rulesOf({ script, steps, locate, language, missingUses }: RuleFacts): readonly RuleSummary[] {
  const comments = new CommentsBefore(script)
  const missing = new UsesByPlace(missingUses)
  let reachable = true
  return steps.map((step) => {
    const span = spanOf(step)
    const name = ruleName(comments.before(span.start))
    const summary: RuleSummary = {
      ...(name === undefined ? {} : { name }),
      ...locate(span.start),
      endLine: locate(Math.max(span.start, span.end - 1)).line,
      sentence: describeStep(step, language),
      active: step.kind !== 'choose' || liveBranches(step.branches).length > 0,
      reachable,
      spamOnly: isSpamRule(step),
      discards: actionsOf(step).some(({ action }) => action.kind === 'discard'),
      missingExtensions: missing.upTo(span.end),
    }
    comments.skip(span.end)
    if (always(step)) reachable = false
    return summary
  })
}

/** Hands out the names of extensions that statements use, from top to bottom. */
class UsesByPlace {
  readonly #uses: readonly (readonly [number, string])[]
  #next = 0

  constructor(uses: ReadonlyMap<string, readonly number[]>) {
    this.#uses = [...uses]
      .flatMap(([name, offsets]) => offsets.map((offset) => [offset, name] as const))
      .toSorted(([a], [b]) => a - b)
  }

  upTo(end: number): readonly string[] {
    const names = new Set<string>()
    for (let use = this.#uses[this.#next]; use !== undefined && use[0] < end; use = this.#uses[this.#next]) {
      names.add(use[1])
      this.#next += 1
    }
    return [...names]
  }
}

/** Hands out comments between statements, from top to bottom. */
class CommentsBefore {
  readonly #comments: readonly Comment[]
  readonly #requireEnd: number
  #next = 0

  constructor(script: Script) {
    this.#comments = script.comments
    this.#requireEnd = script.commands.findLast(({ name }) => name === 'require')?.end ?? 0
  }

  /** Those directly before an offset; what stands before `require` is about the whole script. */
  before(offset: number): readonly Comment[] {
    const from = this.#next
    while ((this.#comments[this.#next]?.start ?? Infinity) < offset) this.#next += 1
    return this.#comments
      .slice(from, this.#next)
      .filter(({ start }) => start >= this.#requireEnd || offset < this.#requireEnd)
  }

  skip(offset: number): void {
    while ((this.#comments[this.#next]?.start ?? Infinity) < offset) this.#next += 1
  }
}
