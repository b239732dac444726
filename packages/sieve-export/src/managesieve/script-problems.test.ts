import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseScriptProblems } from './script-problems.ts'

describe('parseScriptProblems', () => {
  it('reads what Pigeonhole says of a script that it was to store', () => {
    const text =
      "broken: line 4: error: expected end of command ';' or the beginning of a compound block '{', but found '}'.\r\nbroken: error: parse failed.\r\n"
    expect(parseScriptProblems(text, 'error', 'broken')).toEqual([
      {
        severity: 'error',
        line: 4,
        message: "expected end of command ';' or the beginning of a compound block '{', but found '}'.",
      },
      { severity: 'error', message: 'parse failed.' },
    ])
  })

  it('is not led astray by a name that looks like a message', () => {
    const name = 'a: line 3: error: x'
    expect(parseScriptProblems(`${name}: line 2: error: y\n`, 'error', name)).toEqual([
      { severity: 'error', line: 2, message: 'y' },
    ])
  })

  it('names the other script when an included one is meant', () => {
    expect(parseScriptProblems("Urlaub: line 7: warning: z'", 'error', 'main')).toEqual([
      { severity: 'warning', script: 'Urlaub', line: 7, message: "z'" },
    ])
  })

  it.each([
    ['line 12: syntax error, unexpected STRING', { line: 12, message: 'syntax error, unexpected STRING' }],
    ['line 3, column 14: unexpected token', { line: 3, column: 14, message: 'unexpected token' }],
    ['Missing semicolon at line 5, column 9.', { line: 5, column: 9 }],
    ['script errors:', { message: 'script errors:' }],
    ['the line is long', { message: 'the line is long' }],
  ])('reads what other servers say: %s', (text, expected) => {
    expect(parseScriptProblems(text, 'error')[0]).toMatchObject(expected)
  })

  it('keeps every word, whatever the text', () => {
    assert(
      property(string({ unit: 'grapheme' }), string(), (text, name) => {
        const problems = parseScriptProblems(text, 'error', name)
        expect(problems.length).toBeLessThanOrEqual(100)
        for (const { message } of problems) expect(text).toContain(message)
      }),
    )
  })
})
