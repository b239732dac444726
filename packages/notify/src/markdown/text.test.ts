import { array, assert, constantFrom, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { lexMarkdown } from './lex.ts'
import { markdownToText } from './text.ts'
import { Values } from './values.ts'
import { widthOf, wrap } from './wrap.ts'

function text(markdown: string, values = new Values()): string {
  return markdownToText(lexMarkdown(markdown), values)
}

test('headings are underlined, emphasis leaves no signs, entities are characters', () => {
  expect(text('# One\n\n## Two *and* **three**\n\n### Four\n\na&nbsp;b &amp; \\*c\\* `d`')).toBe(
    'One\n===\n\nTwo and three\n-------------\n\nFour\n\na\u00A0b & *c* d\n',
  )
})

test('paragraphs are filled, hard breaks stay', () => {
  const words = 'word '.repeat(40).trim()
  const lines = text(`${words}\n\nfirst  \nsecond\nthird`).split('\n')
  expect(lines[0]).toBe('word '.repeat(15).trim())
  expect(lines.slice(-3)).toEqual(['first', 'second third', ''])
})

test('lists hang, keep their numbers, and hold paragraphs, code and lists', () => {
  expect(text('9. nine\n10. ten\n\n    more\n\n    ```\n    code\n    ```\n11. a\n    - b\n    - c')).toBe(
    '9.  nine\n\n10. ten\n\n    more\n\n        code\n\n11. a\n\n    - b\n    - c\n',
  )
  expect(text('- one\n- two\n  still two')).toBe('- one\n- two still two\n')
})

test('links show where they lead, once', () => {
  expect(
    text('[page](https://a.example/x) [https://b.example](https://b.example) [a@b.at](mailto:a@b.at)'),
  ).toBe('page <https://a.example/x> https://b.example a@b.at\n')
  expect(text('**[Go](https://a.example)**')).toBe('Go:\n    https://a.example\n')
  expect(text('[x](javascript:alert)')).toBe('x\n')
})

test('a table is aligned by columns on a screen, wide characters counted', () => {
  expect(text('| a | b |\n|---|---:|\n| 漢字 | 1 |\n| xyz | 20 |')).toBe(
    'a      b\n----  --\n漢字   1\nxyz   20\n',
  )
})

test('a table that does not fit is one paragraph a row', () => {
  const long = 'word '.repeat(14).trim()
  expect(text(`| k | A | Long |\n|---|---|---|\n| x | 1 | ${long} |\n| y |  | 2 |`)).toBe(
    `x\n  A:    1\n  Long: ${'word '.repeat(13).trim()}\n        word\n\ny\n  Long: 2\n`,
  )
})

test('a value is one word to Markdown, and many to the lines', () => {
  const values = new Values()
  expect(text(`**${values.hold('a *b* | c\n# d')}**`, values)).toBe('a *b* | c # d\n')
})

test('filling loses no word and no line is too long', () => {
  assert(
    property(array(string({ maxLength: 30 })), constantFrom(10, 40, 74), (words, columns) => {
      const plain = words.map((word) => word.replaceAll(/\s/g, ''))
      const lines = wrap(plain.join(' '), columns)
      expect(lines.join(' ').split(' ').filter(Boolean)).toEqual(plain.filter(Boolean))
      const tooLong = lines.filter((line) => line.includes(' ') && widthOf(line) > columns)
      expect(tooLong).toEqual([])
    }),
  )
})
