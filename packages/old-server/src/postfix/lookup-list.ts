/** One entry of a parameter that lists names and tables (postconf(5)). */
export type LookupEntry =
  /** A table whose source is a text file that we can read and write: hash, btree, lmdb, dbm, cdb, sdbm, texthash. */
  | { readonly kind: 'table'; readonly type: string; readonly path: string; readonly text: string }
  /** A table that lives elsewhere or has rules instead of keys: mysql, pcre, ldap, ... */
  | { readonly kind: 'opaque'; readonly type: string; readonly text: string }
  /** `/path`: a file with one pattern a line. */
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  /** A name that stands in main.cf itself. */
  | { readonly kind: 'name'; readonly name: string; readonly text: string }

const SOURCE_TYPES: ReadonlySet<string> = new Set(['hash', 'btree', 'lmdb', 'dbm', 'cdb', 'sdbm', 'texthash'])

/** Entries are separated by commas and blanks; those of `inline:{...}` and the like keep theirs. */
export function lookupList(value: string): readonly LookupEntry[] {
  return (value.match(/(?:\{[^{}]*\}|[^\s,{}])+/g) ?? []).map(lookupEntry)
}

function lookupEntry(text: string): LookupEntry {
  const match = /^(?:proxy:)?(?<type>[a-z][a-z\d_-]*):(?<path>.*)$/i.exec(text)
  const { type, path } = match?.groups ?? {}
  if (type !== undefined && path !== undefined)
    return SOURCE_TYPES.has(type) && path.startsWith('/')
      ? { kind: 'table', type, path, text }
      : { kind: 'opaque', type, text }
  if (text.startsWith('/')) return { kind: 'file', path: text, text }
  return { kind: 'name', name: text, text }
}
