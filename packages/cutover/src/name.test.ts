import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { CutoverError } from './errors.ts'
import { isWithin, normalizeName } from './name.ts'
import { formatServer, parseServer } from './server.ts'

it.each([
  ['Example.AT.', 'example.at'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['_imaps._tcp.example.at', '_imaps._tcp.example.at'],
  ['*.example.at', '*.example.at'],
])('%s is %s', (given, expected) => {
  expect(normalizeName(given)).toBe(expected)
})

it.each([
  '',
  '.',
  'a..b',
  'a b',
  'a"b',
  `${'x'.repeat(64)}.at`,
  `${'abc.'.repeat(64)}at`,
  'a\u0000b',
  'a*.at',
])('refuses "%s"', (name) => {
  expect(() => normalizeName(name)).toThrow(CutoverError)
})

/** Anything else that is thrown fails the test. */
function nameOrError(text: string): string | CutoverError {
  try {
    return normalizeName(text)
  } catch (error) {
    if (error instanceof CutoverError) return error
    throw error
  }
}

it('is stable, and never lets a name out that has another meaning on the wire', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const name = nameOrError(text)
      if (name instanceof CutoverError) return
      expect(normalizeName(name)).toBe(name)
      expect(name).toMatch(/^[a-z\d_*.-]+$/)
    }),
  )
})

it('tells what lies within a zone', () => {
  expect(isWithin('a.example.at', 'example.at')).toBe(true)
  expect(isWithin('aexample.at', 'example.at')).toBe(false)
})

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:5353', '192.0.2.1:5353'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]:5353', '[2001:db8::1]:5353'],
  ['ns1.example.at', 'ns1.example.at'],
])('reads the server %s', (text, shown) => {
  expect(formatServer(parseServer(text))).toBe(shown)
})

it.each(['', ':53', '192.0.2.1:0', '192.0.2.1:99999', 'a:b:c'])('refuses the server "%s"', (text) => {
  expect(() => parseServer(text)).toThrow(CutoverError)
})
