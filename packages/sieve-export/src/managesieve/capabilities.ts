/** What a server says of itself (RFC 5804 §1.7). */
export interface ManageSieveCapabilities {
  readonly implementation: string
  /** Sieve extensions, lower case, e.g. `fileinto`. */
  readonly extensions: ReadonlySet<string>
  /** SASL mechanisms, upper case. */
  readonly mechanisms: ReadonlySet<string>
  readonly startTls: boolean
  /** URI schemes of `notify`, lower case. */
  readonly notifyMethods: ReadonlySet<string>
  readonly maxRedirects?: number
  readonly version?: string
  readonly language?: string
  /** Whose scripts these are, once logged in, where the server tells. */
  readonly owner?: string
  /** All lines by name, upper case; what has no value is an empty string. */
  readonly all: ReadonlyMap<string, string>
}

/** Makes sense of capability lines: names with or without a value. Pure. */
export function readCapabilities(
  lines: readonly { readonly name: string; readonly value?: string | undefined }[],
): ManageSieveCapabilities {
  const all = new Map<string, string>()
  for (const { name, value } of lines) {
    const key = name.toUpperCase()
    // RFC 5804 §1.7: none appears twice. Should one do so, the first holds.
    if (!all.has(key)) all.set(key, value ?? '')
  }
  const words = (name: string): readonly string[] =>
    (all.get(name) ?? '').split(' ').filter((word) => word !== '')
  const present = (name: string): boolean => (all.get(name) ?? '') !== ''
  const maxRedirects = all.get('MAXREDIRECTS')
  return {
    implementation: all.get('IMPLEMENTATION') ?? '',
    extensions: new Set(words('SIEVE').map((word) => word.toLowerCase())),
    mechanisms: new Set(words('SASL').map((word) => word.toUpperCase())),
    startTls: all.has('STARTTLS'),
    notifyMethods: new Set(words('NOTIFY').map((word) => word.toLowerCase())),
    ...(maxRedirects !== undefined && /^\d{1,9}$/.test(maxRedirects)
      ? { maxRedirects: Number(maxRedirects) }
      : {}),
    ...(present('VERSION') ? { version: all.get('VERSION') ?? '' } : {}),
    ...(present('LANGUAGE') ? { language: all.get('LANGUAGE') ?? '' } : {}),
    ...(present('OWNER') ? { owner: all.get('OWNER') ?? '' } : {}),
    all,
  }
}
