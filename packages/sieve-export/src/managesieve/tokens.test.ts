import { array, assert, constantFrom, nat, oneof, property, string, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManageSieveError } from './errors.ts'
import { parseStatus } from './response.ts'
import { type Line, TokenReader } from './tokens.ts'

const limits = { maxLineBytes: 2000, maxLiteralBytes: 500, maxTokensPerLine: 20 }

/** The lines that were read, and the code of the error that ended it. */
function read(chunks: readonly Buffer[]): { readonly lines: readonly Line[]; readonly failure?: string } {
  const lines: Line[] = []
  const reader = new TokenReader((line) => lines.push(line), limits)
  try {
    for (const chunk of chunks) reader.feed(chunk)
  } catch (error) {
    if (!(error instanceof ManageSieveError)) throw error
    return { lines, failure: error.code }
  }
  return { lines }
}

const readText = (text: string): ReturnType<typeof read> => read([Buffer.from(text)])

function cut(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length))
}

/** Bytes that look like a server's, so that random ones reach every corner of the reader. */
const speech = array(
  oneof(
    constantFrom(
      'OK',
      'NO',
      'BYE',
      '"',
      '\\',
      '(',
      ')',
      '{3}',
      '{2+}',
      '\r\n',
      '\n',
      ' ',
      'ACTIVE',
      'QUOTA/MAXSIZE',
    ),
    string({ maxLength: 5 }),
  ),
  { maxLength: 40 },
).map((parts) => Buffer.from(parts.join('')))

describe('TokenReader', () => {
  it('reads strings, literals, words and lists', () => {
    const text =
      '"we\\"i\\\\rd" ACTIVE\r\n{5}\r\na\r\nb\n\r\nNO (QUOTA/MAXSIZE) {4+}\r\nbig!\r\nOK (TAG "x" (1 2))\n'
    expect(readText(text).lines).toEqual([
      [
        { kind: 'string', value: Buffer.from('we"i\\rd') },
        { kind: 'atom', value: 'ACTIVE' },
      ],
      [{ kind: 'string', value: Buffer.from('a\r\nb\n') }],
      [
        { kind: 'atom', value: 'NO' },
        { kind: 'list', items: [{ kind: 'atom', value: 'QUOTA/MAXSIZE' }] },
        { kind: 'string', value: Buffer.from('big!') },
      ],
      [
        { kind: 'atom', value: 'OK' },
        {
          kind: 'list',
          items: [
            { kind: 'atom', value: 'TAG' },
            { kind: 'string', value: Buffer.from('x') },
            {
              kind: 'list',
              items: [
                { kind: 'atom', value: '1' },
                { kind: 'atom', value: '2' },
              ],
            },
          ],
        },
      ],
    ])
  })

  it('does not care where the bytes are cut', () => {
    assert(
      property(speech, array(nat(), { maxLength: 8 }), (bytes, places) => {
        expect(read(cut(bytes, places))).toEqual(read([bytes]))
      }),
    )
  })

  it('ends every hostile text in lines or in a typed error', () => {
    assert(
      property(
        oneof(
          speech,
          uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          const { lines } = read([bytes])
          for (const line of lines) expect(statusOrRefusal(line)).toMatch(/^(?:data|OK|NO|BYE|protocol)$/)
        },
      ),
    )
  })

  it.each([
    ['a quoted string over a line end', '"abc\r\n', 'protocol'],
    ['an escape of a letter', '"a\\n"', 'protocol'],
    ['NUL in a quoted string', '"a\0"', 'protocol'],
    ['a bare carriage return', 'OK\rNO\r\n', 'protocol'],
    ['two strings glued together', '"a""b"\r\n', 'protocol'],
    ['a literal without digits', '{}\r\n', 'protocol'],
    ['a literal with a sign', '{-1}\r\n', 'protocol'],
    ['something after a literal', '{1} x\r\n', 'protocol'],
    ['a list without an end', 'OK (A\r\n', 'protocol'],
    ['a list without a beginning', 'OK A)\r\n', 'protocol'],
    ['deep lists', `OK ${'('.repeat(9)}`, 'protocol'],
    ['control characters', 'OK \u0007\r\n', 'protocol'],
    ['a literal that is too large', '{501}\r\n', 'limit'],
    ['literals that are too large together', '{300}\r\n' + 'x'.repeat(300) + ' {300}\r\n', 'limit'],
    ['a number that is too large for a number', `{${'9'.repeat(15)}}\r\n`, 'protocol'],
    ['a line without an end', 'x'.repeat(3000), 'limit'],
    ['many words', 'x '.repeat(21), 'limit'],
  ])('refuses %s', (_name, text, failure) => {
    expect(readText(text).failure).toBe(failure)
  })

  it('knows whether anything came after the last line', () => {
    const reader = new TokenReader(() => {}, limits)
    reader.feed(Buffer.from('OK\r\n'))
    expect(reader.isBetweenLines).toBe(true)
    for (const more of [' ', '\r', 'O', '"', '{']) {
      const next = new TokenReader(() => {}, limits)
      next.feed(Buffer.from(`OK\r\n${more}`))
      expect([more, next.isBetweenLines]).toEqual([more, false])
    }
  })
})

function status(text: string): ReturnType<typeof parseStatus> {
  return parseStatus(readText(`${text}\r\n`).lines[0] ?? [])
}

function statusOrRefusal(line: Line): string {
  try {
    return parseStatus(line)?.status ?? 'data'
  } catch (error) {
    if (!(error instanceof ManageSieveError)) throw error
    return error.code
  }
}

describe('parseStatus', () => {
  it('reads status, code and text', () => {
    expect(status('OK')).toEqual({ status: 'OK', text: '' })
    expect(status('no (quota/maxscripts) "Too many"')).toEqual({
      status: 'NO',
      code: { name: 'QUOTA/MAXSCRIPTS', arguments: [] },
      text: 'Too many',
    })
    expect(status('BYE (REFERRAL "sieve://sieve2.example.com") "Try there"')).toEqual({
      status: 'BYE',
      code: { name: 'REFERRAL', arguments: ['sieve://sieve2.example.com'] },
      text: 'Try there',
    })
    expect(status('"data"')).toBeUndefined()
  })

  it('makes a text printable and keeps its lines', () => {
    expect(status('NO {13}\r\nline\u001b[2J 1\r\n2')?.text).toBe('line [2J 1\n2')
  })

  it('refuses what is neither data nor a status', () => {
    expect(() => status('MAYBE')).toThrow(ManageSieveError)
    expect(() => status('')).toThrow(ManageSieveError)
  })
})
