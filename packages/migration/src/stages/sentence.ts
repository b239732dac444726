/** An error of the copier without the `source: ` or `target: ` in front: the sentence around it says which server. */
export function withoutSide(message: string): string {
  return message.replace(/^(?:source|target): /, '')
}

/** The copier's `source: ` and `target: ` in the middle of a sentence, as people call these servers. */
export function namedSides(message: string): string {
  return message.replaceAll(
    /(^|: )(source|target): /g,
    (_all, before: string, side: string) =>
      `${before}${before === '' ? 'The' : 'the'} ${side === 'source' ? 'old' : 'new'} server: `,
  )
}

/** The text with one full stop at its end: other packages' errors come with and without. */
export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
