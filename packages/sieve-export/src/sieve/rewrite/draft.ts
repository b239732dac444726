import { edit, type Splice } from '../syntax/edit.ts'
import { Meaning } from '../meaning/read-meaning.ts'
import { parse } from '../syntax/parse.ts'
import { positionAt } from '../syntax/position.ts'
import type { SieveLimits } from '../syntax/limits.ts'
import type { Script } from '../syntax/tree.ts'
import type { RewriteChange, RewriteChangeKind, RewriteFinding } from './options.ts'

/** A change that a step wants; `text` replaces the span. */
export interface Change extends Splice {
  readonly kind: RewriteChangeKind
  readonly why: string
}

export interface Note extends Omit<RewriteFinding, 'line' | 'column'> {
  /** In the draft that the step saw. */
  readonly offset: number
}

export interface Step {
  readonly changes: readonly Change[]
  readonly notes: readonly Note[]
}

/** The script between two steps, which still knows where everything stood at the beginning. */
export class Draft {
  readonly script: Script
  readonly #original: Uint8Array
  #meaning: Meaning | undefined
  readonly #limits: Partial<SieveLimits>
  readonly #earlier: readonly (readonly Applied[])[]

  constructor(
    script: Script,
    limits: Partial<SieveLimits>,
    original: Uint8Array = script.source,
    earlier: readonly (readonly Applied[])[] = [],
  ) {
    this.script = script
    this.#limits = limits
    this.#original = original
    this.#earlier = earlier
  }

  get meaning(): Meaning {
    this.#meaning ??= new Meaning(this.script)
    return this.#meaning
  }

  apply(splices: readonly Splice[]): Draft {
    if (splices.length === 0) return this
    const sorted = splices.toSorted((a, b) => a.start - b.start || a.end - b.end)
    // Changes may make a script somewhat longer than what may be read.
    const limits = { ...this.#limits, maxBytes: Infinity, maxNodes: Infinity }
    const script = parse(edit(this.script, sorted), { limits })
    return new Draft(script, this.#limits, this.#original, [...this.#earlier, applied(sorted)])
  }

  /** A finding or change with its place in the script as it was. */
  place(offset: number): { readonly line: number; readonly column: number } {
    let at = offset
    for (const splices of this.#earlier.toReversed()) at = before(at, splices)
    const { line, column } = positionAt(this.#original, Math.min(at, this.#original.length))
    return { line, column }
  }

  record({ kind, start, end, text, why }: Change): RewriteChange {
    const decoder = new TextDecoder()
    const after = typeof text === 'string' ? text : decoder.decode(text)
    return {
      kind,
      ...this.place(start),
      before: decoder.decode(this.script.source.subarray(start, end)),
      after,
      why,
    }
  }

  finding({ offset, ...note }: Note): RewriteFinding {
    return { ...note, ...this.place(offset) }
  }
}

/** Splices that were applied, with where their text begins now. */
interface Applied {
  readonly oldStart: number
  readonly oldEnd: number
  readonly newStart: number
  readonly newEnd: number
}

function applied(sorted: readonly Splice[]): readonly Applied[] {
  let shift = 0
  return sorted.map(({ start, end, text }) => {
    const newStart = start + shift
    const newEnd = newStart + (typeof text === 'string' ? Buffer.byteLength(text) : text.length)
    shift = newEnd - end
    return { oldStart: start, oldEnd: end, newStart, newEnd }
  })
}

/** Where an offset was before splices were applied; inside of new text: where that text was put. */
function before(offset: number, splices: readonly Applied[]): number {
  let low = 0
  let high = splices.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((splices[middle]?.newStart ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  const last = splices[low - 1]
  if (last === undefined) return offset
  return offset < last.newEnd ? last.oldStart : offset - last.newEnd + last.oldEnd
}
