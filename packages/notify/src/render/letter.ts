import type { NoticeRequest } from './notice.ts'
import type { Templates } from '../templates/templates.ts'

/** Kinds that make sense on paper: for those whom a mail would not reach. */
export type LetterKind =
  | 'pre-warning'
  | 'hand-over'
  | 'reminder'
  | 'password-reset'
  | 'keep-old-server'
  | 'quota'
  | 'switch-off'

export const letterKinds: readonly LetterKind[] = [
  'pre-warning',
  'hand-over',
  'reminder',
  'password-reset',
  'keep-old-server',
  'quota',
  'switch-off',
]

export type LetterRequest<K extends LetterKind = LetterKind> = NoticeRequest<K> & {
  /** Printed at the top. */
  readonly date: Date
  /** Lines above the text: the firm, the person. Default: the mailbox's name and address. */
  readonly recipient?: readonly string[] | undefined
}

export interface RenderedLetter {
  readonly subject: string
  /** A document for A4 paper, that a browser prints as it is; holds the password where `data` does. */
  readonly html: string
  readonly version: string
}

/** Renders a notice as a letter to print. Several letters in one file: join with `joinLetters`. */
export function renderLetter<K extends LetterKind>(
  templates: Templates,
  request: LetterRequest<K>,
): RenderedLetter {
  throw new Error(`being built: ${String(templates.languages)} ${request.kind}`)
}
