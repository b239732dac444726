import { domainToASCII, domainToUnicode } from 'node:url'
import { usageError } from './errors.ts'
import { clip } from './path.ts'

/** Lower case, ASCII form. Refuses what could not be a domain, so that it never becomes part of another route. */
export function normaliseDomain(domain: string): string {
  const ascii = domainToASCII(domain.trim().replace(/\.$/, '')).toLowerCase()
  if (!/^(?!-)[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(ascii) || ascii.length > 253) {
    throw usageError(`${JSON.stringify(clip(domain))} is not a domain name`)
  }
  return ascii
}

/** For people: `xn--mller-kva.test` becomes `müller.test`. */
export function displayDomain(domain: string): string {
  return domainToUnicode(domain) || domain
}

/** An address with its domain part in ASCII and lower case; the local part is left alone. */
export function normaliseAddress(address: string): string {
  const { localPart, domain } = splitAddress(address)
  return `${localPart}@${domain}`
}

/** The address of a mailbox: mailcow stores it in lower case. */
export function normaliseMailbox(address: string): string {
  const { localPart, domain } = splitAddress(address)
  if (localPart === '') throw usageError(`${JSON.stringify(clip(address))} is not the address of a mailbox`)
  return `${localPart.toLowerCase()}@${domain}`
}

/** Splits at the last `@`. The local part is empty for a catch-all (`@example.at`). */
export function splitAddress(address: string): { localPart: string; domain: string } {
  const at = address.lastIndexOf('@')
  // mailcow would split at these and make several objects.
  if (at === -1 || /[\s,;\p{Cc}]/u.test(address)) {
    throw usageError(`${JSON.stringify(clip(address))} is not one e-mail address`)
  }
  return { localPart: address.slice(0, at), domain: normaliseDomain(address.slice(at + 1)) }
}

/** The id of an object: a positive whole number. */
export function requireId(id: number): number {
  if (!Number.isSafeInteger(id) || id <= 0) throw usageError(`${id} is not the id of a mailcow object`)
  return id
}
