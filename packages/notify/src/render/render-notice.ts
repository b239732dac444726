import type { NoticeKind } from '../data/kinds.ts'
import { conform } from '../data/shape.ts'
import { noticeShapes } from '../data/shapes.ts'
import { TemplateError } from '../errors.ts'
import { cleanLine } from '../markdown/clean.ts'
import { escapeHtml } from '../markdown/escape-html.ts'
import { markdownToHtml } from '../markdown/html.ts'
import { lexMarkdown } from '../markdown/lex.ts'
import { markdownToText } from '../markdown/text.ts'
import { Values } from '../markdown/values.ts'
import { MadeHtml } from '../templates/engine.ts'
import {
  fieldOf,
  type Compiled,
  type LanguageTemplates,
  templateSet,
  withPlaces,
} from '../templates/template-set.ts'
import type { LayoutName } from '../templates/layouts.ts'
import type { Templates } from '../templates/templates.ts'
import { mailDress } from './mail-dress.ts'
import type { NoticeRequest, RenderedNotice } from './notice.ts'

const defaultTimeZone = 'Europe/Vienna'
const longestSubject = 200

/**
 * Renders one notice: pure, and the same for the same input. Throws `TemplateError` when the template uses what is not
 * there, `NoticeUsageError` when there is no such text or the data cannot be shown.
 */
export function renderNotice<K extends NoticeKind>(
  templates: Templates,
  request: NoticeRequest<K>,
): RenderedNotice {
  const { of, compiled } = templateSet(templates).notice(request.kind, request.language)
  return renderCompiled(of, compiled, request)
}

/** What is rendered, before its data was looked at. */
export interface LooseRequest {
  readonly kind: NoticeKind
  readonly data: unknown
  readonly timeZone?: string | undefined
}

export function renderCompiled(
  of: LanguageTemplates,
  compiled: Compiled,
  request: LooseRequest,
): RenderedNotice {
  return withPlaces(of, compiled, () => {
    const made = renderMarkdown(of, compiled, { ...request, letter: false })
    const { subject, tokens, values, timeZone } = made
    const content = markdownToHtml(tokens, { values, dress: mailDress })
    return {
      kind: request.kind,
      language: of.language,
      subject,
      text: markdownToText(tokens, values),
      html: layOut(of, 'layout.html', timeZone, {
        language: of.language,
        subject,
        content: new MadeHtml(content),
        provider: made.provider,
      }),
      version: compiled.version,
    }
  })
}

export interface RenderedMarkdown {
  readonly subject: string
  readonly tokens: ReturnType<typeof lexMarkdown>
  readonly values: Values
  readonly timeZone: string
  readonly provider: unknown
  readonly data: Readonly<Record<string, unknown>>
}

export function renderMarkdown(
  of: LanguageTemplates,
  compiled: Compiled,
  request: LooseRequest & { readonly letter: boolean },
): RenderedMarkdown {
  const { kind, letter, timeZone = defaultTimeZone } = request
  const given = { language: of.language, letter }
  const data: Record<string, unknown> = Object.assign(
    Object.create(null),
    conform(request.data, noticeShapes[kind]),
    given,
  )
  const values = new Values()
  const markdown = of.engine.render(compiled.body, { data, timeZone, write: (value) => values.hold(value) })
  const subject = line(of, fieldOf(compiled, 'subject'), { data, timeZone })
  if (subject === '')
    throw new TemplateError([{ file: compiled.file, line: 1, column: 1, message: 'the subject is empty' }])
  return { subject, tokens: lexMarkdown(markdown), values, timeZone, provider: data['provider'], data }
}

/** A text of the front matter as one line: for a header, a title. */
export function line(
  of: LanguageTemplates,
  template: Compiled['body'],
  scope: { readonly data: object; readonly timeZone: string },
): string {
  const text = of.engine.render(template, { ...scope, write: (value) => cleanLine(value, longestSubject) })
  return cleanLine(text.replaceAll(/\s+/gu, ' ').trim(), longestSubject)
}

/** Puts a text into its HTML; what is missing is a mistake of the package or of the project's folder. */
export function layOut(of: LanguageTemplates, name: LayoutName, timeZone: string, data: object): string {
  const layout = of.layouts.get(name)
  if (layout === undefined)
    throw new TemplateError([{ file: name, line: 1, column: 1, message: 'there is no such layout' }])
  return withPlaces(of, layout, () =>
    of.engine.render(layout.body, { data, timeZone, write: (value) => escapeHtml(cleanLine(value)) }),
  )
}
