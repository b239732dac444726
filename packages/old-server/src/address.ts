import type { Parsed } from './parsed.ts'

/** Longer than any address may be (RFC 5321 §4.5.3.1: 64 + 1 + 255); what is longer is a mistake or an attack. */
export const maxAddressLength = 320

/** Cuts at the last `@`: a quoted local part may hold others. `@example.at` has an empty local part. */
export function splitAddress(address: string): { readonly localPart: string; readonly domain: string } {
  const at = address.lastIndexOf('@')
  return { localPart: address.slice(0, at), domain: address.slice(at + 1) }
}

/**
 * Tables of Postfix and Dovecot are looked up without regard to case, the local part included (seen on a real Postfix).
 * NFC, because two ways to write one `ü` would be two addresses otherwise.
 */
export function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC')
}

// Letters and digits of any script: a domain may be written as U-label or A-label. No `/`, no dots at the ends or twice:
// a domain also becomes part of file names.
const domainPattern =
  /^(?:[\p{L}\p{N}\p{M}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?)(?:\.[\p{L}\p{N}\p{M}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?)*$/u
const addressLiteralPattern = /^\[(?:ipv6:)?[0-9a-f:.]+\]$/u

/** Reads a domain name. Whether it is a good one is not judged. */
export function parseDomain(text: string): Parsed<string> {
  const domain = foldCase(text.trim())
  if (domain === '') return { problem: 'a domain is missing' }
  if (domain.length > 255) return { problem: 'a domain of more than 255 characters' }
  if (domainPattern.test(domain)) return { value: domain }
  const trimmed = domain.replace(/^@|\.$/gu, '')
  const suggestion = domainPattern.test(trimmed) ? { suggestion: `write ${trimmed}` } : {}
  return { problem: `'${shorten(domain)}' is no domain`, ...suggestion }
}

/**
 * Reads `local@domain` or, where a catch-all makes sense, `@domain`. Quoted local parts (RFC 5321 §4.1.2) and any script are
 * taken; whether the new server takes such a name is not judged here.
 */
export function parseAddress(text: string, allow: { readonly catchAll?: boolean } = {}): Parsed<string> {
  const address = foldCase(text.trim())
  if (address === '') return { problem: 'an address is missing' }
  if (address.length > maxAddressLength)
    return { problem: `an address of more than ${maxAddressLength} characters` }
  if (!address.includes('@')) return { problem: `'${shorten(address)}' is no address: it has no @` }
  const angled = /<([^<>\s]+@[^<>\s]+)>$/u.exec(address)
  if (angled !== null)
    return {
      problem: 'an address without a name and without <> belongs here',
      suggestion: `write ${angled[1]}`,
    }
  const { localPart, domain } = splitAddress(address)
  if (localPart === '' && allow.catchAll !== true)
    return { problem: `'${shorten(address)}' is no address: nothing stands before the @` }
  if (localPart !== '' && !isLocalPart(localPart))
    return { problem: `'${shorten(address)}' is no address: odd characters before the @` }
  if (addressLiteralPattern.test(domain)) return { value: address }
  const parsed = parseDomain(domain)
  if ('problem' in parsed)
    return { ...parsed, problem: `'${shorten(address)}' is no address: ${parsed.problem}` }
  return { value: `${localPart}@${parsed.value}` }
}

function isLocalPart(text: string): boolean {
  if (/^"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*"$/u.test(text)) return true
  return /^[^\s\p{Cc}"<>(),;:@[\]]+$/u.test(text)
}

/** For error messages: what a file can make long must not become a long message. */
export function shorten(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, '?')
  return clean.length <= 80 ? clean : `${clean.slice(0, 77)}...`
}
