import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ITEG_RULE, type PasswordPolicy, satisfiesPolicy } from './policy.ts'

const strict: PasswordPolicy = {
  minLength: 10,
  letters: true,
  specialCharacters: true,
  lowerAndUpper: true,
  numbers: true,
}
const lax: PasswordPolicy = {
  minLength: 6,
  letters: false,
  specialCharacters: false,
  lowerAndUpper: false,
  numbers: false,
}

describe('as mailcow itself answered under the strict policy', () => {
  test.each([
    ['Abcdefgh123', ['no-special-character']],
    ['Abcdefgh-xy', ['no-number']],
    ['ABCDEFGH-12', ['no-lower-case']],
    ['abcdefgh-12', ['no-upper-case']],
    ['Ab-1xyz', ['too-short']],
    ['Abcdefgh-12', []],
    ['Äbcdefgh12X', []],
  ])('%s', (password, problems) => {
    expect(satisfiesPolicy(password, strict)).toEqual({ satisfied: problems.length === 0, problems })
  })
})

test('names every problem, not only the first', () => {
  expect(satisfiesPolicy('', strict).problems).toEqual([
    'too-short',
    'no-letter',
    'no-special-character',
    'no-lower-case',
    'no-upper-case',
    'no-number',
  ])
})

test('counts bytes, as mailcow does', () => {
  expect(satisfiesPolicy('ÄÖÜ', { ...lax, minLength: 6 }).satisfied).toBe(true)
  expect(satisfiesPolicy('ÄÖU', { ...lax, minLength: 6 }).problems).toEqual(['too-short'])
})

test('refuses under any policy what mailcow would take for a hash', () => {
  expect(satisfiesPolicy('{PLAIN}geheim', lax).problems).toEqual(['looks-like-a-hash'])
})

test("ITEG's rule: twelve characters, lower and upper case, a digit", () => {
  expect(satisfiesPolicy('Abcdefghijk1', ITEG_RULE).satisfied).toBe(true)
  expect(satisfiesPolicy('Abcdefghij1', ITEG_RULE).problems).toEqual(['too-short'])
  expect(satisfiesPolicy('abcdefghijk1', ITEG_RULE).problems).toEqual(['no-upper-case'])
  expect(satisfiesPolicy('ABCDEFGHIJK1', ITEG_RULE).problems).toEqual(['no-lower-case'])
  expect(satisfiesPolicy('Abcdefghijkl', ITEG_RULE).problems).toEqual(['no-number'])
})

test('a weaker policy has nothing to say that a stricter one does not', () => {
  expect.hasAssertions()
  fc.assert(
    fc.property(fc.string(), fc.record({ ...records() }), (password, policy) => {
      const weaker = { ...policy, minLength: policy.minLength - 1, specialCharacters: false, numbers: false }
      const { problems } = satisfiesPolicy(password, policy)
      expect(problems).toEqual(expect.arrayContaining([...satisfiesPolicy(password, weaker).problems]))
    }),
  )
})

function records() {
  return {
    minLength: fc.integer({ min: 0, max: 20 }),
    letters: fc.boolean(),
    specialCharacters: fc.boolean(),
    lowerAndUpper: fc.boolean(),
    numbers: fc.boolean(),
  }
}
