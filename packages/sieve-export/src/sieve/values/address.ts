/**
 * What is wrong with an address as Pigeonhole judges it, or undefined. It takes one address with or without a display
 * name (RFC 5228 §2.4.2.3), dots at odd places of the local part, and domains beyond ASCII.
 */
export function addressProblem(text: string): string | undefined {
  try {
    new AddressReader(text).read()
    return undefined
  } catch (error) {
    if (error instanceof AddressProblem) return error.message
    throw error
  }
}

/** The address without its display name, for people; the text itself when it is no address. */
export function bareAddress(text: string): string {
  const match = /<([^<>]*)>\s*$/.exec(text)
  return (match?.[1] ?? text).trim()
}

class AddressProblem extends Error {}

class AddressReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): void {
    this.#blank()
    if (this.#ended()) throw new AddressProblem('it is empty')
    if (!this.#displayName()) this.#spec()
    else {
      this.#at += 1
      if (!this.#blank() || this.#ended()) throw new AddressProblem('nothing useful stands behind "<"')
      this.#spec()
      if (this.#peek() !== '>') throw new AddressProblem('">" is missing')
      this.#at += 1
      if (!this.#blank()) throw new AddressProblem('it ends with an open comment')
    }
    if (this.#peek() === ',') throw new AddressProblem('it is more than one address')
    if (!this.#ended()) throw new AddressProblem('something stands behind the address')
  }

  /** True when a display name was read and "<" is next; false leaves everything unread. */
  #displayName(): boolean {
    const start = this.#at
    if (this.#peek() !== '.' && this.#phrase() && this.#peek() === '<') return true
    this.#at = start
    return false
  }

  /** False when the text ends within, or is no phrase. */
  #phrase(): boolean {
    for (;;) {
      const start = this.#at
      if (this.#peek() === '"') {
        if (this.#quoted() === undefined) return false
      } else this.#while((char) => isAtomChar(char) || char === '.')
      if (!this.#blank() || this.#ended()) return false
      const next = this.#peek()
      if (!isAtomChar(next) && next !== '"' && next !== '.') return true
      if (this.#at === start) return false
    }
  }

  #spec(): void {
    const local = this.#localPart()
    if (local === undefined || /[^\x20-\x7e]/.test(local))
      throw new AddressProblem('its local part is invalid')
    if (this.#ended() || this.#peek() !== '@') throw new AddressProblem('"@" is missing')
    this.#at += 1
    if (!this.#blank() || this.#ended() || !this.#domain()) {
      throw new AddressProblem('its domain is invalid or missing')
    }
    if (local === '') throw new AddressProblem('its local part is missing')
  }

  #localPart(): string | undefined {
    if (this.#peek() === '"') {
      const quoted = this.#quoted()
      return quoted !== undefined && this.#blank() ? quoted : undefined
    }
    let local = ''
    do {
      while (this.#peek() === '.') {
        local += '.'
        this.#at += 1
      }
      if (this.#ended() || this.#peek() === '@') break
      const atom = this.#while(isAtomChar)
      if (atom === '' || !this.#blank()) return undefined
      local += atom
    } while (this.#peek() === '.')
    return local
  }

  #domain(): boolean {
    if (this.#peek() === '[') return this.#domainLiteral()
    for (;;) {
      if (this.#while(isAtomChar) === '' || !this.#blank()) return false
      if (this.#peek() !== '.') return true
      this.#at += 1
      if (!this.#blank() || this.#ended()) return false
    }
  }

  #domainLiteral(): boolean {
    for (this.#at += 1; !this.#ended(); this.#at += 1) {
      const char = this.#peek()
      if (char === '[') return false
      if (char === '\\') this.#at += 1
      else if (char === ']') {
        this.#at += 1
        return this.#blank()
      }
    }
    return false
  }

  /** The content of a quoted string; undefined when it does not end. */
  #quoted(): string | undefined {
    let content = ''
    for (this.#at += 1; !this.#ended(); this.#at += 1) {
      const char = this.#peek()
      if (char === '"') {
        this.#at += 1
        return content
      }
      if (char === '\\') this.#at += 1
      // folding: line ends are no part of the content
      if (char !== '\r' && char !== '\n') content += this.#peek()
    }
    return undefined
  }

  /** Skips blanks and comments; false when a comment does not end. */
  #blank(): boolean {
    for (;;) {
      this.#while((char) => char === ' ' || char === '\t' || char === '\r' || char === '\n')
      if (this.#peek() !== '(') return true
      let depth = 0
      do {
        if (this.#ended()) return false
        const char = this.#peek()
        if (char === '\\') this.#at += 1
        else if (char === '(') depth += 1
        else if (char === ')') depth -= 1
        this.#at += 1
      } while (depth > 0)
    }
  }

  #while(belongs: (char: string) => boolean): string {
    const start = this.#at
    while (!this.#ended() && belongs(this.#peek())) this.#at += 1
    return this.#text.slice(start, this.#at)
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #ended(): boolean {
    return this.#at >= this.#text.length
  }
}

/** RFC 5322 §3.2.3, and everything beyond ASCII. */
function isAtomChar(char: string): boolean {
  return /[\w!#$%&'*+/=?^`{|}~-]|[^\0-\x7f]/.test(char)
}
