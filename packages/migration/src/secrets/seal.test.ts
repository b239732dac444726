import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secretKey } from './key.ts'
import { open, seal } from './seal.ts'

const key = secretKey(randomBytes(32))
const context = { domain: 'example.at', mailbox: 'anna@example.at', purpose: 'initial-password' }

const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
const contexts = fc.record({ domain: fc.string(), mailbox: fc.string(), purpose: fc.string() })

test('opens to what was sealed', () => {
  fc.assert(
    fc.property(texts, contexts, (text, anyContext) => {
      expect(open(key, anyContext, seal(key, anyContext, text))).toBe(text)
    }),
  )
})

test('never the same twice', () => {
  expect(seal(key, context, 'geheim')).not.toEqual(seal(key, context, 'geheim'))
})

test('does not open as anything else than what it was sealed as', () => {
  fc.assert(
    fc.property(contexts, contexts, (sealedAs, openedAs) => {
      fc.pre(JSON.stringify(sealedAs) !== JSON.stringify(openedAs))
      const sealed = seal(key, sealedAs, 'geheim')
      expect(() => open(key, openedAs, sealed)).toThrow(expect.objectContaining({ code: 'secret_damaged' }))
    }),
  )
})

test('parts of the context can not be moved over their borders', () => {
  const sealed = seal(key, { domain: 'ab', mailbox: 'c', purpose: 'd' }, 'geheim')
  expect(() => open(key, { domain: 'a', mailbox: 'bc', purpose: 'd' }, sealed)).toThrow(
    /belongs to something else/,
  )
})

test('notices every changed or missing byte', () => {
  const sealed = seal(key, context, 'geheim')
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Uint8Array.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => open(key, context, changed)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(secret_damaged|wrong_key)$/) }),
    )
    expect(() => open(key, context, sealed.subarray(0, at))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(secret_damaged|wrong_key)$/) }),
    )
  }
})

describe('another key', () => {
  const other = secretKey(randomBytes(32))

  test('is told apart from damage, and the way out is named', () => {
    expect(() => open(other, context, seal(key, context, 'geheim'))).toThrow(
      expect.objectContaining({
        code: 'wrong_key',
        hint: expect.stringContaining('mailmove password reset anna@example.at'),
      }),
    )
  })

  test('has another name', () => {
    expect(other.id).not.toBe(key.id)
    expect(key.id).toMatch(/^[0-9a-f]{16}$/)
  })
})

test('refuses what is empty or endless', () => {
  expect(() => seal(key, context, '')).toThrow(expect.objectContaining({ code: 'secret_unsuitable' }))
  expect(() => seal(key, context, 'x'.repeat(4097))).toThrow(
    expect.objectContaining({ code: 'secret_unsuitable' }),
  )
  expect(open(key, context, seal(key, context, 'x'.repeat(4096)))).toHaveLength(4096)
})

test('a key shows itself in no print, and wipes what it was made of', () => {
  const bytes = randomBytes(32)
  const hex = bytes.toString('hex')
  const fresh = secretKey(bytes)
  expect(bytes).toEqual(Buffer.alloc(32))
  expect(inspect(fresh, { depth: 9, showHidden: true }) + JSON.stringify(fresh)).not.toContain(hex)
  expect(Object.keys(fresh)).toEqual(['id'])
})

test('errors do not hold the secret', () => {
  const sealed = seal(key, context, 'Vertraulich-1')
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1
  expect(() => open(key, context, sealed)).toThrow(
    expect.toSatisfy(
      (error: unknown) => !inspect(error, { depth: 9, showHidden: true }).includes('Vertraulich'),
    ),
  )
})
