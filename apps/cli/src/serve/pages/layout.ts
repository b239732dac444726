import { type Html, html } from './html.ts'

export interface PageFrame {
  readonly title: string
  readonly content: Html
  /** Absent: the page does not change. */
  readonly at?: string
  readonly json?: string
}

/** The whole page as text. */
export async function page({ title, content, at, json }: PageFrame): Promise<string> {
  const written = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · mailmove</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        <script src="/script.js" defer></script>
        ${at === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="30" /></noscript>`}
      </head>
      <body>
        <a class="skip" href="#main">To the content</a>
        <header>
          <a href="/">mailmove</a>
          <p>what the ledger knows; this page changes nothing</p>
          ${at === undefined ? '' : html`<span id="live">as of ${at.slice(11, 19)} UTC</span>`}
        </header>
        <main id="main">${content}</main>
        <footer>${json === undefined ? '' : html`<a href="${json}">The same as JSON</a>`}</footer>
      </body>
    </html>`
  return String(written)
}
