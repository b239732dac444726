import type { RenderedNotice } from '../render/notice.ts'

/** One mail to look through before anything is sent. */
export interface PreviewEntry {
  readonly recipient: string
  readonly rendered: RenderedNotice
  /** Names of what would be attached. */
  readonly attachments?: readonly string[] | undefined
  /** How it would travel, or why not: `into the old mailbox`, `letter: forwards without a copy`. */
  readonly delivery?: string | undefined
}

export interface PreviewIndexOptions {
  /** Heading of the index: `example.at: hand-over`. */
  readonly title: string
  /** Of the index itself; default `en`. */
  readonly language?: string | undefined
}

/**
 * Files of a folder to open in a browser: `index.html` with all recipients, and for each mail its HTML and its text.
 * Renders what it is given: pass results of `renderPreview`.
 */
export function renderPreviewIndex(
  entries: readonly PreviewEntry[],
  options: PreviewIndexOptions,
): ReadonlyMap<string, string> {
  throw new Error(`being built: ${entries.length} ${options.title}`)
}
