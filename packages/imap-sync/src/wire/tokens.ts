import { ImapSyncError } from '../errors.ts'
import type { RawResponse } from './response-reader.ts'

/**
 * A parsed piece of a response. Strings are Latin-1 (one character a byte), whatever they were sent as;
 * `streamed` stands for a literal that went to a sink.
 */
export type Token =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  /** `text` as it was written: where an atom is meant (RFC 3501 §9: a keyword, a mailbox name), NIL is one as any other. */
  | { readonly kind: 'nil'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Token[] }
  | { readonly kind: 'streamed' }

const maxDepth = 16
const sectioned = /^(?:BODY|BINARY(?:\.SIZE)?)$/i
const streamed: Token = { kind: 'streamed' }

/** Parses a whole response into tokens; throws `ImapSyncError` (`protocol`) on what is not IMAP. */
export function parseTokens(response: RawResponse): Token[] {
  return new TokenParser(response).all()
}

class TokenParser {
  readonly #response: RawResponse
  #part = 0
  #at = 0
  #text: string

  constructor(response: RawResponse) {
    this.#response = response
    this.#text = response.texts[0] ?? ''
  }

  all(): Token[] {
    return this.#items(0)
  }

  /** Items until the closing parenthesis (or the end of the response at depth 0). */
  #items(depth: number): Token[] {
    if (depth > maxDepth) throw new ImapSyncError('limit', 'the server nests its answer too deeply')
    const items: Token[] = []
    for (;;) {
      const text = this.#text
      while (text.charCodeAt(this.#at) === 32) this.#at += 1
      if (this.#at >= text.length) {
        if (depth > 0) throw malformed('a list without end')
        return items
      }
      const code = text.charCodeAt(this.#at)
      if (code === 41 /* ) */) {
        if (depth === 0) throw malformed('an unexpected parenthesis')
        this.#at += 1
        return items
      }
      items.push(this.#item(code, depth))
    }
  }

  #item(code: number, depth: number): Token {
    if (code === 40 /* ( */) {
      this.#at += 1
      return { kind: 'list', items: this.#items(depth + 1) }
    }
    if (code === 34 /* " */) return this.#quoted()
    if (code === 123 /* { */ || (code === 126 && this.#text.charCodeAt(this.#at + 1) === 123)) {
      if (this.#part < this.#response.literals.length && /^~?\{\d+\+?\}$/.test(this.#text.slice(this.#at)))
        return this.#literal()
    }
    return this.#atom()
  }

  #quoted(): Token {
    const text = this.#text
    let end = this.#at + 1
    let escaped = false
    for (; ; end += 1) {
      const code = text.charCodeAt(end)
      if (Number.isNaN(code)) throw malformed('a string without end')
      if (code === 92 /* \ */) {
        escaped = true
        end += 1
      } else if (code === 34) break
    }
    const content = text.slice(this.#at + 1, end)
    this.#at = end + 1
    return { kind: 'string', text: escaped ? content.replaceAll(/\\(.)/gs, '$1') : content }
  }

  #literal(): Token {
    const literal = this.#response.literals[this.#part]
    this.#part += 1
    this.#text = this.#response.texts[this.#part] ?? ''
    this.#at = 0
    return literal === undefined ? streamed : { kind: 'string', text: literal.toString('latin1') }
  }

  /** An atom; a section in brackets belongs to it, blanks and all: `BODY[HEADER.FIELDS (SUBJECT)]`. */
  #atom(): Token {
    const text = this.#text
    const start = this.#at
    let end = start
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end)
      // A keyword may hold a bracket; only these items have a section.
      if (code === 91 /* [ */ && sectioned.test(text.slice(start, end))) {
        const close = text.indexOf(']', end)
        if (close === -1) throw malformed('a section without end')
        end = close
      } else if (code === 32 || code === 40 || code === 41 || code === 34) break
    }
    if (end === start) throw malformed('an empty atom')
    this.#at = end
    const atom = text.slice(start, end)
    return atom.length === 3 && atom.toUpperCase() === 'NIL'
      ? { kind: 'nil', text: atom }
      : { kind: 'atom', text: atom }
  }
}

function malformed(what: string): ImapSyncError {
  return new ImapSyncError('protocol', `the server sent ${what}`)
}

/** The text of an atom or string, undefined for anything else. */
export function textOf(token: Token | undefined): string | undefined {
  return token?.kind === 'atom' || token?.kind === 'string' ? token.text : undefined
}

/** As `textOf`, where there can be no NIL: that is a name then. */
export function atomOf(token: Token | undefined): string | undefined {
  return token?.kind === 'nil' ? token.text : textOf(token)
}

/** A number of up to 63 bits that is safe in JavaScript, undefined for anything else. */
export function numberOf(token: Token | undefined): number | undefined {
  const text = textOf(token)
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

export function listOf(token: Token | undefined): readonly Token[] | undefined {
  return token?.kind === 'list' ? token.items : undefined
}
