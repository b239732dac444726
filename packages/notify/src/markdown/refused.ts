/** Something in a template's Markdown that does not get into a notice. `raw`: as it stands there, to find its place. */
export class MarkdownRefused extends Error {
  override readonly name = 'MarkdownRefused'
  readonly raw: string

  constructor(raw: string, message: string) {
    super(message)
    this.raw = raw
  }
}
