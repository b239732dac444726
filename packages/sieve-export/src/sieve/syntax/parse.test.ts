import { describe, expect, it } from 'vitest'
import { SieveSyntaxError } from './errors.ts'
import { parse } from './parse.ts'
import { print } from './print.ts'
import { quote } from './quote.ts'
import type { StringArgument } from './tree.ts'

function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
}

function failure(
  script: string | Uint8Array,
): Pick<SieveSyntaxError, 'code' | 'line' | 'column' | 'expected'> {
  try {
    parse(script)
  } catch (error) {
    if (error instanceof SieveSyntaxError) {
      const { code, line, column, expected } = error
      return { code, line, column, expected }
    }
    throw error
  }
  throw new Error('it was read')
}

function onlyString(script: Uint8Array | string): StringArgument {
  const [argument] = parse(script).commands[0]?.arguments ?? []
  if (argument?.kind !== 'string') throw new Error('no string')
  return argument
}

const nested: ((depth: number) => string)[] = [
  (depth) => 'if true {'.repeat(depth) + '}'.repeat(depth),
  (depth) => `if ${'not '.repeat(depth - 1)}true {}`,
  (depth) => `if ${'anyof('.repeat(depth - 1)}true${')'.repeat(depth - 1)} {}`,
]

/** The script itself where it can be read, else the code of the error. */
function outcome(script: Uint8Array): Uint8Array | string {
  try {
    return print(parse(script))
  } catch (error) {
    if (error instanceof SieveSyntaxError) return error.code
    throw error
  }
}

describe('the tree', () => {
  it('knows the place of everything', () => {
    const source = 'IF /* why */ not Header :Is ["a", "b"] "c" { Stop; }\n'
    const [command] = parse(source).commands
    const [not] = command?.tests ?? []
    const [header] = not?.tests ?? []
    expect(command).toMatchObject({ name: 'if', start: 0, end: source.length - 1, testList: false })
    expect(header?.arguments.map(({ kind, start, end }) => [kind, source.slice(start, end)])).toEqual([
      ['tag', ':Is'],
      ['strings', '["a", "b"]'],
      ['string', '"c"'],
    ])
    expect(command?.block?.commands[0]).toMatchObject({ name: 'stop', start: source.indexOf('Stop') })
    expect(parse(source).comments).toMatchObject([{ form: 'bracket', text: ' why ', start: 3, end: 12 }])
  })

  it('counts units of numbers', () => {
    const [size] = parse('if size :over 20K {}').commands[0]?.tests ?? []
    expect(size?.arguments[1]).toMatchObject({ kind: 'number', value: 20 * 1024 })
    expect(failure('if size :over 18446744073709551616 {}')).toMatchObject({ line: 1, column: 15 })
    expect(failure('if size :over 99999999999999999999999999G {}')).toMatchObject({ line: 1, column: 15 })
  })

  it('keeps offsets in bytes and columns in characters', () => {
    expect(failure('# Grüße\nredirect "ä" ]')).toMatchObject({ line: 2, column: 14, expected: [';', '{'] })
  })
})

describe('strings', () => {
  it.each([
    [String.raw`a "b\"\\\x";`, String.raw`b"\x`],
    ['a "1\n2\r\n3";', '1\r\n2\r\n3'],
    ['a "\\\n";', '\r\n'],
    ['a text:\nx\n..y\n.z\n\n.\n;', 'x\r\n.y\r\n.z\r\n\r\n'],
    ['a text: # hm\r\nx\r\n.\r\n;', 'x\r\n'],
    ['a TEXT:\n.\n;', ''],
    ['a "";', ''],
  ])('%j means %j', (script, value) => {
    expect(onlyString(script).value).toBe(value)
  })

  it('may hold bytes that are not UTF-8, and says where', () => {
    expect(onlyString(bytes('a "Gel\xf6scht";'))).toMatchObject({ value: 'Gel\uFFFDscht', invalidAt: 6 })
    expect(onlyString(bytes('a text:\nxx\xf6\n.\n;'))).toMatchObject({ value: 'xx\uFFFD\r\n', invalidAt: 10 })
    expect(onlyString('a "\uFFFD";')).not.toHaveProperty('invalidAt')
    // overlong, surrogate, beyond Unicode, cut off
    for (const wrong of ['\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe2\x82'])
      expect(onlyString(bytes(`a "${wrong}";`))).toMatchObject({ invalidAt: 3 })
  })

  it('are written so that they are read back', () => {
    for (const text of ['', 'a"b\\c', 'ü\u{1F600}', 'a\r\nb', String.raw`\"`])
      expect(onlyString(`a ${quote(text)};`).value).toBe(text)
    expect(onlyString(`a ${quote('a\nb\rc')};`).value).toBe('a\r\nb\r\nc')
    expect(() => quote('a\0')).toThrow(RangeError)
  })
})

describe('what is no Sieve', () => {
  it.each([
    ['keep', 'unterminated', 1, 5, [';', '{']],
    ['keep;;', 'syntax', 1, 6, ['command']],
    ['if true {\n  keep;\n', 'unterminated', 3, 1, ['}']],
    ['if true { keep; ) }', 'syntax', 1, 17, ['command', '}']],
    ['if anyof(true; false) {}', 'syntax', 1, 14, [',', ')']],
    ['if anyof(,) {}', 'syntax', 1, 10, ['test']],
    ['a [];', 'syntax', 1, 4, ['string']],
    ['a ["b",];', 'syntax', 1, 8, ['string']],
    ['a ["b" "c"];', 'syntax', 1, 8, [',', ']']],
    ['a "b', 'unterminated', 1, 3, ['"']],
    ['a "b\\', 'unterminated', 1, 3, ['"']],
    ['a "b\rc";', 'syntax', 1, 5, []],
    ['a text:\nb\n', 'unterminated', 1, 3, ['.']],
    ['a text:', 'unterminated', 1, 3, ['.']],
    ['a text: b\n.\n;', 'syntax', 1, 9, ['end of line']],
    ['a text:\nb\rc\n.\n;', 'syntax', 2, 2, []],
    ['keep; /* x', 'unterminated', 1, 7, ['*/']],
    ['keep; / x', 'syntax', 1, 7, []],
    [':0:\n* ^Subject: x\n', 'syntax', 1, 1, []],
    ['keep;\0', 'nul', 1, 6, []],
    ['# a\0b\nkeep;', 'nul', 1, 4, []],
    ['a "\0";', 'nul', 1, 4, []],
    ['a text:\n\0\n.\n;', 'nul', 2, 1, []],
    ['\xef\xbb\xbfkeep;', 'byteOrderMark', 1, 1, []],
    ['k\xf6ep;', 'encoding', 1, 2, []],
    [`${'a'.repeat(33)};`, 'syntax', 1, 1, []],
  ] as const)('%j: %s in line %d, column %d', (script, code, line, column, expected) => {
    expect(failure(bytes(script))).toEqual({ code, line, column, expected })
  })

  it('is told by a sentence', () => {
    expect(() => parse('require ["fileinto"];\nif true {\n  fileinto "x"\n}')).toThrow(
      'line 4, column 1: expected ";" or "{", found "}"',
    )
  })
})

describe('limits', () => {
  it('stop nesting as Pigeonhole does', () => {
    for (const script of nested) {
      expect(() => parse(script(31))).not.toThrow()
      expect(failure(script(32))).toMatchObject({ code: 'tooDeep' })
      expect(failure(script(100_000))).toMatchObject({ code: 'tooDeep' })
    }
  })

  it('stop what is too much', () => {
    expect(failure(`a ${'"b" '.repeat(33)};`)).toMatchObject({ code: 'tooMany', line: 1, column: 131 })
    expect(failure('keep;'.repeat(400_001))).toMatchObject({ code: 'tooMany' })
    expect(failure('#\n'.repeat(400_001))).toMatchObject({ code: 'tooMany', line: 400_001 })
    expect(failure(new Uint8Array(4 * 1024 * 1024 + 1))).toMatchObject({ code: 'tooLarge' })
    expect(() => parse('keep;', { limits: { maxBytes: 4 } })).toThrow('5 bytes')
  })

  it.each([
    '[',
    '"',
    '(',
    '{',
    '#',
    '/*',
    'text:',
    '\\',
    'a',
    '9',
    ':a',
    'if true {',
    'anyof(',
    '"\\',
    '.\n',
  ])('hold for megabytes of %j', (text) => {
    const script = bytes(text.repeat(2_000_000 / text.length))
    expect([script, 'syntax', 'unterminated', 'tooDeep', 'tooMany']).toContainEqual(outcome(script))
  })
})
