import {
  analyzeSync,
  AssignTag,
  ForTag,
  IncludeTag,
  type Template,
  toValueSync,
  Value,
  Variable,
} from 'liquidjs'
import { fieldsOf, isList, type RecordShape, type Shape } from '../data/shape.ts'
import type { TemplateProblem } from '../errors.ts'
import { closest } from './closest.ts'
import { columnInSource } from './whole-line-tags.ts'

/** What a name stands for; `any`: nobody knows beforehand. */
type Known = Shape | 'any'
type Scope = ReadonlyMap<string, Known>

export interface VariableCheck {
  readonly problems: TemplateProblem[]
  /** The names of all partials that the template can include. */
  readonly partials: Set<string>
  readonly fileOf: (name: string) => string
}

/**
 * Holds every name that a template uses against what there is, in every branch, without rendering it. Partials are
 * checked where they are included: they see what is seen there.
 */
export function checkVariables(
  template: readonly Template[],
  shape: RecordShape,
  check: VariableCheck,
): void {
  walk(template, new Map<string, Known>(Object.entries(shape)), check, [])
}

function walk(
  templates: readonly Template[],
  scope: Map<string, Known>,
  check: VariableCheck,
  path: readonly string[],
): void {
  for (const template of templates) {
    for (const variable of variablesOf(template)) report(variable, template.token.input, scope, check)
    if (template instanceof AssignTag) {
      for (const { content } of identifiers(template)) scope.set(content, assigned(template, scope))
      continue
    }
    if (template.children === undefined) continue
    // What is assigned within a condition is there behind it.
    const inner = template instanceof ForTag || template instanceof IncludeTag ? new Map(scope) : scope
    if (template instanceof ForTag) {
      inner.set(template.variable, elementOf(template, scope))
      inner.set('forloop', 'any')
    }
    if (template instanceof IncludeTag) {
      const partial = template.partialScope()
      const refuse = (message: string): void => {
        const [line = 1, column = 1] = template.token.getPosition()
        const file = check.fileOf(template.token.file ?? '')
        check.problems.push({ file, line, column, message })
      }
      if (partial === undefined) {
        // What it includes would be neither checked nor part of the version.
        refuse("the name of a partial stands in quotes: {% include 'greeting' %}")
        continue
      }
      if (path.includes(partial.name)) {
        refuse(`${partial.name} includes itself`)
        continue
      }
      check.partials.add(partial.name)
      for (const name of partial.scope) if (typeof name === 'string') inner.set(name, 'any')
      walk(childrenOf(template), inner, check, [...path, partial.name])
      continue
    }
    walk(childrenOf(template), inner, check, path)
  }
}

function childrenOf(template: Template): Template[] {
  const children: unknown = toValueSync(template.children?.(true, true) ?? [])
  return Array.isArray(children) ? children : []
}

function identifiers(tag: AssignTag): { readonly content: string }[] {
  return [...tag.localScope()]
}

/** The names that a template itself uses, without those of what is inside it. */
function variablesOf(template: Template): Variable[] {
  const args = [...(template.arguments?.() ?? [])]
  const alone: Template = { token: template.token, render: () => undefined, arguments: () => args }
  return Object.values(analyzeSync([alone], { partials: false }).variables).flat()
}

/** `for` knows what it goes through, where that is a plain name. */
function elementOf(tag: ForTag, scope: Scope): Known {
  const collection: Template = {
    token: tag.token,
    render: () => undefined,
    arguments: () => ('initial' in tag.collection ? [] : [tag.collection]),
  }
  const [variable] = Object.values(analyzeSync([collection], { partials: false }).variables).flat()
  const known = variable === undefined ? 'any' : resolve(variable, scope).known
  return known !== undefined && known !== 'any' && isList(known) ? known[0] : 'any'
}

const keepsItsShape = new Set([
  'where',
  'reject',
  'sort',
  'sort_natural',
  'reverse',
  'uniq',
  'compact',
  'slice',
])

function assigned(tag: AssignTag, scope: Scope): Known {
  const [value] = [...tag.arguments()]
  if (!(value instanceof Value) || !value.filters.every(({ name }) => keepsItsShape.has(name))) return 'any'
  const [variable] = variablesOf(tag)
  // More than one operand is a condition, and that is no list.
  if (variable === undefined || value.initial.postfix.length !== 1) return 'any'
  return resolve(variable, scope).known ?? 'any'
}

interface Resolved {
  /** Undefined: there is no such thing. */
  readonly known: Known | undefined
  readonly missing?: string
  readonly instead?: readonly string[]
}

function resolve({ segments }: Variable, scope: Scope): Resolved {
  const [root, ...rest] = segments
  if (typeof root !== 'string') return { known: 'any' }
  let known = scope.get(root)
  if (known === undefined) return { known, missing: root, instead: [...scope.keys()] }
  for (const segment of rest) {
    if (known === 'any') return { known }
    if (isList(known)) {
      if (segment === 'size') known = 'number'
      else if (typeof segment === 'number' || segment === 'first' || segment === 'last') known = known[0]
      else if (typeof segment === 'string')
        return { known: undefined, missing: segment, instead: ['size', 'first', 'last'] }
      else return { known: 'any' }
      continue
    }
    if (typeof segment !== 'string') return { known: 'any' }
    const fields = fieldsOf(known)
    if (fields === undefined && segment === 'size') {
      known = 'number'
      continue
    }
    const field: Shape | undefined = fields?.[segment]
    if (field === undefined) return { known: undefined, missing: segment, instead: Object.keys(fields ?? {}) }
    known = field
  }
  return { known }
}

function report(variable: Variable, input: string, scope: Scope, check: VariableCheck): void {
  const { known, missing, instead = [] } = resolve(variable, scope)
  for (const segment of variable.segments)
    if (segment instanceof Variable) report(segment, input, scope, check)
  if (known !== undefined || missing === undefined) return
  const { row, col, file = '' } = variable.location
  const hint = closest(missing, instead)
  const all = instead.length === 0 ? undefined : `there is: ${instead.join(', ')}`
  const suggestion = hint ?? all
  check.problems.push({
    file: check.fileOf(file),
    line: row,
    column: columnInSource(input, row, col),
    message: `there is no ${String(variable)}`,
    ...(suggestion !== undefined && { suggestion }),
  })
}
