import type { PreviewReport, SendTestReport, SiteReport } from '@iteg/migration'
import { renderTable } from '../ui/table.ts'
import { count, visible } from '../ui/text.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

const shownRecipients = 40

/** Whom a notice would go to, and where it can be looked at. */
export function renderPreview(report: PreviewReport, style: RenderStyle): string {
  const { domain, kind, index, recipients } = report
  const shown = style.verbose ? recipients : recipients.slice(0, shownRecipients)
  return blocks([
    `${style.paint('bold', visible(domain))}  ${kind}: ${count(recipients.length, 'mail')}, passwords masked, nothing sent`,
    shown.length === 0
      ? ''
      : renderTable(
          [
            { title: 'recipient' },
            { title: 'language', optional: true },
            { title: 'subject', wraps: true },
            { title: 'attached', wraps: true, optional: true },
          ],
          shown.map(({ recipient, language, subject, attachments, leftOut }) => [
            recipient,
            language,
            subject,
            [...attachments, ...leftOut.map((name) => `${name} is too large`)].join(', '),
          ]),
          { ...style, indent: '  ' },
        ),
    paragraph(`Open in a browser: ${index}`, '', style),
  ])
}

export function renderSendTest(report: SendTestReport, style: RenderStyle): string {
  const { recipient, kind, language, response, subject } = report
  return blocks([
    `${style.paint('bold', visible(recipient))}  ${kind} (${visible(language)}) sent`,
    [paragraph(`Subject: ${subject}`, '  ', style), paragraph(`Server: ${response}`, '  ', style)].join('\n'),
  ])
}

export function renderSite(report: SiteReport, style: RenderStyle): string {
  const { directory, files, domains } = report
  return blocks([
    `${style.paint('bold', 'Information page')}  ${count(files.length, 'file')}`,
    paragraph(`Put this folder onto your web server: ${directory}`, '  ', style),
    paragraph(
      domains.length === 0
        ? 'It names no domain: those with publish: true would be.'
        : `It names: ${domains.join(', ')}`,
      '  ',
      style,
    ),
  ])
}
