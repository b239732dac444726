import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManageSieveError } from './errors.ts'
import { checkScriptName, encodeLiteral, encodeString } from './strings.ts'
import { type Line, TokenReader } from './tokens.ts'

function read(bytes: Buffer): readonly Line[] {
  const lines: Line[] = []
  const limits = { maxLineBytes: 1e6, maxLiteralBytes: 1e6, maxTokensPerLine: 10 }
  new TokenReader((line) => lines.push(line), limits).feed(Buffer.concat([bytes, Buffer.from('\r\n')]))
  return lines
}

describe('encodeString', () => {
  it('quotes what may be quoted and sends the rest as a literal', () => {
    expect(encodeString('we"i\\rd ü').toString()).toBe('"we\\"i\\\\rd ü"')
    expect(encodeString('').toString()).toBe('""')
    expect(encodeString('two\nlines').toString()).toBe('{9+}\r\ntwo\nlines')
    expect(encodeString('x'.repeat(1025)).toString()).toMatch(/^\{1025\+\}\r\nx+$/)
    // RFC 5804 §4: 1,024 octets between the quotes, and an escape is two of them.
    expect(encodeString('"'.repeat(513)).toString()).toMatch(/^\{513\+\}\r\n"+$/)
  })

  it('is read back as what it was, whatever it holds', () => {
    assert(
      property(uint8Array({ maxLength: 2000 }), (bytes) => {
        for (const encoded of [encodeString(bytes), encodeLiteral(bytes)])
          expect(read(encoded)).toEqual([[{ kind: 'string', value: Buffer.from(bytes) }]])
      }),
    )
  })
})

describe('checkScriptName', () => {
  it.each([
    '',
    'a\nb',
    'a\0',
    'tab\there',
    'del\u007f',
    'c1\u0085',
    'ls\u2028',
    'lone\ud800',
    'ü'.repeat(257),
  ])('refuses %j', (name) => {
    expect(() => checkScriptName(name)).toThrow(ManageSieveError)
  })

  it.each(['main', 'Abwesenheit ü', 'we"ird', '🏖', '../../etc/passwd', 'x'.repeat(512)])(
    'takes %j',
    (name) => {
      expect(() => checkScriptName(name)).not.toThrow()
    },
  )
})
