import { cleanLine } from '../markdown/clean.ts'
import { escapeHtml } from '../markdown/escape-html.ts'
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
  readonly language?: 'de' | 'en' | undefined
}

const words = {
  en: { to: 'Recipient', subject: 'Subject', way: 'Delivery', files: 'Attached', mail: 'mail', text: 'text' },
  de: { to: 'Empfänger', subject: 'Betreff', way: 'Weg', files: 'Angehängt', mail: 'Mail', text: 'Text' },
}

const style = `:root{color-scheme:light dark}body{margin:0 auto;max-width:75rem;padding:1.5rem;font:1rem/1.5 Arial,Helvetica,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem}table{width:100%;border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid #8a96a1}
@media(max-width:40rem){thead{display:none}table,tbody,tr,td{display:block}td{border:0;padding:.1rem 0}tr{border-bottom:1px solid #8a96a1;padding:.6rem 0}}`

/**
 * Files of a folder to open in a browser: `index.html` with all recipients, and for each its mail as HTML and as text.
 * It shows what it is given: pass results of `renderPreview`.
 */
export function renderPreviewIndex(
  entries: readonly PreviewEntry[],
  { title, language = 'en' }: PreviewIndexOptions,
): ReadonlyMap<string, string> {
  const say = words[language]
  const width = String(entries.length).length
  const files = new Map<string, string>()
  const rows = entries.map(({ recipient, rendered, attachments = [], delivery = '' }, index) => {
    // Numbered: an address may hold what no file name may.
    const name = String(index + 1).padStart(width, '0')
    files.set(`${name}.html`, rendered.html)
    files.set(`${name}.txt`, `${rendered.subject}\n\n${rendered.text}`)
    const cells = [
      shown(recipient),
      shown(rendered.subject),
      shown(delivery),
      attachments.map(shown).join('<br>'),
      `<a href="${name}.html">${say.mail}</a> <a href="${name}.txt">${say.text}</a>`,
    ]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`
  })
  const head = [say.to, say.subject, say.way, say.files, ''].map((word) =>
    word === '' ? '<td></td>' : `<th scope="col">${word}</th>`,
  )
  const index = `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${shown(title)}</title>
<style>${style}</style></head>
<body><main><h1>${shown(title)} (${entries.length})</h1>
<table><thead><tr>${head.join('')}</tr></thead><tbody>
${rows.join('')}</tbody></table></main></body>
</html>
`
  return new Map([['index.html', index], ...files])
}

function shown(text: string): string {
  return escapeHtml(cleanLine(text, 300))
}
