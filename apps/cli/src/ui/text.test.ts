import { assert, integer, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { displayWidth, fit, terminalSafe, truncate, truncateStart, visible, visibleLines } from './text.ts'

const harmless = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u

describe('visible', () => {
  test('names what it hides', () => {
    expect(visible('a\u001b[2Jb\u0007\r\n\u009b\u202e\u200b')).toBe(
      String.raw`a\x1b[2Jb\x07\r\n\x9b\u{202e}\u{200b}`,
    )
  })
  test('leaves letters of all languages alone', () => {
    for (const text of ['Entwürfe', 'Mu\u0308ll', '日本語', 'Архив', '📬']) expect(visible(text)).toBe(text)
  })
  test('never lets a control character through', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(visible(text)).toMatch(harmless)
        for (const line of visibleLines(text).split('\n')) expect(line).toMatch(harmless)
      }),
    )
  })
})

describe('terminalSafe', () => {
  test('lets colours and line ends through, and nothing else', () => {
    expect(terminalSafe('\u001b[31mred\u001b[39m\n\u001b[2J\u001b]0;title\u0007')).toBe(
      '\u001b[31mred\u001b[39m\n' + String.raw`\x1b[2J\x1b]0;title\x07`,
    )
  })
})

describe('fit', () => {
  test('fills and cuts to columns, not to characters', () => {
    expect(fit('ü', 3)).toBe('ü  ')
    expect(fit('7', 3, 'right')).toBe('  7')
    expect(fit('日本語', 5)).toBe('日本…')
    expect(truncateStart('Archiv/2019/Rechnungen', 12)).toBe('…/Rechnungen')
  })
  test('is always exactly as wide as asked', () => {
    assert(
      property(string({ unit: 'grapheme' }), integer({ min: 1, max: 40 }), (text, width) => {
        expect(displayWidth(fit(visible(text), width))).toBe(width)
        expect(displayWidth(truncate(visible(text), width))).toBeLessThanOrEqual(width)
      }),
    )
  })
})
