/** A value of PHP's `serialize()`: arrays become Maps, with their keys as text. */
export type PhpValue = string | number | boolean | null | ReadonlyMap<string, PhpValue>

const maxDepth = 32
const maxItems = 20_000

/**
 * Reads PHP's serialisation, whose lengths count bytes. Undefined for whatever is none: cut off, nested too deep, or
 * with an object in it (which is never made). Never throws.
 */
export function readPhp(bytes: Uint8Array): PhpValue | undefined {
  const reader = new PhpReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  return reader.value(0)
}

class PhpReader {
  readonly #bytes: Buffer
  #at = 0
  #items = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  value(depth: number): PhpValue | undefined {
    this.#items += 1
    if (depth > maxDepth || this.#items > maxItems) return undefined
    const kind = this.#bytes.toString('latin1', this.#at, this.#at + 2)
    this.#at += 2
    switch (kind) {
      case 'N;':
        return null
      case 'b:':
        return this.#number(';') === 1
      case 'i:':
      case 'd:':
        return this.#number(';')
      case 's:':
        return this.#string()
      case 'a:':
        return this.#array(depth)
      default:
        return undefined
    }
  }

  #array(depth: number): PhpValue | undefined {
    const length = this.#number(':')
    if (length === undefined || length < 0 || !this.#skip('{')) return undefined
    const result = new Map<string, PhpValue>()
    for (let index = 0; index < length; index += 1) {
      const key = this.value(depth + 1)
      const value = this.value(depth + 1)
      if ((typeof key !== 'string' && typeof key !== 'number') || value === undefined) return undefined
      result.set(String(key), value)
    }
    return this.#skip('}') ? result : undefined
  }

  #string(): string | undefined {
    const length = this.#number(':')
    if (length === undefined || length < 0 || !Number.isInteger(length) || !this.#skip('"')) return undefined
    const end = this.#at + length
    if (end > this.#bytes.length) return undefined
    const text = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end
    return this.#skip('";') ? text : undefined
  }

  #number(end: string): number | undefined {
    const stop = this.#bytes.indexOf(end, this.#at, 'latin1')
    if (stop === -1 || stop - this.#at > 40 || stop === this.#at) return undefined
    const number = Number(this.#bytes.toString('latin1', this.#at, stop))
    this.#at = stop + 1
    return Number.isNaN(number) ? undefined : number
  }

  #skip(text: string): boolean {
    const found = this.#bytes.toString('latin1', this.#at, this.#at + text.length) === text
    this.#at += text.length
    return found
  }
}
