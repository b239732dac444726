/**
 * How cleanup(8) of Postfix expands a recipient (cleanup_map1n.c, mail_addr_map.c, mail_addr_find.c), statement by statement and
 * without any cleverness: what the package's own expansion is held against.
 */
export interface VirtualAliasMap {
  /** `user@domain`, `user+tag@domain` or `@domain`, to targets. */
  readonly rows: ReadonlyMap<string, readonly string[]>
}

const virtualAliasRecursionLimit = 1000
const virtualAliasExpansionLimit = 20_000
const virtualAliasAddressLengthLimit = 320

/** The final recipients, duplicates merged; `deferred` when Postfix gives up and answers 451. */
export function cleanup(map: VirtualAliasMap, recipient: string): ReadonlySet<string> | 'deferred' {
  const recipients = [recipient]
  const beenHere = new Set<string>()
  for (let argument = 0; argument < recipients.length; argument += 1) {
    if (recipients.length > virtualAliasExpansionLimit) return 'deferred'
    for (let count = 0; ; count += 1) {
      const address = recipients[argument] ?? ''
      if (beenHere.has(address)) break
      if (count >= virtualAliasRecursionLimit) return 'deferred'
      const lookup = mailAddressMap(map, address)
      if (lookup === undefined) break
      for (const [index, target] of lookup.entries()) {
        if (target.length > virtualAliasAddressLengthLimit) return 'deferred'
        if (index === 0) recipients[argument] = target
        else recipients.push(target)
        if (target === address) beenHere.add(address)
      }
    }
  }
  return new Set(recipients)
}

function mailAddressMap(map: VirtualAliasMap, address: string): readonly string[] | undefined {
  const at = address.lastIndexOf('@')
  const localPart = address.slice(0, at)
  const domain = address.slice(at + 1)
  const plus = localPart.indexOf('+', 1)
  const full = map.rows.get(address)
  if (full !== undefined) return full.map((target) => complete(target, localPart, ''))
  if (plus > 0) {
    const bare = map.rows.get(`${localPart.slice(0, plus)}@${domain}`)
    if (bare !== undefined) return bare.map((target) => complete(target, localPart, localPart.slice(plus)))
  }
  return map.rows.get(`@${domain}`)?.map((target) => complete(target, localPart, ''))
}

function complete(target: string, localPart: string, extension: string): string {
  if (target.startsWith('@')) return localPart + target
  const at = target.lastIndexOf('@')
  return `${target.slice(0, at)}${extension}${target.slice(at)}`
}
