import { describe, expect, it } from 'vitest'
import { parseDuration } from './durations.ts'
import { parseBaseUrl, parseFingerprint, parseHost, parseNextHop, parseRunTarget } from './hosts.ts'
import { parseSize } from './sizes.ts'

const refused = { problem: expect.any(String) }

describe('sizes', () => {
  it.each([
    ['20GiB', { value: 20 * 1024 ** 3 }],
    ['1.5 tib', { value: 1.5 * 1024 ** 4 }],
    ['4096', { value: 4096 }],
    ['7B', { value: 7 }],
    ['5GB', { problem: 'GB is no unit', suggestion: 'write 5GiB' }],
    ['5G', { problem: 'G is no unit', suggestion: 'write 5GiB' }],
    ['-5GiB', refused],
    ['GiB', refused],
    ['99999999TiB', refused],
    ['1e3', refused],
  ])('%s', (text, expected) => {
    expect(parseSize(text)).toMatchObject(expected)
  })
})

describe('durations', () => {
  it.each([
    ['500ms', { value: 500 }],
    ['30s', { value: 30_000 }],
    ['5 m', { value: 300_000 }],
    ['2h', { value: 7_200_000 }],
    ['7d', { value: 604_800_000 }],
    ['30', refused],
    ['1.5h', refused],
    ['2 weeks', refused],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toMatchObject(expected)
  })
})

describe('hosts', () => {
  it.each([
    ['Mailhaus.Example', { value: 'mailhaus.example' }],
    ['[2001:DB8::1]', { value: '2001:db8::1' }],
    ['192.0.2.10', { value: '192.0.2.10' }],
    ['mailhaus.example:993', { suggestion: 'write host: mailhaus.example, port: 993' }],
    ['https://mailhaus.example/', { suggestion: 'write mailhaus.example' }],
    ['-oProxyCommand=x', refused],
    ['a b', refused],
    ['', refused],
  ])('%s', (text, expected) => {
    expect(parseHost(text)).toMatchObject(expected)
  })
})

describe('addresses of the API', () => {
  it.each([
    ['https://mailcow.example/', { value: 'https://mailcow.example' }],
    ['https://mailcow.example:8443', { value: 'https://mailcow.example:8443' }],
    ['https://mailcow.example/api/v1', { suggestion: 'write https://mailcow.example' }],
    ['https://admin:hunter2@mailcow.example', { suggestion: 'write https://mailcow.example' }],
    ['mailcow.example', refused],
    ['ftp://mailcow.example', refused],
    ['file:///etc/passwd', refused],
  ])('%s', (text, expected) => {
    expect(parseBaseUrl(text)).toMatchObject(expected)
  })
})

describe('next hops', () => {
  it.each([
    ['[mailcow.example]:25', { value: '[mailcow.example]:25' }],
    ['[2001:db8::1]', { value: '[2001:db8::1]' }],
    ['mailcow.example', { suggestion: 'write "[mailcow.example]:25"' }],
    ['[mailcow.example]:99999', refused],
    ['[mailcow.example] x', refused],
    ['[a]\nb: [c]', refused],
  ])('%s', (text, expected) => {
    expect(parseNextHop(text)).toMatchObject(expected)
  })
})

describe('where commands run', () => {
  it.each([
    ['local', { value: { kind: 'local' } }],
    ['ssh://root@mailhaus.example', { value: { kind: 'ssh', user: 'root', host: 'mailhaus.example' } }],
    ['ssh://mailhaus.example:2222/', { value: { kind: 'ssh', host: 'mailhaus.example', port: 2222 } }],
    ['ssh://root@[2001:db8::1]', { value: { kind: 'ssh', user: 'root', host: '2001:db8::1' } }],
    ['ssh://-oProxyCommand=x', refused],
    ['ssh://-oProxyCommand%3Dx@host', refused],
    ['ssh://root:hunter2@mailhaus.example', refused],
    ['ssh://root@mailhaus.example/x', refused],
    ['ssh://root@a;b', refused],
    ['mailhaus.example', refused],
  ])('%s', (text, expected) => {
    expect(parseRunTarget(text)).toMatchObject(expected)
  })
})

describe('fingerprints', () => {
  it('are taken as openssl prints them, or bare, and nothing shorter', () => {
    const bytes = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0').toUpperCase())
    const value = bytes.join(':')
    expect(parseFingerprint(`sha256 Fingerprint=${value}`)).toEqual({ value })
    expect(parseFingerprint(bytes.join('').toLowerCase())).toEqual({ value })
    expect(parseFingerprint(bytes.slice(12).join(':'))).toMatchObject(refused)
  })
})
