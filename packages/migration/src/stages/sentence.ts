/** An error of the copier without the `source: ` or `target: ` in front: the sentence around it says which server. */
export function withoutSide(message: string): string {
  return message.replace(/^(?:source|target): /, '')
}

/** The text with one full stop at its end: other packages' errors come with and without. */
export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
