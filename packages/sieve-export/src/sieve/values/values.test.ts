import { describe, expect, it } from 'vitest'
import { addressProblem, bareAddress } from './address.ts'
import { decodeCharacters } from './encoded-character.ts'
import { decodeWords } from './encoded-words.ts'
import { mailtoProblem } from './mailto.ts'
import { decodeMutf7 } from './mutf7.ts'
import { regexProblem } from './regex.ts'
import { hasSubstitution, substitutions, variableName } from './substitutions.ts'

// What is right and wrong here is what Pigeonhole 0.5.19 said.

describe('addresses', () => {
  it.each(
    'x@y.z|x@y|.x@y|x..y@z|x.@y|"a b"@c.d|"a\\"b"@c|x@ü.de|x@[1.2.3.4]|(c) x (d) @ (e) y|A B <x@y.z>|"A, B" <x@y>|A. B. <x@y>|<x@y>|x @ y . z'.split(
      '|',
    ),
  )('takes %s', (address) => {
    expect(addressProblem(address)).toBeUndefined()
  })

  it.each(
    '|x|@y|x@|anna@@privat|x@y.|x@y z|x@y,z@w|<x@y|A <x@y> B|<>|x@[1.2|ö@y|x@(y|"x@y|a b@c|A <>|x@[[]'.split(
      '|',
    ),
  )('refuses %j', (address) => {
    expect(addressProblem(address)).toBeDefined()
  })

  it('drop their display name', () => {
    expect(bareAddress('Anna M <anna@x.at> ')).toBe('anna@x.at')
    expect(bareAddress(' anna@x.at')).toBe('anna@x.at')
  })
})

describe('regular expressions', () => {
  it.each(
    String.raw`a a+? a** ^a$ () (|a) a||b a) []a] [^]a] [a-] [-a] [[:alpha:]] [[.a.]-z] [[=a=]] a{1,2} a{2} a{,3} a{1}{2} \( (a)\1 [a-ü] [\] x}`.split(
      ' ',
    ),
  )('takes %s', (pattern) => {
    expect(regexProblem(pattern)).toBeUndefined()
  })

  it.each([
    '(a',
    '*a',
    '^*',
    'a|*b',
    '(*a)',
    '$*',
    '[',
    '[]',
    '[a',
    '[b-a]',
    '[ü-a]',
    '[a-c-e]',
    '[a-[:alpha:]]',
    '[[:alpha:]-z]',
    '[[:foo:]]',
    '[[.ab.]]',
    '[[:alpha:',
    'a{2,1}',
    'a{',
    'a{x}',
    'a{32768}',
    '{1}',
    '\\',
    '\\1',
    '(a\\1)',
    '\\b*',
  ])('refuses %s', (pattern) => {
    expect(regexProblem(pattern)).toBeDefined()
  })
})

describe('mailto', () => {
  it.each([
    '',
    'a@b.c',
    'a@b.c?',
    'a@b.c?subject=x&body=%0D%0A',
    'a@b%2Cc@d',
    '?to=a@b,c@d',
    'a@b?a=b=c',
    'a@b?=x',
    'a@b?x=y&',
  ])('takes %j', (body) => {
    expect(mailtoProblem(body)).toBeUndefined()
  })

  it.each([
    'a',
    'a,b',
    'a@b;c',
    'a@b?&',
    'a@b?subject=%0D',
    'a@b?subject=ü',
    'a@b?x y=z',
    'a@b?x=%zz',
    'a@b?x=%00',
    'a@b?cc=x',
    'a/b@c',
    'a@b?x:y=z',
  ])('refuses %j', (body) => {
    expect(mailtoProblem(body)).toBeDefined()
  })
})

describe('names and texts', () => {
  it('decode modified UTF-7 where it is some', () => {
    expect(decodeMutf7('INBOX.Gel&APY-schte Objekte')).toBe('INBOX.Gelöschte Objekte')
    expect(decodeMutf7('A &- B')).toBe('A & B')
    expect(decodeMutf7('&2D3eAA-')).toBe('\u{1F600}')
    for (const name of ['A', 'A & B', '&APY', '&A-', 'Gelö&APY-', '&2D0-', '&ü-'])
      expect(decodeMutf7(name)).toBeUndefined()
  })

  it('decode characters as RFC 5228 writes them', () => {
    expect(decodeCharacters('a${hex:c3 bc}b${unicode:1F600 40}').text).toBe('aüb\u{1F600}@')
    expect(decodeCharacters('${hex: 24 7B }').text).toBe('${')
    for (const same of ['${hex:4041}', '${hex:}', '${hex:4g}', '${unicode:}', '${name}', '$${hex}'])
      expect(decodeCharacters(same)).toEqual({ text: same })
    expect(decodeCharacters('${unicode:D800}')).toHaveProperty('invalid')
    expect(decodeCharacters('${unicode:110000}')).toHaveProperty('invalid')
  })

  it('find variables', () => {
    expect(substitutions('a${B}c${1}${env.x}')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'variable', name: 'b', written: '${B}' },
      { kind: 'text', text: 'c' },
      { kind: 'variable', name: '1', written: '${1}' },
      { kind: 'variable', name: 'env.x', written: '${env.x}' },
    ])
    for (const text of ['', '${}', '${a', '${1.a}', '${a-b}', '${a.}', '$ {a}', `\${${'a'.repeat(65)}}`])
      expect(hasSubstitution(text)).toBe(false)
    expect(hasSubstitution('$${a}')).toBe(true)
    expect(variableName('1')).toEqual({ name: '1', numeric: true })
    expect(variableName('Env.User')).toEqual({ namespace: 'env', name: 'user', numeric: false })
    expect(variableName('${a}')).toBeUndefined()
  })

  it('decode words of headers', () => {
    expect(decodeWords('=?utf-8?b?w7xiZXI=?= =?iso-8859-1?q?Gr=FC=DFe_x?= y')).toBe('überGrüße x y')
    expect(decodeWords('=?nonsense?q?a?=')).toBe('=?nonsense?q?a?=')
    expect(decodeWords('a=?b')).toBe('a=?b')
  })
})
