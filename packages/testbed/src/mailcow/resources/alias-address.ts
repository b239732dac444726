import { domainPart, idnToAscii, localPart } from '../php-values.ts'

/** The domain part in lower case and punycode, the local part as it came. "noat" becomes "@". */
export function normalise(address: string): { address: string; local: string; domain: string } {
  const [local, domain] = [localPart(address), idnToAscii(domainPart(address))]
  return { address: `${local}@${domain}`, local, domain }
}
