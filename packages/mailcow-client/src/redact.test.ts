import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact, redactText } from './redact.ts'

test('leaves no password, key or hash in what is logged', () => {
  const secret = fc.constantFrom('Secret-pass-1', 'hunter2', '{SSHA}abc')
  const field = fc.constantFrom(
    'password',
    'password2',
    'password1',
    'app_passwd',
    'app_passwd2',
    'key',
    'token',
    'private_key_file',
    'user_new_pass',
    'client_secret',
    'X-API-Key',
    'script_hash',
  )
  fc.assert(
    fc.property(field, secret, (name, value) => {
      const copies = [{ [name]: value }, { attr: { [name]: value } }, [{ items: [{ [name]: [value] }] }]]
      expect(JSON.stringify(copies.map((copy) => redact(copy)))).not.toContain(value)
    }),
  )
})

test('recognises hashes by their look', () => {
  expect(redact(['{BLF-CRYPT}$2y$10$abc', 'plain'])).toEqual(['[redacted]', 'plain'])
})

test('keeps what is no secret, and cuts what is long', () => {
  const body = {
    items: ['anna@example.at'],
    attr: {
      force_pw_update: 1,
      key_size: 2048,
      quota: 10,
      password: '',
      sieve: 'x'.repeat(400),
      active: true,
    },
  }
  expect(redact(body)).toEqual({
    items: ['anna@example.at'],
    attr: {
      force_pw_update: 1,
      key_size: 2048,
      quota: 10,
      password: '',
      sieve: `${'x'.repeat(300)}…`,
      active: true,
    },
  })
})

test('ends with what contains itself', () => {
  const loop: Record<string, unknown> = {}
  loop['again'] = loop
  expect(() => redact(loop)).not.toThrow()
})

test('requests that mailcow wrote into its log as text', () => {
  const data = `attr='{"username":"a@b.test","password":"Secret\\"-pass","password1" : "old","force_pw_update":"1"}', items=''`
  expect(redactText(data)).toBe(
    `attr='{"username":"a@b.test","password":"[redacted]","password1" : "[redacted]","force_pw_update":"1"}', items=''`,
  )
})
