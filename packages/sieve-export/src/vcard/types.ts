/** Roundcube's own words, and those of other programs, in the terms of RFC 2426 §3.3.1. */
const known = new Map([
  ['workfax', ['work', 'fax']],
  ['homefax', ['home', 'fax']],
  ['home2', ['home']],
  ['work2', ['work']],
  ['mobile', ['cell']],
  ['other', []],
])

/** TYPE values, lower case, each once. Labels of the user's own (`verein`) stay: programs show them as they are. */
export function standardTypes(property: string, types: readonly string[]): string[] {
  const words = types.flatMap((type) => known.get(type) ?? [type])
  const result = new Set(words.map((word) => word.replaceAll(/[^\p{L}\p{N}_. -]/gu, '')))
  result.delete('')
  // says what every address of our time is
  if (property === 'EMAIL') result.delete('internet')
  return [...result]
}
