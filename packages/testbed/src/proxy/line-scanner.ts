/** A stretch of a stream, and what it completes. */
export interface Piece {
  readonly bytes: Buffer
  /** Set when this stretch completes the first physical line of a logical one: that line, without its CRLF. */
  readonly head?: string
  /** Set when it completes the logical line, literals and all. */
  readonly end?: { readonly text: string; readonly size: number }
}

const maxText = 64 * 1024

/**
 * Cuts a stream of IMAP into logical lines: a physical line that ends in `{n}` or `{n+}` goes on with n bytes of
 * literal (RFC 9051 §4.3, RFC 7888) and then with more line. The bytes themselves pass through untouched, in order.
 */
export class LineScanner {
  /** Text of the logical line so far, literals left out, bounded. */
  #text = ''
  #size = 0
  #literal = 0
  #headSeen = false
  /** The physical line's last bytes, where a literal's length stands. */
  #tail = '';

  *push(chunk: Buffer): Generator<Piece> {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#literal > 0) {
        const bytes = rest.subarray(0, this.#literal)
        this.#literal -= bytes.length
        this.#size += bytes.length
        rest = rest.subarray(bytes.length)
        yield { bytes }
        continue
      }
      const newline = rest.indexOf(0x0a)
      const bytes = newline === -1 ? rest : rest.subarray(0, newline + 1)
      rest = rest.subarray(bytes.length)
      this.#note(bytes)
      if (newline === -1) yield { bytes }
      else yield this.#lineEnd(bytes)
    }
  }

  #note(bytes: Buffer): void {
    this.#size += bytes.length
    const text = bytes.toString('latin1')
    if (this.#text.length < maxText) this.#text += text.slice(0, maxText - this.#text.length)
    this.#tail = (this.#tail + text).slice(-32)
  }

  #lineEnd(bytes: Buffer): Piece {
    const literal = /\{(\d{1,10})\+?\}\r?\n$/.exec(this.#tail)?.[1]
    this.#tail = ''
    const text = this.#text.replace(/\r?\n$/, '')
    const head = this.#headSeen ? {} : { head: text }
    this.#headSeen = true
    if (literal !== undefined) {
      this.#literal = Number(literal)
      return { bytes, ...head }
    }
    const end = { text, size: this.#size }
    this.#text = ''
    this.#size = 0
    this.#headSeen = false
    return { bytes, ...head, end }
  }
}
