import type { NoticeKind } from '../data/kinds.ts'
import type { NoticeRequest, RenderedNotice } from '../render/notice.ts'
import { renderNotice } from '../render/render-notice.ts'
import type { Templates } from '../templates/templates.ts'

/** What stands in place of a password in everything that is not the mail itself. */
export const maskedPassword = '••••••••'

/** The same data with the password masked, where there is one. */
export function maskData<T extends object>(data: T, password: string = maskedPassword): T {
  return 'password' in data && data.password !== undefined ? { ...data, password } : data
}

export interface PreviewOptions {
  /** Default: `maskedPassword`. */
  readonly password?: string | undefined
}

/** As `renderNotice`, with the password masked: `data.password` may be the real one, it does not get into the result. */
export function renderPreview<K extends NoticeKind>(
  templates: Templates,
  request: NoticeRequest<K>,
  { password = maskedPassword }: PreviewOptions = {},
): RenderedNotice {
  return renderNotice(templates, { ...request, data: maskData(request.data, password) })
}
