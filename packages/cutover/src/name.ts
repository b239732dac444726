import { domainToASCII } from 'node:url'
import { CutoverError } from './errors.ts'

/**
 * A domain name as this package writes it: lower case, IDNs as A-labels, without the final dot.
 * Underscores are allowed, for `_domainkey` and SRV names.
 * @throws {CutoverError} `name`
 */
export function normalizeName(name: string): string {
  const bare = name.trim().replace(/\.$/, '').toLowerCase()
  const ascii = /^[\u0021-\u007e]*$/.test(bare) ? bare : domainToASCII(bare)
  const labels = ascii.split('.')
  // RFC 1035 §2.3.4: a label has at most 63 octets, a name 255 with its length octets.
  const fits = ascii.length <= 253 && labels.every((label) => /^(?:\*|[a-z\d_-]{1,63})$/.test(label))
  if (!fits) throw new CutoverError('name', `"${shown(name)}" is not a domain name.`)
  return ascii
}

/** Whether `name` is `zone` or below it; both as {@link normalizeName} writes them. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`)
}

function shown(name: string): string {
  return name.slice(0, 80).replaceAll(/[^\u0020-\u007e\u00a1-\u024f]/g, '?')
}
