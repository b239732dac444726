import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MailcowError } from './errors.ts'
import { apiPath, encodeSegment } from './path.ts'

describe('encodeSegment', () => {
  test('survives two decodings, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        fc.pre(!name.includes('/'))
        expect(decodeURIComponent(decodeURIComponent(encodeSegment(name)))).toBe(name)
      }),
    )
  })

  test('never leaves its place in the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', minLength: 1 }), (name) => {
        fc.pre(!name.includes('/'))
        const url = new URL(`https://mail.example.at/api/v1${apiPath('get/mailbox', [name])}`)
        expect(url.pathname.split('/')).toHaveLength(6)
        expect(url.pathname.startsWith('/api/v1/get/mailbox/')).toBe(true)
        expect(url.search + url.hash).toBe('')
      }),
    )
  })

  test('is what mailcow was seen to understand', () => {
    expect(encodeSegment('plus+tag@acme.test')).toBe('plus%252Btag@acme.test')
    expect(encodeSegment('a.b-c_d&e=f@imap.test')).toBe('a.b-c_d%2526e%253Df@imap.test')
    expect(encodeSegment("o'brien@acme.test")).toBe("o'brien@acme.test")
    expect(encodeSegment('..')).toBe('%252E%252E')
  })

  test.each([
    ['a/b@acme.test', 'not_addressable'],
    ['', 'usage'],
    ['\ud800@acme.test', 'usage'],
  ])('refuses %j', (name, code) => {
    expect(() => encodeSegment(name)).toThrow(expect.objectContaining({ name: 'MailcowError', code }))
    expect(() => encodeSegment(name)).toThrow(MailcowError)
  })
})
