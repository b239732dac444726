import { createHash, type Hash } from 'node:crypto'

// What makes two messages the same one: SHA-256 over canonical bytes. Servers change line ends and NUL on APPEND
// (Dovecot 2.3: bare LF to CRLF, CR CR LF to CRLF, a CR at the very end is lost, NUL to 0x80); the canonical form is
// what remains equal whatever they did.

const carriageReturn = 13
const lineFeed = 10
const crlf = Buffer.from('\r\n')

/**
 * SHA-256 (hex) of a message's canonical bytes: LF with any number of CRs before it as CRLF, a CR elsewhere too, CRs at
 * the very end as nothing, NUL as 0x80. Equal hashes are the only proof that two messages are the same one.
 */
export function messageHash(message: Uint8Array | Iterable<Uint8Array>): string {
  const hasher = new MessageHasher()
  if (message instanceof Uint8Array) hasher.update(message)
  else for (const chunk of message) hasher.update(chunk)
  return hasher.digest()
}

/** `messageHash` piece by piece: the same whatever the pieces. */
export class MessageHasher {
  readonly #hash: Hash = createHash('sha256')
  /** CRs just before: what comes next says what they are. */
  #returns = 0
  #bytes = 0

  /** Bytes taken so far, as they came. */
  get bytes(): number {
    return this.#bytes
  }

  update(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#bytes += chunk.length
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (this.#returns === 0 && isCanonical(bytes)) {
      this.#hash.update(bytes)
      return
    }
    this.#update(bytes)
  }

  digest(): string {
    return this.#hash.digest('hex')
  }

  #update(bytes: Buffer): void {
    let at = 0
    for (let index = nextBreak(bytes, 0); index < bytes.length; index = nextBreak(bytes, at)) {
      this.#text(bytes.subarray(at, index))
      if (bytes[index] === carriageReturn) this.#returns += 1
      else {
        this.#returns = 0
        this.#hash.update(crlf)
      }
      at = index + 1
    }
    this.#text(bytes.subarray(at))
  }

  #text(bytes: Buffer): void {
    if (bytes.length === 0) return
    for (; this.#returns > 0; this.#returns -= 1) this.#hash.update(crlf)
    this.#hash.update(withoutNul(bytes))
  }
}

function nextBreak(bytes: Buffer, from: number): number {
  for (let index = from; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (byte === lineFeed || byte === carriageReturn) return index
  }
  return bytes.length
}

/** The common case, found at the speed of indexOf: only CRLF, no NUL, and no CRLF torn apart at either end. */
function isCanonical(bytes: Buffer): boolean {
  if (bytes.at(-1) === carriageReturn || bytes.includes(0)) return false
  let at = 0
  for (;;) {
    const feed = bytes.indexOf(lineFeed, at)
    const back = bytes.indexOf(carriageReturn, at)
    if (feed === -1 && back === -1) return true
    if (feed !== back + 1 || back === -1) return false
    at = feed + 1
  }
}

function withoutNul(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(0); at !== -1; at = copy.indexOf(0, at + 1)) copy[at] = 0x80
  return copy
}
