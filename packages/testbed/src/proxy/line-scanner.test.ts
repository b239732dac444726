import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineScanner } from './line-scanner.ts'

interface Command {
  readonly text: string
  readonly literals: readonly Uint8Array[]
}

const word = fc.stringMatching(/^[ -z]{0,20}$/)
const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.record({ text: word, literals: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 3 }) }),
  { maxLength: 6 },
)

function encode({ text, literals }: Command): Buffer {
  const parts = literals.flatMap((literal, index) => [
    Buffer.from(` {${literal.length}${index % 2 === 0 ? '+' : ''}}\r\n`),
    Buffer.from(literal),
  ])
  return Buffer.concat([Buffer.from(text), ...parts, Buffer.from('\r\n')])
}

/** Cuts a buffer at these places, as TCP may. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  )
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
}

test('however the stream is cut: all bytes pass, and each command ends where it was sent to its end', () => {
  fc.assert(
    fc.property(commands, fc.array(fc.nat(), { maxLength: 12 }), (sent, places) => {
      const encoded = sent.map((command) => encode(command))
      const scanner = new LineScanner()
      const passed: Buffer[] = []
      const heads: string[] = []
      const sizes: number[] = []
      for (const chunk of cut(Buffer.concat(encoded), places))
        for (const { bytes, head, end } of scanner.push(chunk)) {
          passed.push(bytes)
          if (head !== undefined) heads.push(head)
          if (end !== undefined) sizes.push(end.size)
        }
      expect(Buffer.concat(passed)).toEqual(Buffer.concat(encoded))
      expect(sizes).toEqual(encoded.map(({ length }) => length))
      expect(heads).toEqual(encoded.map((bytes) => bytes.toString().split('\r\n')[0]))
    }),
  )
})

test('a literal that holds a whole command is no command', () => {
  const scanner = new LineScanner()
  const literal = 'a2 DELETE INBOX\r\n'
  const pieces = [
    ...scanner.push(Buffer.from(`a1 APPEND x {${literal.length}+}\r\n${literal}\r\na3 NOOP\r\n`)),
  ]
  expect(pieces.flatMap(({ head }) => head ?? [])).toEqual(['a1 APPEND x {17+}', 'a3 NOOP'])
})

test('a line without end is passed on, and only its beginning is remembered', () => {
  const scanner = new LineScanner()
  const pieces = [...scanner.push(Buffer.alloc(300_000, 'x')), ...scanner.push(Buffer.from('\r\n'))]
  expect(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(300_002)
  expect(pieces.at(-1)?.end).toEqual({ text: 'x'.repeat(65_536), size: 300_002 })
})
