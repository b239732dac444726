import { check } from '../check/check.ts'
import type { SieveProblem, SieveProblemCode } from '../check/problem.ts'
import type { Span } from '../syntax/tree.ts'
import type { RewriteContext } from './context.ts'
import { commentOut, statementsOf } from './disable.ts'
import type { Draft, Note, Step } from './draft.ts'
import { extensionUses, requiredBy } from '../require/extension-uses.ts'

/** Other findings say these better. */
const saidElsewhere: ReadonlySet<SieveProblemCode> = new Set([
  'unknownExtension',
  'restrictedExtension',
  'include',
  'folder',
])

/** Says what the new server will refuse, and why. */
export function reportUnsupported(draft: Draft, context: RewriteContext): Step {
  const missing = missingExtensions(draft, context)
  const explained = new Set(missing.flatMap(({ uses }) => uses))
  const notes = missing.map((extension) => missingNote(extension, context))
  // What goes wrong only because an extension is missing was said with the extension.
  const others = errorsOf(draft, context).filter(
    ({ code, offset }) => !saidElsewhere.has(code) && !explained.has(offset),
  )
  const refused = others.map((problem): Note => ({
    code: 'refused',
    severity: 'error',
    offset: problem.offset,
    ...context.texts.refused(problem),
  }))
  return { changes: [], notes: [...notes, ...refused] }
}

/** Comments out every statement with something that the new server refuses. */
export function disableUnsupported(draft: Draft, context: RewriteContext): Step {
  const { script } = draft
  const { texts } = context
  const refused = withReasons(statementsOf(script), reasonsOf(draft, context))
  return {
    changes: refused.map(({ span }) => commentOut(draft, span, texts.disabledChange)),
    notes: refused.map(({ span, reasons }): Note => ({
      code: 'disabledRule',
      severity: 'warning',
      offset: span.start,
      ...texts.disabledRule(reasons),
    })),
  }
}

type Says = Pick<Note, 'message' | 'remedy'>

interface Reason extends Says {
  readonly offset: number
}

/** In the order of the script. */
function reasonsOf(draft: Draft, context: RewriteContext): readonly Reason[] {
  const { texts } = context
  const missing = missingExtensions(draft, context).flatMap(({ name, restricted, uses }) =>
    uses.map((offset) => ({ offset, ...texts.missingExtension(name, restricted) })),
  )
  const explained = new Set(missing.map(({ offset }) => offset))
  const others = errorsOf(draft, context)
    .filter(
      ({ code, offset }) =>
        !explained.has(offset) && code !== 'unknownExtension' && code !== 'restrictedExtension',
    )
    .map((problem) => ({ offset: problem.offset, ...texts.refused(problem) }))
  return [...missing, ...others].toSorted((a, b) => a.offset - b.offset)
}

interface MissingExtension {
  readonly name: string
  readonly restricted: boolean
  readonly uses: readonly number[]
  readonly offset: number
}

function missingExtensions(draft: Draft, { offered, server }: RewriteContext): readonly MissingExtension[] {
  const restricted = new Set(server.globalExtensions)
  const missing = [...requiredBy(draft)].filter((name) => !offered.has(name))
  return [...extensionUses(missing, draft)].map(([name, uses]) => ({
    name,
    restricted: restricted.has(name),
    uses,
    offset: uses[0] ?? 0,
  }))
}

function missingNote({ name, restricted, offset }: MissingExtension, { texts }: RewriteContext): Note {
  const code = restricted ? 'restrictedExtension' : 'missingExtension'
  return { code, severity: 'error', offset, ...texts.missingExtension(name, restricted) }
}

function errorsOf({ script }: Draft, { server }: RewriteContext): readonly SieveProblem[] {
  return check(script, { ...server, maxProblems: Infinity }).problems.filter(
    ({ severity }) => severity === 'error',
  )
}

/** The spans that hold a reason; both are in the order of the script. */
function withReasons(
  spans: readonly Span[],
  reasons: readonly Reason[],
): readonly { readonly span: Span; readonly reasons: readonly Reason[] }[] {
  let at = 0
  return spans.flatMap((span) => {
    while ((reasons[at]?.offset ?? Infinity) < span.start) at += 1
    const from = at
    while ((reasons[at]?.offset ?? Infinity) < span.end) at += 1
    return at === from ? [] : [{ span, reasons: reasons.slice(from, at) }]
  })
}
