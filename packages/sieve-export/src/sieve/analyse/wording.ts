import type { Language } from '../problem-texts.ts'
import { inclusiveDate } from './dates.ts'
import { english } from './english.ts'
import type { Expression } from './expression.ts'
import { german } from './german.ts'
import { liveBranches, type Branch, type Step } from './statement.ts'
import type { Words } from './words.ts'

const words: Readonly<Record<Language, Words>> = { de: german, en: english }
/** Rules can be as long as scripts; sentences cannot. */
const maxSentence = 1000

/** A rule in one sentence. */
export function describeStep(step: Step, language: Language): string {
  const sentence = say(step, words[language])
  const text = sentence.charAt(0).toUpperCase() + sentence.slice(1)
  const characters = Array.from(text)
  return characters.length <= maxSentence ? `${text}.` : `${characters.slice(0, maxSentence).join('')}…`
}

function say(step: Step, language: Words): string {
  switch (step.kind) {
    case 'act':
      return language.action(step.action)
    case 'leave':
      return language.leave
    case 'eachPart':
      return `${language.forEachPart}: ${sayAll(step.steps, language)}`
    case 'choose':
      return sayChoice(step.branches, language)
    default:
      return ''
  }
}

function sayChoice(branches: readonly Branch[], language: Words): string {
  const live = liveBranches(branches)
  const [first] = branches
  if (live.length > 0 || first === undefined) return sayBranches(live, language)
  // People want to know what a rule was that is switched off.
  const { wasCondition, steps } = first
  const actions = sayAll(steps, language)
  return language.off(
    wasCondition === undefined
      ? actions
      : language.when(sayExpression(wasCondition, language), actions, true),
  )
}

function sayBranches(branches: readonly Branch[], language: Words): string {
  return branches
    .map(({ condition, steps }, index) => {
      const actions = sayAll(steps, language)
      if (condition === undefined) return language.otherwise(actions)
      return language.when(sayExpression(condition, language), actions, index === 0)
    })
    .join('; ')
}

function sayAll(steps: readonly Step[], language: Words): string {
  if (steps.length === 0) return language.nothing
  return (
    steps
      .map((step) =>
        step.kind === 'act' || step.kind === 'leave'
          ? say(step, language)
          : language.inner(say(step, language)),
      )
      // `mark` and `addflag "\\Flagged"` in a row say the same.
      .filter((text, index, all) => text !== all[index - 1])
      .join(', ')
  )
}

function sayExpression(expression: Expression, language: Words): string {
  if (expression.kind === 'constant') return expression.value ? language.always : language.never
  if (!('parts' in expression)) return language.clause(expression)
  if (expression.kind === 'any') return sayParts(expression.parts, language).join(` ${language.or} `)
  return sayConjuncts(expression.parts, language).join(` ${language.and} `)
}

function sayParts(parts: readonly Expression[], language: Words): readonly string[] {
  return parts.map((part) =>
    'parts' in part ? `(${sayExpression(part, language)})` : sayExpression(part, language),
  )
}

/** A first and a last day are one period to people. */
function sayConjuncts(parts: readonly Expression[], language: Words): readonly string[] {
  const dates = parts.map(inclusiveDate)
  const first = dates.findIndex((date) => date?.relation === 'ge')
  const last = dates.findIndex((date) => date?.relation === 'le')
  const begins = dates[first]?.value
  const ends = dates[last]?.value
  if (begins === undefined || ends === undefined) return sayParts(parts, language)
  const at = Math.min(first, last)
  const rest = (from: number, to?: number): readonly string[] =>
    sayParts(
      parts.slice(from, to).filter((part) => part !== parts[first] && part !== parts[last]),
      language,
    )
  return [...rest(0, at), language.period(begins, ends), ...rest(at)]
}
