import { describe, expect, test } from 'vitest'
import { checkRequest, requestSchema } from './request-schema.ts'
import { flagToWire, withoutAbsent } from './request.ts'

const schema = requestSchema('mailbox', ['active', 'quotaBytes', 'password', 'protocols', 'receiveOnly'])

describe('checkRequest', () => {
  test('takes what the request has', () => {
    expect(() =>
      checkRequest(schema, { active: true, quotaBytes: null, protocols: ['imap'], receiveOnly: undefined }),
    ).not.toThrow()
  })

  // mailcow ignores the first with success, reads the second as 0, and the third as unlimited.
  test.each([
    [{ quota: 5 }, /there is no field "quota"/],
    [{ active: 'true' }, /active: .*expected boolean/],
    [{ quotaBytes: 'abc' }, /quotaBytes: .*expected number/],
    [{ protocols: ['imap_access'] }, /protocols: /],
    [JSON.parse('{"__proto__": 1}'), /there is no field "__proto__"/],
    [{ toString: 1 }, /there is no field "toString"/],
  ])('refuses %j', (request, message) => {
    expect(() => checkRequest(schema, request)).toThrow(message)
    expect(() => checkRequest(schema, request)).toThrow(
      expect.objectContaining({ code: 'usage', effect: 'none' }),
    )
  })

  test('does not repeat the value', () => {
    expect(() => checkRequest(schema, { password: { secret: 'hunter2' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    )
  })
})

test('flags travel as numbers: the texts "true" and "yes" would mean 0', () => {
  expect([flagToWire(true), flagToWire(false)]).toEqual([1, 0])
  expect(() => flagToWire(JSON.parse('"false"'))).toThrow(expect.objectContaining({ code: 'usage' }))
  expect(() => flagToWire(JSON.parse('null'))).toThrow(expect.objectContaining({ code: 'usage' }))
})

test('absent fields are not sent: mailcow keeps what it does not get', () => {
  expect(withoutAbsent({ a: undefined, b: 0, c: '', d: null })).toEqual({ b: 0, c: '', d: null })
})
