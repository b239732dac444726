/** RFC 7208 §3.2: exactly one record of a name may begin so. */
export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text)
}

/**
 * The policy with these mechanisms in it: what stands there stays, in its order; what is missing goes before `all` and
 * before modifiers. Nothing is added twice. Without a policy a new one that only softly fails what it does not name.
 */
export function withMechanisms(policy: string | undefined, mechanisms: readonly string[]): string {
  const terms = (policy ?? 'v=spf1 ~all').trim().split(/ +/)
  const present = new Set(terms.map(canonical))
  const missing = [...new Set(mechanisms)].filter((mechanism) => !present.has(canonical(mechanism)))
  // A mechanism after `all` is never looked at (RFC 7208 §5.1).
  const end = terms.findIndex((term) => /^[+?~-]?all$/i.test(term) || /^(?:redirect|exp)=/i.test(term))
  return terms.toSpliced(end === -1 ? terms.length : end, 0, ...missing).join(' ')
}

/** The policy without these mechanisms; whatever else stands there stays as it is. */
export function withoutMechanisms(policy: string, mechanisms: readonly string[]): string {
  const unwanted = new Set(mechanisms.map(canonical))
  return policy
    .trim()
    .split(/ +/)
    .filter((term, index) => index === 0 || !unwanted.has(canonical(term)))
    .join(' ')
}

/** Terms that make a receiver ask the DNS; with more than ten the policy is an error (RFC 7208 §4.6.4). Not counted through includes. */
export function lookups(policy: string): number {
  return policy
    .trim()
    .split(/ +/)
    .filter((term) =>
      /^(?:[+?~-]?(?:include:|exists:|a(?:$|[:/])|mx(?:$|[:/])|ptr(?:$|:))|redirect=)/i.test(term),
    ).length
}

/** `ip4:` or `ip6:` for an address. */
export function addressMechanism(address: string): string {
  return address.includes(':') ? `ip6:${address}` : `ip4:${address}`
}

/** `+` is the default qualifier (RFC 7208 §4.6.2), `/32` and `/128` the default length. */
function canonical(term: string): string {
  return term
    .toLowerCase()
    .replace(/^\+/, '')
    .replace(/^(ip4:[\d.]+)\/32$/, '$1')
    .replace(/^(ip6:[\da-f:.]+)\/128$/, '$1')
}
