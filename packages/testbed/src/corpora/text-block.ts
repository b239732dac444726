import type { Random } from '../demo/random.ts'
import { letters, replies } from '../demo/texts.ts'

export interface Stretch {
  readonly bytes: Buffer
  readonly lines: number
}

const proseBytes = 512 * 1024
const base64Lines = 13_500
// 76 characters and a line feed
const base64Width = 77

/** Content for many messages, made once and cut where it is needed: no copy is made, so gigabytes cost little. */
export class TextBlock {
  readonly #prose: Buffer
  /** Where each line of the prose begins, and its end. */
  readonly #starts: readonly number[]
  readonly #base64: Buffer

  constructor(random: Random) {
    const sentences = [
      ...Object.values(letters).flatMap((list) => list.flatMap(({ text }) => text)),
      ...Object.values(replies).flat(),
    ]
    const vocabulary = [...new Set(sentences.flatMap((sentence) => sentence.split(/\s+/)))]
    const lines: string[] = []
    for (let made = 0; made < proseBytes;) {
      let line = ''
      while (line.length < 66) line += `${random.pick(vocabulary)} `
      lines.push(line.trimEnd())
      made += Buffer.byteLength(line) + 1
    }
    this.#prose = Buffer.from(`${lines.join('\n')}\n`)
    const starts = [0]
    for (let at = this.#prose.indexOf(10); at !== -1; at = this.#prose.indexOf(10, at + 1))
      starts.push(at + 1)
    this.#starts = starts
    const encoded = random.bytes(base64Lines * 57).toString('base64')
    this.#base64 = Buffer.from(encoded.replaceAll(/.{76}/g, '$&\n'))
  }

  /** Whole lines of text, about `size` bytes, from anywhere. */
  prose(random: Random, size: number): Stretch {
    const count = Math.max(1, Math.round(size / 70))
    const first = random.between(0, this.#starts.length - 2 - count)
    return { bytes: this.#prose.subarray(this.#starts[first], this.#starts[first + count]), lines: count }
  }

  /** Whole lines of base64, about `size` bytes. */
  base64(random: Random, size: number): Stretch[] {
    const stretches: Stretch[] = []
    for (let left = Math.max(1, Math.round(size / base64Width)); left > 0;) {
      const first = random.between(0, base64Lines - 1)
      const lines = Math.min(left, base64Lines - first)
      stretches.push({
        bytes: this.#base64.subarray(first * base64Width, (first + lines) * base64Width),
        lines,
      })
      left -= lines
    }
    return stretches
  }
}
