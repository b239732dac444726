import type { NoticeData, NoticeKind } from '../data/kinds.ts'

/** One notice to render. `K` is found from `kind`. */
export interface NoticeRequest<K extends NoticeKind = NoticeKind> {
  readonly kind: K
  /** As in `templates.languages`. `de-AT` takes `de` where there is no `de-AT`. */
  readonly language: string
  readonly data: NoticeData[K]
  /** Default: `Europe/Vienna`. */
  readonly timeZone?: string | undefined
}

export interface RenderedNotice {
  readonly kind: NoticeKind
  readonly language: string
  /** One line of text without control characters; not yet encoded. */
  readonly subject: string
  /** Lines of at most 76 columns, as long as no single word is longer; `\n`. */
  readonly text: string
  /** A whole document: inline styles, nothing remote, no script. */
  readonly html: string
  /**
   * Of the text: a hash over the template and every partial it can include, in the form `sha256:<16 hex digits>`. The
   * layout is dress, not text, and changes nothing here.
   */
  readonly version: string
}
