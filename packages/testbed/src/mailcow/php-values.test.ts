import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson, phpJson } from './php-json.ts'
import {
  idnToAscii,
  intval,
  isDomainName,
  isEmail,
  isEmpty,
  splitList,
  type JsonValue,
} from './php-values.ts'

test.each([
  ['1.9', 1],
  ['abc', 0],
  ['', 0],
  ['-5', -5],
  [' 7', 7],
  ['1e3', 1000],
  ['12abc', 12],
  ['true', 0],
  [true, 1],
  [false, 0],
  [null, 0],
  [2.9, 2],
  [[], 0],
  [['x'], 1],
] as const)('intval(%j) is %d', (value, expected) => {
  expect(intval(typeof value === 'object' && value !== null ? [...value] : value)).toBe(expected)
})

test('what is empty in PHP', () => {
  for (const value of ['', '0', 0, false, null, undefined, [], {}]) expect(isEmpty(value)).toBe(true)
  for (const value of ['00', ' ', 'a', 1, true, [0], { a: null }]) expect(isEmpty(value)).toBe(false)
})

test.each([
  ['anna@acme.test', true],
  ["o'brien@acme.test", true],
  ['a.b-c_d&e=f@acme.test', true],
  ['a/b@acme.test', true],
  ['a..b@acme.test', false],
  ['.a@acme.test', false],
  ['in valid@acme.test', false],
  ['jürgen@acme.test', false],
  ['a@localhost', false],
  ['a@b@acme.test', false],
  ['@acme.test', false],
  [`${'l'.repeat(64)}@acme.test`, true],
  [`${'l'.repeat(65)}@acme.test`, false],
])('%s is an address: %s', (address, expected) => {
  expect(isEmail(address)).toBe(expected)
})

test.each([
  ['acme.test', true],
  ['Müller.test', true],
  ['localhost', true],
  ['123.test', true],
  ['no_valid..x', false],
  ['bad_domain', false],
  ['', false],
  ['-a.test', false],
  [`${'a'.repeat(64)}.test`, false],
])('%s is a domain: %s', (domain, expected) => {
  expect(isDomainName(domain)).toBe(expected)
})

test('names become ASCII and lower case, and numbers stay names', () => {
  expect(idnToAscii('MÜLLER.test')).toBe('xn--mller-kva.test')
  expect(idnToAscii('UPPER.test')).toBe('upper.test')
  expect(idnToAscii('123')).toBe('123')
  expect(idnToAscii('a..b')).toBe('')
})

test('lists are split at blanks, commas, semicolons and newlines', () => {
  expect(splitList('a, b;c\nd')).toEqual(['a', '', 'b', 'c', 'd'])
})

test('json_encode: slashes and umlauts escaped, an empty object is an empty list', () => {
  expect(phpJson({ a: 'x/ü', b: {} })).toBe(String.raw`{"a":"x\/\u00fc","b":[]}`)
  expect(phpJson({ a: 'ü' }, { pretty: true, unescapedUnicode: true })).toBe('{\n    "a": "ü"\n}')
})

test('what is encoded reads back the same, but for empty objects', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const given: JsonValue = JSON.parse(JSON.stringify(value).replaceAll('{}', '[]'))
      expect(parseJson(phpJson(given))).toEqual(given)
      expect(parseJson(phpJson(given, { pretty: true, unescapedUnicode: true }))).toEqual(given)
    }),
  )
})
