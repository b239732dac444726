import { describe, expect, test } from 'vitest'
import { normaliseAddress, normaliseDomain, normaliseMailbox, requireId } from './names.ts'

describe('domains', () => {
  test.each([
    ['Example.AT', 'example.at'],
    ['müller.test', 'xn--mller-kva.test'],
    ['example.at.', 'example.at'],
    [' example.at ', 'example.at'],
  ])('%j becomes %j', (given, normal) => {
    expect(normaliseDomain(given)).toBe(normal)
  })

  // Names such as these would be another route: get/domain/all lists.
  test.each([
    'all',
    'template',
    '',
    'a b.test',
    'a/b.test',
    '..',
    '-x.test',
    'x..test',
    `${'a'.repeat(260)}.test`,
  ])('%j is none', (given) => {
    expect(() => normaliseDomain(given)).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})

describe('addresses', () => {
  test('keep the case of the local part, but for mailboxes', () => {
    expect(normaliseAddress('UpPer@ACME.test')).toBe('UpPer@acme.test')
    expect(normaliseMailbox('UpPer@ACME.test')).toBe('upper@acme.test')
    expect(normaliseAddress('@ACME.test')).toBe('@acme.test')
    expect(normaliseAddress('"odd@local"@acme.test')).toBe('"odd@local"@acme.test')
  })

  // mailcow would split at these and make several objects.
  test.each(['a b@acme.test', 'a,b@acme.test', 'a;b@acme.test', 'a\nb@acme.test', 'noat', '', 'a@', 'a@b'])(
    '%j is none',
    (given) => {
      expect(() => normaliseAddress(given)).toThrow(expect.objectContaining({ code: 'usage' }))
    },
  )

  test('a mailbox needs a local part', () => {
    expect(() => normaliseMailbox('@acme.test')).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})

test.each([0, -1, 1.5, Number.NaN])('%d is not an id', (id) => {
  expect(() => requireId(id)).toThrow(expect.objectContaining({ code: 'usage' }))
})
