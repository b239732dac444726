import type { NoticeKind } from '../data/kinds.ts'

export interface LoadTemplatesOptions {
  /**
   * The project's own folder: a file there takes the place of the built-in one of the same name (`de/hand-over.md`,
   * `layout.html`), and new files are added (`it/hand-over.md`). A folder that does not exist is an error.
   */
  readonly directory?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Compiled and checked templates; share it, rendering changes nothing in it. */
export interface Templates {
  /** Those that at least one notice is written in, sorted: `['de', 'en']`. */
  readonly languages: readonly string[]
  /** Whether there is a text of this kind in this language. */
  has(kind: NoticeKind, language: string): boolean
  /** The version that a notice of this kind and language would have now, without rendering one. */
  version(kind: NoticeKind, language: string): string
}
