import type { MapFolder } from './folder-name.ts'

/**
 * Makes the two options about folders from a list of old and new names, such as a copier's folder map has: names for
 * people, in Unicode, with prefix and the server's separator.
 *
 * ```ts
 * rewriteForMailcow(script, { ...folderNames([{ source: 'INBOX.Gesendet', target: 'Sent' }]) })
 * ```
 */
export function folderNames(entries: Iterable<{ readonly source: string; readonly target: string }>): {
  readonly mapFolder: MapFolder
  readonly knownTargets: ReadonlySet<string>
} {
  const targets = new Map<string, string>()
  for (const { source, target } of entries) {
    targets.set(source, target)
    const normalised = source.normalize('NFC')
    if (!targets.has(normalised)) targets.set(normalised, target)
  }
  return { mapFolder: (name) => targets.get(name), knownTargets: new Set(targets.values()) }
}
