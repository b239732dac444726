import type { NoticeKind } from '../data/kinds.ts'
import type { NoticeRequest, RenderedNotice } from '../render/notice.ts'
import type { Templates } from '../templates/templates.ts'

/** What stands in place of a password in everything that is not the mail itself. */
export const maskedPassword = '••••••••'

export interface PreviewOptions {
  /** Default: `maskedPassword`. The password of `data` never shows in a preview. */
  readonly password?: string | undefined
}

/** As `renderNotice`, with the password masked: `data.password` may hold it or not, it does not get into the result. */
export function renderPreview<K extends NoticeKind>(
  templates: Templates,
  request: NoticeRequest<K>,
  options: PreviewOptions = {},
): RenderedNotice {
  throw new Error(`being built: ${String(templates.languages)} ${request.kind} ${String(options.password)}`)
}
