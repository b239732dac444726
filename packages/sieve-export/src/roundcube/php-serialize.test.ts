import { expect, test } from 'vitest'
import { readPhp } from './php-serialize.ts'

const read = (text: string) => readPhp(Buffer.from(text))

test('values as PHP writes them, lengths in bytes', () => {
  expect(read('a:3:{s:1:"a";s:6:"Grüß";i:0;b:1;s:1:"d";d:1.5;}')).toEqual(
    new Map<string, unknown>([
      ['a', 'Grüß'],
      ['0', true],
      ['d', 1.5],
    ]),
  )
  expect(read('N;')).toBeNull()
  expect(read('s:4:"a";"";')).toBe('a";"')
})

test.each([
  '',
  's:99:"kurz";',
  's:-1:"";',
  'a:2:{i:0;i:1;}',
  'a:1:{a:0:{}i:1;}',
  'O:8:"stdClass":0:{}',
  'i:x;',
  'a:99999999999:{',
  'a:1:{i:0;'.repeat(10_000),
])('what is no serialised value, or an object: %.30s', (text) => {
  expect(read(text)).toBeUndefined()
})
