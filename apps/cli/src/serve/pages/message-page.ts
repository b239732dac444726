import { html } from './html.ts'
import { page } from './layout.ts'

/** One sentence instead of a page. */
export function messagePage(message: string): Promise<string> {
  return page({
    title: 'Not here',
    content: html`<h1>${message}</h1>
      <p><a href="/">All domains</a></p>`,
  })
}
