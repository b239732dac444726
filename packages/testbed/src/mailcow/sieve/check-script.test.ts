import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkScript } from './check-script.ts'

interface Recorded {
  readonly 'require accepted by mailcow API parser': readonly string[]
  readonly refused: readonly string[]
}

const recorded: Recorded = JSON.parse(
  readFileSync(new URL('../../../data/mailcow-recordings/sieve-api-parser.json', import.meta.url), 'utf8'),
)

test.each(recorded['require accepted by mailcow API parser'])('require "%s" is accepted', (name) => {
  expect(checkScript(`require "${name}"; keep;`)).toBeUndefined()
})

test.each(recorded.refused)('require "%s" is refused', (name) => {
  expect(checkScript(`keep;\nrequire "${name}";`)).toBe('line 2: require may not appear after keep')
  expect(checkScript(`\nrequire "${name}"; keep;`)).toBe(
    `line 2: quoted string "${name}" where require string expected`,
  )
})

test.each([
  ['if foo { bar', 'line 1: identifier foo where test command expected'],
  ['frob;', 'line 1: unknown command frob'],
  ['if header :regex "a" "b" { keep; }', 'line 1: unexpected tag :regex'],
  ['keep', 'line 1: script end where semicolon expected near '],
  ['redirect;', 'line 1: semicolon where string expected near ;'],
  ['if true { keep;', 'line 1: script end where block end expected near '],
  ['fileinto "x";', 'line 1: unknown command fileinto'],
  ['require "fileinto"; fileinto :copy "x";', 'line 1: unexpected tag :copy'],
  ['if true { keep; } else { stop; } else { stop; }', 'line 1: else may not appear after else'],
  ['keep; §', 'line 1: unknown token where script end expected near §'],
])('%s', (script, message) => {
  expect(checkScript(script)).toBe(message)
})

test.each([
  '',
  '# nothing but a comment',
  'redirect "a@b.example"; keep;',
  'require ["copy"]; redirect :copy "a@b.example";',
  'require ["fileinto","mailbox"];\r\nif header :contains "subject" "news" { fileinto :create "News"; }\r\n',
  'require ["fileinto","imap4flags"]; fileinto :flags ["\\\\Seen", "x"] "A";',
  'require "vacation"; vacation :days 1 :addresses ["a@b.example"] :subject "weg" text:\nBin weg.\n..\n\n.\n;',
  'require ["date","relational"]; if currentdate :value "ge" "date" "2026-01-01" { discard; stop; }',
  'require ["envelope","subaddress"]; if envelope :detail :matches "to" "*" { keep; }',
  'require "regex"; if not anyof (header :regex "a" "b+", size :over 100K, exists ["x"]) { stop; }',
  'require "body"; if body :raw :contains ["x"] { discard; } elsif true { keep; }',
])('a script that users have is accepted: %s', (script) => {
  expect(checkScript(script)).toBeUndefined()
})

test('whatever comes, there is an answer', () => {
  const words = fc.constantFrom(
    'if',
    'true',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '"a"',
    ';',
    ',',
    ':is',
    'not',
    'anyof',
    '/*',
  )
  const noise = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 60 }).map((list) => list.join(' ')),
  )
  fc.assert(
    fc.property(noise, (script) => {
      expect(checkScript(script) ?? 'line 1: fine').toMatch(/^line \d+: /)
    }),
  )
})

test('a script that is nested without end is refused, not followed', () => {
  expect(checkScript('if not '.repeat(20_000))).toMatch(/^line 1: /)
  expect(checkScript('if true {'.repeat(20_000))).toMatch(/too deeply nested$/)
  expect(checkScript(`if ${'not '.repeat(20_000)}true { keep; }`)).toMatch(/too deeply nested$/)
})
