/** The text with one full stop at its end: other packages' errors come with and without. */
export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
