import { Meaning } from '../meaning/read-meaning.ts'
import { isSieveSyntaxError } from '../syntax/errors.ts'
import { parse } from '../syntax/parse.ts'
import type { Command, Comment, Script, Span } from '../syntax/tree.ts'
import type { Action } from './action.ts'
import type { Expression } from './expression.ts'
import { readAction } from './read-action.ts'
import { readTest } from './read-test.ts'

/** What happens, step by step. */
export type Step =
  | { readonly kind: 'act'; readonly action: Action; readonly command: Command }
  | { readonly kind: 'choose'; readonly branches: readonly Branch[] }
  | { readonly kind: 'eachPart'; readonly steps: readonly Step[]; readonly command: Command }
  | { readonly kind: 'leave'; readonly command: Command }

/** An if, elsif or else; `condition` is absent for else. */
export interface Branch {
  readonly condition?: Expression
  /** What stands in a comment behind `false`: so webmail programs switch rules off. */
  readonly wasCondition?: Expression
  readonly steps: readonly Step[]
  readonly command: Command
}

/** The steps of a whole script; `require` and declarations are none. */
export function readSteps(script: Script, meaning: Meaning): readonly Step[] {
  return stepsOf(script.commands, meaning)
}

function stepsOf(commands: readonly Command[], meaning: Meaning): readonly Step[] {
  const steps: Step[] = []
  /** Of the choice that is still growing. */
  let branches: Branch[] | undefined
  for (const command of commands) {
    if (command.name === 'elsif' || command.name === 'else' || command.name === 'if') {
      if (command.name === 'if' || branches === undefined) {
        branches = []
        steps.push({ kind: 'choose', branches })
      }
      branches.push(branchOf(command, meaning))
      continue
    }
    branches = undefined
    const step = stepOf(command, meaning)
    if (step !== undefined) steps.push(step)
  }
  return steps
}

function stepOf(command: Command, meaning: Meaning): Step | undefined {
  if (command.name === 'foreverypart') {
    return { kind: 'eachPart', steps: stepsOf(command.block?.commands ?? [], meaning), command }
  }
  if (command.name === 'return' || command.name === 'break') return { kind: 'leave', command }
  const action = readAction(command, meaning)
  return action === undefined ? undefined : { kind: 'act', action, command }
}

function branchOf(command: Command, meaning: Meaning): Branch {
  const [test] = command.tests
  const steps = stepsOf(command.block?.commands ?? [], meaning)
  if (test === undefined) return { steps, command }
  const wasCondition = test.name === 'false' ? conditionInComment(command, meaning) : undefined
  return {
    steps,
    command,
    condition: readTest(test, meaning),
    ...(wasCondition === undefined ? {} : { wasCondition }),
  }
}

/** `if false # allof (...)` (Roundcube) */
function conditionInComment({ nameSpan, block }: Command, { script }: Meaning): Expression | undefined {
  const end = block?.start ?? nameSpan.end
  const comment = commentsBetween(script, nameSpan.end, end).find(({ form }) => form === 'hash')
  if (comment === undefined) return undefined
  try {
    const tree = parse(`if ${comment.text} {}`)
    const [test] = tree.commands[0]?.tests ?? []
    return test === undefined ? undefined : readTest(test, new Meaning(tree))
  } catch (error) {
    if (isSieveSyntaxError(error)) return undefined
    throw error
  }
}

function commentsBetween(script: Script, start: number, end: number): readonly Comment[] {
  const { comments } = script
  let low = 0
  let high = comments.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((comments[middle]?.start ?? 0) < start) low = middle + 1
    else high = middle
  }
  const found: Comment[] = []
  for (let at = low; (comments[at]?.end ?? Infinity) <= end; at += 1) {
    const comment = comments[at]
    if (comment !== undefined) found.push(comment)
  }
  return found
}

export function spanOf(step: Step): Span {
  if (step.kind !== 'choose') return step.command
  const [first] = step.branches
  const last = step.branches.at(-1)
  return { start: first?.command.start ?? 0, end: last?.command.end ?? 0 }
}

/** Whether nothing behind a step can be reached: it stops in any case. */
export function always(step: Step): boolean {
  switch (step.kind) {
    case 'act':
      return step.action.kind === 'stop' || (step.action.kind === 'other' && step.action.name === 'error')
    case 'leave':
      return step.command.name === 'return'
    case 'eachPart':
      return false
    case 'choose': {
      const live = liveBranches(step.branches)
      const complete = live.some((branch) => branch.condition === undefined || isConstant(branch, true))
      return complete && live.every((branch) => branch.steps.some(always))
    }
    default:
      return false
  }
}

/** Without those whose condition is never true, and those behind one that always is. */
export function liveBranches(branches: readonly Branch[]): readonly Branch[] {
  const taken = branches.findIndex((branch) => isConstant(branch, true))
  const reachable = taken === -1 ? branches : branches.slice(0, taken + 1)
  return reachable.filter((branch) => !isConstant(branch, false))
}

function isConstant({ condition }: Branch, value: boolean): boolean {
  return condition?.kind === 'constant' && condition.value === value
}

/** Actions of a step, also those in branches and loops; without those that can never run. */
export function actionsOf(step: Step): readonly { readonly action: Action; readonly command: Command }[] {
  switch (step.kind) {
    case 'act':
      return [step]
    case 'choose':
      return liveBranches(step.branches).flatMap((branch) => branch.steps.flatMap(actionsOf))
    case 'eachPart':
      return step.steps.flatMap(actionsOf)
    case 'leave':
      return []
    default:
      return []
  }
}
