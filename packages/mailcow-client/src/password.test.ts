import { describe, expect, test } from 'vitest'
import { HASH_SCHEMES, passwordToWire } from './password.ts'
import { passwordProblems } from './password-policy.ts'

describe('passwordToWire', () => {
  test('a password in clear is sent as it is', () => {
    expect(passwordToWire({ password: 'Secret-pass-1' })).toBe('Secret-pass-1')
    expect(passwordToWire({})).toBeUndefined()
  })

  test.each(['{PLAIN}secret', '{SSHA}x', '{x}', ''])(
    '%j is no password: mailcow would misunderstand it',
    (password) => {
      expect(() => passwordToWire({ password })).toThrow(expect.objectContaining({ code: 'usage' }))
    },
  )

  test('hashes need a scheme that mailcow knows', () => {
    for (const scheme of HASH_SCHEMES)
      expect(passwordToWire({ passwordHash: `{${scheme}}x` })).toBe(`{${scheme}}x`)
    for (const passwordHash of ['$6$salt$hash', '{SSHA.HEX}00', '{SCRAM-SHA-256}4096', 'plain'])
      expect(() => passwordToWire({ passwordHash })).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  test('errors do not repeat the secret', () => {
    expect(() => passwordToWire({ password: '{PLAIN}hunter2' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    )
    expect(() => passwordToWire({ passwordHash: 'hunter2' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    )
  })
})

describe('passwordProblems agrees with what mailcow was seen to do', () => {
  const strict = {
    minLength: 10,
    requireLetters: true,
    requireSpecialCharacters: true,
    requireMixedCase: true,
    requireDigits: true,
  }

  test.each([
    ['Abcdefgh123', ['no special character']],
    ['Abcdefgh-xy', ['no digit']],
    ['ABCDEFGH-12', ['not both lower and upper case']],
    ['abcdefgh-12', ['not both lower and upper case']],
    ['Ab-1xyz', ['shorter than 10 bytes']],
    ['Abcdefgh-12', []],
    ['Äbcdefgh12X', []],
  ])('%s', (password, problems) => {
    expect(passwordProblems(password, strict)).toEqual(problems)
  })
})
