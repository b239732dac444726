import type { LetterKind } from '../data/letter-kinds.ts'
import { markdownToHtml } from '../markdown/html.ts'
import { MadeHtml } from '../templates/engine.ts'
import { type Compiled, type LanguageTemplates, templateSet, withPlaces } from '../templates/template-set.ts'
import type { Templates } from '../templates/templates.ts'
import { mailDress } from './mail-dress.ts'
import type { NoticeRequest } from './notice.ts'
import { layOut, type LooseRequest, renderMarkdown } from './render-notice.ts'

export { type LetterKind, letterKinds } from '../data/letter-kinds.ts'

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
  /** As that of the notice. */
  readonly version: string
}

/**
 * Renders a notice as a letter to print, for those whom a mail would not reach: the same text, targets of links behind
 * them, nothing said of attachments. Throws as `renderNotice`. The letter holds the password that it is given.
 */
export function renderLetter<K extends LetterKind>(
  templates: Templates,
  request: LetterRequest<K>,
): RenderedLetter {
  const { of, compiled } = templateSet(templates).notice(request.kind, request.language)
  return renderLetterOf(of, compiled, request)
}

export interface LooseLetter extends LooseRequest {
  readonly date: Date
  readonly recipient?: readonly string[] | undefined
}

export function renderLetterOf(
  of: LanguageTemplates,
  compiled: Compiled,
  request: LooseLetter,
): RenderedLetter {
  return withPlaces(of, compiled, () => {
    const { subject, tokens, values, timeZone, provider, data } = renderMarkdown(of, compiled, {
      ...request,
      letter: true,
    })
    const content = markdownToHtml(tokens, { values, dress: mailDress, showTargets: true })
    return {
      subject,
      html: layOut(of, 'letter.html', timeZone, {
        language: of.language,
        subject,
        content: new MadeHtml(content),
        provider,
        date: request.date,
        recipient: request.recipient ?? ownerOf(data['mailbox']),
      }),
      version: compiled.version,
    }
  })
}

function ownerOf(mailbox: unknown): string[] {
  if (typeof mailbox !== 'object' || mailbox === null) return []
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(mailbox))
  return ['name', 'address'].flatMap((key) => {
    const value = fields.get(key)
    return typeof value === 'string' ? [value] : []
  })
}
