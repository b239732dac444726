import { array, assert, nat, property, string, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edit } from './edit.ts'
import { parse } from './parse.ts'
import { stringsOf } from './walk.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('edit', () => {
  it('replaces in place, and leaves comments and blanks alone', () => {
    const script = parse('# rule:[Ärger]\r\nfileinto  "INBOX.A" ; # b\r\n')
    const [folder] = stringsOf(script.commands[0]?.arguments[0])
    expect(folder).toBeDefined()
    if (folder === undefined) return
    expect(text(edit(script, [{ start: folder.start, end: folder.end, text: '"Größe"' }]))).toBe(
      '# rule:[Ärger]\r\nfileinto  "Größe" ; # b\r\n',
    )
  })

  it('keeps the order of insertions at one place', () => {
    const splices = [
      { start: 3, end: 3, text: '1' },
      { start: 0, end: 1, text: '' },
      { start: 3, end: 3, text: '2' },
      { start: 3, end: 4, text: 'x' },
    ]
    expect(text(edit(new TextEncoder().encode('abcd'), splices))).toBe('bc12x')
  })

  it.each([
    [
      { start: 0, end: 2, text: '' },
      { start: 1, end: 3, text: '' },
    ],
    [{ start: 3, end: 9, text: '' }],
    [{ start: 2, end: 1, text: '' }],
    [{ start: -1, end: 1, text: '' }],
  ])('refuses what overlaps or leaves the script', (...splices) => {
    expect(() => edit(new TextEncoder().encode('abcd'), splices)).toThrow(RangeError)
  })

  it('does what cutting by hand does', () => {
    const splice = tuple(nat(20), nat(5), string({ unit: 'binary-ascii', maxLength: 4 }))
    assert(
      property(
        string({ unit: 'binary-ascii', minLength: 30, maxLength: 40 }),
        array(splice, { maxLength: 3 }),
        (source, parts) => {
          let at = 0
          const splices = parts.map(([gap, length, replacement]) => {
            const start = Math.min(at + gap, source.length)
            const end = Math.min(start + length, source.length)
            at = end
            return { start, end, text: replacement }
          })
          const expected = splices.reduceRight(
            (result, { start, end, text: by }) => result.slice(0, start) + by + result.slice(end),
            source,
          )
          expect(text(edit(new TextEncoder().encode(source), splices))).toBe(expected)
        },
      ),
    )
  })
})
