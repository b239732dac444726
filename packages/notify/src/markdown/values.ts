/**
 * Values do not become Markdown. In the Markdown source a value is a place holder, one word of private-use characters;
 * it is looked up when the parsed text is written, and escaped for where it stands there. So no value can be a heading,
 * a link, HTML or the end of a table cell, whatever is in it.
 */
const begin = '\uE000'
const end = '\uE001'
const pattern = /\uE000(\d+)\uE001/gu

/** Collects the values of one rendering. */
export class Values {
  readonly #values: string[] = []

  /** Keeps a value and returns its place holder. */
  hold(value: string): string {
    return `${begin}${this.#values.push(value) - 1}${end}`
  }

  /** Replaces place holders by what `write` makes of their values, and everything between by what `other` makes of it. */
  replace(
    text: string,
    write: (value: string) => string,
    other: (text: string) => string = (x) => x,
  ): string {
    let result = ''
    let at = 0
    for (const match of text.matchAll(pattern)) {
      result += other(text.slice(at, match.index)) + write(this.#values[Number(match[1])] ?? '')
      at = match.index + match[0].length
    }
    return result + other(text.slice(at))
  }
}

/** Characters that a template must not contain. */
export const reservedCharacters = /[\uE000\uE001]/u
