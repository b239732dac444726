import { domainToASCII, domainToUnicode } from 'node:url'

/** What `json_decode(..., true)` yields. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonRecord
export interface JsonRecord {
  [key: string]: JsonValue
}

/**
 * An exception that mailcow's PHP code does not catch: a wrong JSON type, an SQL constraint. The answer is status 200
 * with an empty body; what was written before stays written.
 */
export class PhpCrash extends Error {
  override readonly name = 'PhpCrash'
}

export function isRecord(value: JsonValue | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** PHP's `(array)$value`: null is the empty array, a scalar becomes its only element. Always keyed by strings. */
export function toRecord(value: JsonValue | undefined): JsonRecord {
  if (value === null || value === undefined) return {}
  if (isRecord(value)) return value
  return Object.fromEntries(toList(value).entries())
}

/** PHP's `(array)$value`, the values only. */
export function toList(value: JsonValue | undefined): JsonValue[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value
  return isRecord(value) ? Object.values(value) : [value]
}

export function isset(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null
}

/** PHP's `empty()`: also "0" is empty. */
export function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false) return true
  if (value === 0 || value === '' || value === '0') return true
  if (Array.isArray(value)) return value.length === 0
  return isRecord(value) && Object.keys(value).length === 0
}

/** PHP's `intval()`: "1.9" is 1, "true", "yes" and "abc" are 0. */
export function intval(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return Math.trunc(value)
  if (typeof value === 'string') {
    const match = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(value)
    return match === null ? 0 : Math.trunc(Number(match[0]))
  }
  return isEmpty(value) ? 0 : 1
}

/** A value where PHP wants a string: numbers and booleans are converted, an array is a TypeError. */
export function text(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === false) return ''
  if (value === true) return '1'
  if (typeof value === 'object') throw new PhpCrash('TypeError: must be of type string, array given')
  return String(value)
}

/** PHP's `==` between what came in and a plain string or number, for the few comparisons that need it. */
export function looseEquals(value: JsonValue | undefined, expected: string): boolean {
  return typeof value === 'object' ? false : text(value) === expected
}

/** PHP's `htmlspecialchars()`; mailcow applies it to arguments of messages, not to data. */
export function htmlEscape(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#039;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** mailcow splits lists of addresses, hosts and networks at blank, comma, semicolon and newline. Empty parts stay. */
export function splitList(value: string): string[] {
  return value.split(/[ ,;\n]/).map((part) => part.trim())
}

/** MySQL's case-insensitive comparison, for the ASCII part that matters here. */
export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** The order of a case-insensitive primary key: letters compare as upper case. */
export function byKey(a: string, b: string): number {
  const [left, right] = [a.toUpperCase(), b.toUpperCase()]
  return left < right ? -1 : left > right ? 1 : 0
}

function isAscii(value: string): boolean {
  return Buffer.byteLength(value) === value.length
}

/** `idn_to_ascii()`: lower case and punycode; "" when the name has no ASCII form. */
export function idnToAscii(domain: string): string {
  const name = domain.toLowerCase()
  // The WHATWG function turns "123" into an IPv4 address; ASCII needs nothing but lower case.
  if (isAscii(name)) return /^\.|\.\.|^$/.test(name) ? '' : name
  return domainToASCII(name)
}

export function idnToUtf8(domain: string): string {
  return domain.includes('xn--') ? domainToUnicode(domain) : domain
}

export function isDomainName(domain: string): boolean {
  const name = idnToAscii(domain)
  return (
    /^[a-z\d](?:-*[a-z\d])*(?:\.[a-z\d](?:-*[a-z\d])*)*$/i.test(name) &&
    name.length <= 253 &&
    name.split('.').every((label) => label.length <= 63)
  )
}

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`)

/** `FILTER_VALIDATE_EMAIL`: ASCII, dot-atom up to 64 characters, a domain with a dot and a letter in front of its last label. */
export function isEmail(address: string): boolean {
  const at = address.lastIndexOf('@')
  if (at < 1 || address.length > 254) return false
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  return (
    local.length <= 64 &&
    LOCAL_PART.test(local) &&
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(domain)
  )
}

/** `substr(strstr($address, '@'), 1)`: everything after the first @; "" without one. */
export function domainPart(address: string): string {
  const at = address.indexOf('@')
  return at < 0 ? '' : address.slice(at + 1)
}

/** `strstr($address, '@', true)`: everything before the first @; "" without one. */
export function localPart(address: string): string {
  const at = address.indexOf('@')
  return at < 0 ? '' : address.slice(0, at)
}

/** `YYYY-MM-DD HH:MM:SS`, as SQL's NOW() prints it; the double's server lives in UTC. */
export function sqlTime(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ')
}
