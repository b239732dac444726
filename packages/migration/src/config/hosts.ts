import { isIP } from 'node:net'
import type { RunTarget } from './config.ts'
import type { Parsed } from './parsed.ts'

/** A host name or IP address, lower-cased; IPv6 with or without brackets. */
export function parseHost(text: string): Parsed<string> {
  const host = text
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/u, '$1')
  if (isIP(host) !== 0 || /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,251}[\p{L}\p{N}])?$/u.test(host))
    return { value: host }
  const [, name, port] = /^(?:[a-z+]+:\/\/)?([^/:\s]+)(?::(\d+))?\/?$/u.exec(host) ?? []
  if (name !== undefined && name !== host)
    return {
      problem: 'only the name of the host belongs here',
      suggestion: port === undefined ? `write ${name}` : `write host: ${name}, port: ${port}`,
    }
  return { problem: 'this is no host name' }
}

export function parseIp(text: string): Parsed<string> {
  const address = text.trim().toLowerCase()
  return isIP(address) === 0
    ? { problem: 'this is no IP address', suggestion: 'write it as 192.0.2.10' }
    : { value: address }
}

/** The address of a DNS server: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`. */
export function parseResolver(text: string): Parsed<string> {
  const address = text.trim().toLowerCase()
  const [, v6, other, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/u.exec(address) ?? []
  const host = isIP(address) === 0 ? (v6 ?? other ?? '') : address
  return isIP(host) === 0 || Number(port ?? 53) > 65_535
    ? { problem: 'this is no address of a resolver', suggestion: 'write it as 192.0.2.53' }
    : { value: address }
}

/** The address of an API: scheme and host, nothing behind. */
export function parseBaseUrl(text: string): Parsed<string> {
  const url = URL.parse(text.trim())
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '')
    return {
      problem: 'this is no address of a web server',
      suggestion: 'write it as https://mailcow.example',
    }
  if (url.username !== '' || url.password !== '')
    return { problem: 'a login does not belong into this address', suggestion: `write ${url.origin}` }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return { problem: 'only the server belongs into this address', suggestion: `write ${url.origin}` }
  return { value: url.origin }
}

/** Where every user's address books lie: an address with `%u` in it. */
export function parseCardDavUrl(text: string): Parsed<string> {
  const pattern = text.trim()
  // A placeholder that no part of an address can be mistaken for.
  const url = URL.parse(pattern.replaceAll('%u', 'user-placeholder'))
  if (
    url === null ||
    (url.protocol !== 'https:' && url.protocol !== 'http:') ||
    pattern.split('/')[2]?.includes('%') === true
  )
    return {
      problem: 'this is no address of a web server',
      suggestion: 'write it as https://mailcow.example/SOGo/dav/%u/Contacts/',
    }
  if (url.username !== '' || url.password !== '')
    return { problem: 'a login does not belong into this address' }
  if (!url.pathname.includes('user-placeholder') || url.search !== '' || url.hash !== '')
    return {
      problem: 'it must have %u in its path, where the address of the mailbox goes',
      suggestion: `write ${url.origin}/SOGo/dav/%u/Contacts/`,
    }
  return { value: pattern.replace(/\/*$/u, '/') }
}

/** A page or mail address that users are sent to. */
export function parseLink(text: string): Parsed<string> {
  const url = URL.parse(text.trim())
  return url !== null && ['https:', 'http:', 'mailto:'].includes(url.protocol)
    ? { value: text.trim() }
    : { problem: 'this is no link', suggestion: 'begin with https:// or mailto:' }
}

/** `[mailcow.example]:25`. Without the brackets Postfix would look up the MX of that name, and could find itself. */
export function parseNextHop(text: string): Parsed<string> {
  const hop = text.trim()
  const [, bracketed, bare, port] = /^(?:\[([^\]\s]+)\]|([^:\]\s]+))(?::(\d{1,5}))?$/u.exec(hop) ?? []
  const host = parseHost(bracketed ?? bare ?? '')
  if ('problem' in host || Number(port ?? 25) > 65_535)
    return { problem: 'this is no next hop', suggestion: 'write it as "[mailcow.example]:25"' }
  if (bare !== undefined)
    return {
      problem: 'without brackets Postfix asks for the MX of this name, which may be itself',
      suggestion: `write "[${bare}]:${port ?? 25}"`,
    }
  return { value: hop }
}

/** `local` or `ssh://root@mailhaus.example:22`. */
export function parseRunTarget(text: string): Parsed<RunTarget> {
  if (text.trim() === 'local') return { value: { kind: 'local' } }
  const url = URL.parse(text.trim())
  const rest = url === null ? '' : url.pathname + url.search + url.hash
  // A name that begins with a dash would be an option of ssh.
  if (
    url?.protocol !== 'ssh:' ||
    !/^[\w.:[\]-]+$/u.test(url.host) ||
    url.hostname.startsWith('-') ||
    !['', '/'].includes(rest)
  )
    return {
      problem: 'this is neither local nor a host to reach by ssh',
      suggestion: 'write it as ssh://root@mailhaus.example',
    }
  if (url.password !== '')
    return { problem: 'a password does not belong here', suggestion: 'let ssh use a key' }
  if (url.username !== '' && !/^[\w.][\w.-]*$/u.test(url.username)) return { problem: 'this is no user name' }
  return {
    value: {
      kind: 'ssh',
      host: url.hostname.replace(/^\[(.*)\]$/u, '$1'),
      ...(url.username === '' ? {} : { user: url.username }),
      ...(url.port === '' ? {} : { port: Number(url.port) }),
    },
  }
}

/** SHA-256 of a certificate, as `openssl x509 -fingerprint -sha256` prints it or without colons. */
export function parseFingerprint(text: string): Parsed<string> {
  const digits = text
    .trim()
    .replace(/^sha256(?: fingerprint)?[=:\s]*/iu, '')
    .replaceAll(':', '')
    .toUpperCase()
  if (!/^[0-9A-F]{64}$/u.test(digits))
    return {
      problem: 'this is no SHA-256 fingerprint',
      suggestion: 'take it from openssl x509 -noout -fingerprint -sha256',
    }
  return { value: digits.match(/../gu)?.join(':') ?? digits }
}
