/** RFC 5321 §4.5.3.1.1; PHP's FILTER_VALIDATE_EMAIL, which mailcow asks, holds to it. */
const MAX_LOCAL_PART = 64
const MAX_ADDRESS = 254
/** RFC 5322 §3.2.3 `dot-atom-text`, lower case: what mailcow stores. */
const DOT_ATOM = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/

/** Why mailcow would not take this local part, as the end of a sentence; `undefined` when it does. */
export function refusedLocalPart(localPart: string): string | undefined {
  if (localPart === '') return 'it has nothing before the @'
  if (localPart.length > MAX_LOCAL_PART) return `it has more than ${MAX_LOCAL_PART} characters before the @`
  // mailcow's API decodes paths twice and splits them at slashes: such a mailbox could be made, but never read back.
  if (localPart.includes('/')) return 'it holds a slash, and mailcow cannot address such a name'
  for (const character of localPart)
    if (character > '~') return `it holds "${character}", and mailcow takes only ASCII before the @`
  if (!DOT_ATOM.test(localPart))
    return "mailcow takes only letters, digits and single dots between them, and !#$%&'*+=?^_`{|}~-"
  return undefined
}

/** The same for a whole address or a catch-all (`@example.at`). */
export function refusedAddress(address: string): string | undefined {
  const at = address.lastIndexOf('@')
  if (at < 0) return 'it has no @'
  if (address.length > MAX_ADDRESS) return `it has more than ${MAX_ADDRESS} characters`
  return at === 0 ? undefined : refusedLocalPart(address.slice(0, at))
}

/** What mailcow stores of a display name: it strips `<` and `>` at the ends and crashes over 255 characters. */
export function storedName(name: string | undefined): string {
  return (name ?? '')
    .replaceAll(/\p{Cc}/gu, '')
    .replace(/^[<\s]+/, '')
    .replace(/[>\s]+$/, '')
    .slice(0, 255)
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
