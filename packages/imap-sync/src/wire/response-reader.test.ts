import { array, assert, integer, oneof, property, string, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isImapSyncError } from '../errors.ts'
import { ResponseReader, type RawResponse, type ReaderLimits } from './response-reader.ts'
import { parseTokens } from './tokens.ts'

interface Read {
  readonly responses: RawResponse[]
  readonly streamed: string[]
}

/** Reads bytes in pieces that end at `cuts`; literals above `streamFrom` are streamed. */
function read(
  bytes: Buffer,
  cuts: readonly number[] = [],
  streamFrom = Infinity,
  limits?: ReaderLimits,
): Read {
  const result: Read = { responses: [], streamed: [] }
  const reader = new ResponseReader(
    {
      response: (response) =>
        result.responses.push({ texts: [...response.texts], literals: [...response.literals] }),
      literal(_, size) {
        if (size < streamFrom) return undefined
        let content = ''
        return {
          data: (chunk) => {
            content += chunk.toString('latin1')
          },
          end: () => result.streamed.push(content),
        }
      },
    },
    limits,
  )
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  for (const [index, edge] of edges.slice(1).entries()) reader.feed(bytes.subarray(edges[index], edge))
  return result
}

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('the reader', () => {
  test('cuts lines and literals', () => {
    const { responses } = read(
      bytes('* OK hi\r\n* 1 FETCH (BODY[] {5}\r\na\r\nb) UID {0}\r\n)\r\nm1 OK {3}\r\n'),
    )
    expect(responses).toEqual([
      { texts: ['* OK hi'], literals: [] },
      { texts: ['* 1 FETCH (BODY[] {5}', ' UID {0}', ')'], literals: [bytes('a\r\nb)'), bytes('')] },
      { texts: ['m1 OK {3}'], literals: [] },
    ])
  })

  test('reads the same whatever the pieces it gets', () => {
    const part = oneof(
      string({ maxLength: 20 }).map((text) =>
        bytes(`* X ${text.replaceAll(/[\r\n]/g, ' ').replaceAll(/\}$/g, ')')}\r\n`),
      ),
      uint8Array({ maxLength: 40 }).map((body) =>
        Buffer.concat([bytes(`* LIST () "/" {${body.length}}\r\n`), Buffer.from(body), bytes(' tail\r\n')]),
      ),
    )
    assert(
      property(
        array(part, { maxLength: 10 }),
        array(integer({ min: 0, max: 1000 }), { maxLength: 30 }),
        integer({ min: 0, max: 30 }),
        (parts, cuts, from) => {
          const all = Buffer.concat(parts)
          expect(read(all, cuts, from)).toEqual(read(all, [], from))
          expect(read(all, cuts, from).responses.length).toBe(parts.length)
        },
      ),
    )
  })

  test('a server that never ends a line, a literal or a response is left', () => {
    const limits = { maxTextBytes: 1000, maxLiteralBytes: 1000, maxLiterals: 10 }
    const hostile = [
      'x'.repeat(1001),
      `* LIST () "/" {2000}\r\n`,
      `${'* LIST {1}\r\nx {1}\r\n'.repeat(1)}${'y {1}\r\n'.repeat(20)}`,
      '* LIST {99999999999}\r\n',
      `* LIST {600}\r\n${'a'.repeat(600)} {600}\r\n`,
    ]
    for (const text of hostile)
      expect(() => read(bytes(text), [], Infinity, limits)).toThrow(
        expect.objectContaining({ code: 'limit' }),
      )
  })
})

function tokens(text: string): ReturnType<typeof parseTokens> {
  return parseTokens({ texts: [text], literals: [] })
}

/** What parsing comes to: tokens, our error, or something that must not happen. */
function outcome(text: string): 'tokens' | 'protocol' | 'other' {
  try {
    return Array.isArray(tokens(text)) ? 'tokens' : 'other'
  } catch (error) {
    return isImapSyncError(error) ? 'protocol' : 'other'
  }
}

describe('tokens', () => {
  test('atoms, strings, lists, NIL, sections with blanks, keywords with brackets', () => {
    expect(tokens('a NIL "q\\"\\\\" (b ("c" nil)) BODY[HEADER.FIELDS (X Y)]<0> a[b')).toEqual([
      { kind: 'atom', text: 'a' },
      { kind: 'nil', text: 'NIL' },
      { kind: 'string', text: 'q"\\' },
      {
        kind: 'list',
        items: [
          { kind: 'atom', text: 'b' },
          {
            kind: 'list',
            items: [
              { kind: 'string', text: 'c' },
              { kind: 'nil', text: 'nil' },
            ],
          },
        ],
      },
      { kind: 'atom', text: 'BODY[HEADER.FIELDS (X Y)]<0>' },
      { kind: 'atom', text: 'a[b' },
    ])
  })

  test('whatever comes, it is tokens or a protocol error, never anything else', () => {
    const alphabet = string({ unit: 'binary-ascii', maxLength: 60 })
    assert(
      property(
        oneof(
          alphabet,
          array(
            oneof(
              string({ unit: 'grapheme-ascii', maxLength: 3 }),
              integer({ min: 0, max: 7 }).map((index) => '()"{}[]\\'[index] ?? ''),
            ),
          ).map((parts) => parts.join(' ')),
        ),
        (text) => {
          expect(outcome(text)).not.toBe('other')
        },
      ),
      { numRuns: 500 },
    )
  })

  test('nesting has an end', () => {
    expect(() => tokens('('.repeat(100_000))).toThrow(expect.objectContaining({ code: 'limit' }))
  })
})
