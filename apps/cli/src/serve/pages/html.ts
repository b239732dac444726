import { html } from 'hono/html'
import { visible } from '../../ui/text.ts'
import { formatTime } from '../../ui/units.ts'

export { html }

/** A piece of a page; what is put into it is escaped. */
export type Html = ReturnType<typeof html>

/** What a server, a user or a file chose: escaped as everything, and without characters that make it look like another text. */
export function named(text: string): string {
  return visible(text)
}

/** A moment, as an admin compares it with the clock on the wall. */
export function moment(iso: string | undefined): Html | '' {
  if (iso === undefined) return ''
  return html`<time datetime="${iso}">${formatTime(new Date(iso))}</time>`
}

/** Fit for an `id`: of any text, always the same, and never two the same in practice. */
export function slug(text: string): string {
  return Array.from(text, (character) =>
    /[a-z0-9-]/.test(character) ? character : `_${(character.codePointAt(0) ?? 0).toString(16)}`,
  ).join('')
}
