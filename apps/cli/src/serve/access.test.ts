import { describe, expect, test } from 'vitest'
import {
  type AccessRequest,
  type AccessRules,
  cookieName,
  cookieValue,
  decideAccess,
  isLoopback,
  newToken,
} from './access.ts'

const open: AccessRules = { port: 7878, names: ['admin.example'] }
const token = 'a'.repeat(43)
const guarded: AccessRules = { ...open, token }

function ask(change: Partial<AccessRequest>, rules = open) {
  const decision = decideAccess(
    {
      method: 'GET',
      host: '127.0.0.1:7878',
      authorization: undefined,
      cookie: undefined,
      token: undefined,
      fetchSite: undefined,
      fetchMode: undefined,
      ...change,
    },
    rules,
  )
  return decision.kind === 'refuse' ? decision.status : decision.kind
}

describe('access', () => {
  test.each([
    '127.0.0.1:7878',
    'localhost:7878',
    '[::1]:7878',
    '192.0.2.5',
    'Admin.Example:7878',
    'localhost',
  ])('is given under %s', (host) => {
    expect(ask({ host })).toBe('allow')
  })
  test.each([
    undefined,
    '',
    'evil.example:7878',
    'localhost.evil.example',
    '127.0.0.1.evil.example:7878',
    'admin.example.evil.example',
    'localhost:7878:1',
    '[::1',
    '@localhost',
    'x'.repeat(500),
  ])('is not given under %j: a name that was pointed here is not ours', (host) => {
    expect(ask({ host })).toBe(421)
  })
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('is not given for %s', (method) => {
    expect(ask({ method })).toBe(405)
  })
  test('is not given to what another site asks for, but a link may lead here', () => {
    expect(ask({ fetchSite: 'cross-site', fetchMode: 'cors' })).toBe(403)
    expect(ask({ fetchSite: 'cross-site', fetchMode: 'no-cors' })).toBe(403)
    expect(ask({ fetchSite: 'same-site', fetchMode: 'no-cors' })).toBe(403)
    expect(ask({ fetchSite: 'cross-site', fetchMode: 'navigate' })).toBe('allow')
    expect(ask({ fetchSite: 'same-origin', fetchMode: 'cors' })).toBe('allow')
  })
})

describe('a token', () => {
  test('opens once by address, then by cookie, or in a header', () => {
    expect(ask({}, guarded)).toBe(401)
    expect(ask({ token }, guarded)).toBe('welcome')
    expect(ask({ cookie: `other=1; ${cookieName(7878)}=${cookieValue(token)}` }, guarded)).toBe('allow')
    expect(ask({ authorization: `Bearer ${token}` }, guarded)).toBe('allow')
  })
  test('that is another, shorter, longer or the cookie itself opens nothing', () => {
    for (const wrong of ['', 'a', token.slice(1), `${token}a`, newToken(), cookieValue(token)]) {
      expect(ask({ token: wrong }, guarded)).toBe(401)
      expect(ask({ authorization: `Bearer ${wrong}` }, guarded)).toBe(401)
    }
    for (const cookie of [
      `${cookieName(7878)}=${token}`,
      `${cookieName(7879)}=${cookieValue(token)}`,
      `${cookieName(7878)}=`,
      cookieName(7878),
    ])
      expect(ask({ cookie }, guarded)).toBe(401)
  })
  test('is 256 bits, and never the same', () => {
    const tokens = new Set(Array.from({ length: 100 }, newToken))
    expect(tokens.size).toBe(100)
    for (const one of tokens) expect(Buffer.from(one, 'base64url')).toHaveLength(32)
  })
})

test('loopback is this machine alone', () => {
  for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '::1']) expect(isLoopback(host)).toBe(true)
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'localhost.example', '127.0.0.1.example'])
    expect(isLoopback(host)).toBe(false)
})
