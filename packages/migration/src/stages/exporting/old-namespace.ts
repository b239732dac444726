import type { FolderMap } from '@iteg/imap-sync'

/** How the old server builds names of folders. */
export interface OldNamespace {
  readonly prefix: string
  readonly separator: string
}

/**
 * What the folder maps of a server's mailboxes tell of its namespace: an `INBOX.` that every name begins with, or the
 * character that stands where a new name has `/`. `undefined` when they tell nothing: then scripts that name folders
 * which do not exist stay as they are. Pure.
 */
export function oldNamespaceOf(maps: readonly FolderMap[]): OldNamespace | undefined {
  const entries = maps
    .flatMap(({ entries: own }) => own)
    .filter(({ source }) => source.toUpperCase() !== 'INBOX')
  if (entries.length === 0) return undefined
  const prefixes = new Set(
    entries.map(({ source }) => /^INBOX[^\p{L}\p{N}\s]/iu.exec(source)?.[0].toUpperCase()),
  )
  const [prefix] = prefixes
  if (prefixes.size === 1 && prefix !== undefined)
    return { prefix: `INBOX${prefix.slice(5)}`, separator: prefix.slice(5) }
  const separator = separatorOf(
    entries.map(({ source, target }) => ({ source, depth: target.split('/').length })),
  )
  return separator === undefined ? undefined : { prefix: '', separator }
}

/** The one character that cuts every old name into as many parts as the new one has. */
function separatorOf(
  names: readonly { readonly source: string; readonly depth: number }[],
): string | undefined {
  const nested = names.filter(({ depth }) => depth > 1)
  const candidates = ['.', '/', '\\', '|', '^', ':']
  const fitting = candidates.filter(
    (candidate) =>
      nested.length > 0 && nested.every(({ source, depth }) => source.split(candidate).length === depth),
  )
  return fitting.length === 1 ? fitting[0] : undefined
}
