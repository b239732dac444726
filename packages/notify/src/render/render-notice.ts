import type { NoticeKind } from '../data/kinds.ts'
import type { Templates } from '../templates/templates.ts'
import type { NoticeRequest, RenderedNotice } from './notice.ts'

/**
 * Renders one notice: pure, and the same for the same input. Throws `TemplateError` when the template uses what is not
 * there, `NoticeUsageError` when the data cannot be shown.
 */
export function renderNotice<K extends NoticeKind>(
  templates: Templates,
  request: NoticeRequest<K>,
): RenderedNotice {
  throw new Error(`being built: ${String(templates.languages)} ${request.kind}`)
}
