import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact } from './redact.ts'

test('replaces what goes by the name of a secret, wherever it is', () => {
  expect(
    redact({
      localPart: 'anna',
      password: 'geheim-1',
      password2: 'geheim-2',
      nested: [{ apiKey: 'geheim-3', 'x-api-key': 'geheim-4' }, { auth: { token: 'geheim-5' } }],
      credentials: { user: 'geheim-6' },
      Authorization: 'Basic geheim-7',
      private_key: 'geheim-8',
      app_passwd: 'geheim-9',
      user_pass: 'geheim-10',
      bindPassword: Buffer.from('geheim-11'),
    }),
  ).toEqual({
    localPart: 'anna',
    password: '[redacted]',
    password2: '[redacted]',
    nested: [{ apiKey: '[redacted]', 'x-api-key': '[redacted]' }, { auth: { token: '[redacted]' } }],
    credentials: '[redacted]',
    Authorization: '[redacted]',
    private_key: '[redacted]',
    app_passwd: '[redacted]',
    user_pass: '[redacted]',
    bindPassword: '[redacted]',
  })
})

test('leaves what only sounds like one', () => {
  const payload = {
    forcePasswordUpdate: true,
    force_pw_update: 1,
    keywords: ['a'],
    monkey: 'x',
    compass: 'north',
  }
  expect(redact(payload)).toEqual(payload)
})

test('takes user and password out of addresses', () => {
  expect(redact(['mysql://root:geheim@db.example/mail', 'write to anna@example.at'])).toEqual([
    'mysql://[redacted]@db.example/mail',
    'write to anna@example.at',
  ])
})

test('makes any value JSON, bounded in depth, length and number', () => {
  let deep: unknown = 'end'
  for (let level = 0; level < 10_000; level += 1) deep = [deep]
  expect(JSON.stringify(redact(deep)).length).toBeLessThan(100)
  expect(redact('x'.repeat(10_000))).toHaveLength(4096)
  expect(redact(Array.from({ length: 5000 }, () => 1))).toHaveLength(1000)
  expect(redact({ at: new Date(0), big: 5n, nothing: undefined, call: () => 1 })).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    big: '5',
    nothing: null,
    call: null,
  })
})

test('no secret under its name survives, however it is wrapped', () => {
  expect.hasAssertions()
  const name = fc.constantFrom(
    'password',
    'PASSWORD',
    'password2',
    'userPassword',
    'secret',
    'apiToken',
    'api_key',
  )
  fc.assert(
    fc.property(name, fc.array(fc.string({ maxLength: 8 }), { maxLength: 8 }), (secretName, path) => {
      const wrapped = path.reduce<unknown>(
        (inner, key, index) => (index % 2 === 0 ? { [key]: inner } : [inner]),
        { [secretName]: 'Vertraulich-1' },
      )
      expect(JSON.stringify(redact(wrapped))).not.toContain('Vertraulich')
    }),
  )
})
