import { check } from '../check/check.ts'
import { isSieveSyntaxError, type SieveSyntaxError } from '../syntax/errors.ts'
import { parse } from '../syntax/parse.ts'
import type { Script } from '../syntax/tree.ts'
import { rewriteContext, type RewriteContext } from './context.ts'
import { Draft, type Step } from './draft.ts'
import { rewriteFolders } from './folders.ts'
import { rewriteIncludes } from './includes.ts'
import { modernizeNotify } from './old-notify.ts'
import type {
  RewriteChange,
  RewriteFinding,
  RewriteFindingCode,
  RewriteOptions,
  RewriteResult,
} from './options.ts'
import { renameExtensions } from './renamed-extensions.ts'
import { dropUnusedExtensions } from './requirements.ts'
import { nameSpecialUseFolders } from './special-use.ts'
import { disableUnsupported, reportUnsupported } from './unsupported.ts'

const steps: readonly ((draft: Draft, context: RewriteContext) => Step)[] = [
  renameExtensions,
  rewriteFolders,
  nameSpecialUseFolders,
  modernizeNotify,
  rewriteIncludes,
  dropUnusedExtensions,
]

const maxRounds = 10

/**
 * Rewrites a script for another server: names of folders as the mail's copier maps them, deprecated extensions as their
 * successors. Everything else stays byte for byte: comments, texts, other strings, line ends. What cannot be carried over
 * is reported with its reason. Doing it again changes nothing, as long as no new name is also an old one of another folder.
 *
 * A script that cannot be read comes back as it is, with a finding `notSieve`.
 */
export function rewriteForMailcow(
  script: Script | Uint8Array | string,
  options: RewriteOptions,
): RewriteResult {
  const context = rewriteContext(options)
  const tree =
    typeof script === 'string' || script instanceof Uint8Array ? readOrError(script, options) : script
  if (tree instanceof Error) {
    const { line, column } = tree
    const says = context.texts.notSieve(tree)
    const finding = { code: 'notSieve', severity: 'error', line, column, ...says } as const
    const source = typeof script === 'string' ? new TextEncoder().encode(script) : bytesOf(script)
    return { script: source, changed: false, changes: [], findings: [finding], accepted: false }
  }
  const work = new Work(tree, context, options)
  // What is disabled may have stood in the way of something else.
  for (let round = 0; round < maxRounds; round += 1) {
    for (const step of steps) work.take(step)
    if (options.unsupported !== 'disable' || !work.take(disableUnsupported)) break
    work.again()
  }
  work.take(reportUnsupported)
  return work.result()
}

function bytesOf(script: Script | Uint8Array): Uint8Array {
  return script instanceof Uint8Array ? script : script.source
}

function readOrError(script: Uint8Array | string, options: RewriteOptions): Script | SieveSyntaxError {
  try {
    return parse(script, options)
  } catch (error) {
    if (isSieveSyntaxError(error)) return error
    throw error
  }
}

interface Place {
  readonly line: number
  readonly column: number
}

function byPlace(a: Place, b: Place): number {
  return a.line - b.line || a.column - b.column
}

class Work {
  readonly #original: Uint8Array
  readonly #context: RewriteContext
  readonly #changes: RewriteChange[] = []
  #findings: RewriteFinding[] = []
  #saidAgain: ReadonlySet<RewriteFindingCode> | undefined
  #draft: Draft

  constructor(script: Script, context: RewriteContext, options: RewriteOptions) {
    this.#original = script.source
    this.#context = context
    this.#draft = new Draft(script, options.limits ?? {})
  }

  /** Begins another round: what it says of names is about new ones, and what it says of `notify` replaces what was said. */
  again(): void {
    this.#saidAgain = new Set([
      'oldNotify',
      'disabledRule',
      'missingExtension',
      'restrictedExtension',
      'refused',
    ])
    this.#findings = this.#findings.filter(({ code }) => code !== 'oldNotify')
  }

  /** Whether there was something to change. */
  take(step: (draft: Draft, context: RewriteContext) => Step): boolean {
    const { changes, notes } = step(this.#draft, this.#context)
    const draft = this.#draft
    this.#changes.push(...changes.map((change) => draft.record(change)))
    const said = notes.filter(({ code }) => this.#saidAgain?.has(code) ?? true)
    this.#findings.push(...said.map((note) => draft.finding(note)))
    this.#draft = draft.apply(changes)
    return changes.length > 0
  }

  result(): RewriteResult {
    const { source } = this.#draft.script
    return {
      script: source,
      changed: Buffer.compare(source, this.#original) !== 0,
      changes: this.#changes.toSorted(byPlace),
      findings: this.#findings.toSorted(byPlace),
      accepted: check(this.#draft.script, this.#context.server).ok,
    }
  }
}
