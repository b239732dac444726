import { describe, expect, test } from 'vitest'
import { renderTable } from './table.ts'

const columns = [
  { title: 'mailbox' },
  { title: 'messages', align: 'right' },
  { title: 'note', wraps: true },
] as const

const rows = [
  ['anna@example.at', '12,345', 'Übergröße: Entwürfe'],
  ['jörg@example.at', '7', '日本語 mail 📬 in here'],
  ['Mu\u0308ller@example.at', '0', 'decomposed'],
]

describe('renderTable', () => {
  test('aligns umlauts, decomposed ones too, and wide characters', () => {
    expect(renderTable(columns, rows, { width: 80 })).toMatchInlineSnapshot(`
      "mailbox            messages  note
      anna@example.at      12,345  Übergröße: Entwürfe
      jörg@example.at           7  日本語 mail 📬 in here
      Müller@example.at         0  decomposed"
    `)
  })
  test('wraps the columns that may wrap', () => {
    expect(
      renderTable(columns, [['anna@example.at', '1', 'the quota of this mailbox is smaller than its mail']], {
        width: 55,
      }),
    ).toMatchInlineSnapshot(`
      "mailbox          messages  note
      anna@example.at         1  the quota of this mailbox is
                                 smaller than its mail"
    `)
  })
  test('falls back to one record a row', () => {
    expect(renderTable(columns, rows, { width: 30 })).toMatchInlineSnapshot(`
      "mailbox   anna@example.at
      messages  12,345
      note      Übergröße: Entwürfe

      mailbox   jörg@example.at
      messages  7
      note      日本語 mail 📬 in
                here

      mailbox   Müller@example.at
      messages  0
      note      decomposed"
    `)
  })
  test('breaks a word that is too long instead of losing its end', () => {
    const path = '/var/lib/mailmove/set-aside/0123456789abcdef0123456789abcdef.eml'
    const text = renderTable(columns, [['a@b.at', '1', path]], { width: 45 })
    expect(
      text
        .split('\n')
        .slice(1)
        .map((line) => line.slice(19))
        .join(''),
    ).toBe(path)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(45)
  })
  test('shows control characters instead of sending them', () => {
    const text = renderTable(columns, [['a\u001b[2J\u009b@b.at', '\t1', 'x\ny\u202ez']], { width: 80 })
    expect(text).toContain(String.raw`a\x1b[2J\x9b@b.at`)
    expect(text).toContain(String.raw`x\ny\u{202e}z`)
  })
})
