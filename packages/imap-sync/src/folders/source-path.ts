import { decodeMailboxName } from '../wire/mailbox-name.ts'
import type { FolderListing, ListedFolder, NameChange } from './types.ts'

/** Stands for INBOX as a parent, where its children are not at the root. No listed name can be this. */
export const inboxKey = '\0INBOX'

/** A source folder's place in its hierarchy, below the personal namespace. */
export interface SourcePath {
  /** Decoded and cleaned for the target, top first; empty for INBOX itself. */
  readonly segments: readonly string[]
  /** One for each segment: what had to be changed about it. */
  readonly changes: readonly (readonly NameChange[])[]
  /** The segments as they are at the source: what makes this path different from every other. */
  readonly keys: readonly string[]
}

/** Cuts a source folder's name into segments that the target can hold. */
export function sourcePath(folder: ListedFolder, source: FolderListing, targetSeparator: string): SourcePath {
  if (folder.wire === 'INBOX') return { segments: [], changes: [], keys: [] }
  const keys = splitName(folder, source)
  const cleaned = keys.map((key, depth) =>
    key === inboxKey ? { name: 'INBOX', changes: [] } : cleanSegment(key, targetSeparator, depth === 0),
  )
  return {
    segments: cleaned.map((segment) => segment.name),
    changes: cleaned.map((segment) => segment.changes),
    keys,
  }
}

function hasPrefix(folder: ListedFolder, source: FolderListing): boolean {
  const { prefix } = source.personal
  return prefix !== '' && folder.wire.toUpperCase().startsWith(prefix.toUpperCase())
}

function splitName(folder: ListedFolder, source: FolderListing): string[] {
  const separator = folder.separator ?? source.personal.separator
  const rest = hasPrefix(folder, source) ? folder.wire.slice(source.personal.prefix.length) : folder.wire
  const keys = separator === undefined || separator === '' ? [rest] : rest.split(separator)
  // `a/` and `a` are one mailbox (RFC 3501 §6.3.3); an empty segment elsewhere is a name of its own.
  while (keys.length > 1 && keys.at(-1) === '') keys.pop()
  // RFC 3501 §5.1: INBOX in any case is INBOX, also as a parent. Below a prefix it is a folder that has this name.
  const [top = ''] = keys
  return top.toUpperCase() === 'INBOX' && !hasPrefix(folder, source) ? [inboxKey, ...keys.slice(1)] : keys
}

function cleanSegment(
  key: string,
  targetSeparator: string,
  isTop: boolean,
): { readonly name: string; readonly changes: readonly NameChange[] } {
  const changes: NameChange[] = []
  const decoded = decodeMailboxName(key)
  let name = decoded ?? Buffer.from(key, 'latin1').toString('utf8').replaceAll('\uFFFD', '_')
  if (decoded === undefined) changes.push('undecodable')
  const step = (change: NameChange, next: string): void => {
    if (next === name) return
    changes.push(change)
    name = next
  }
  step('normalized', name.normalize('NFC'))
  step('control', name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '_'))
  step('separator', name.replaceAll(targetSeparator, targetSeparator === '-' ? '_' : '-'))
  step('empty', name === '' ? '_' : name)
  if (isTop && name.toUpperCase() === 'INBOX') step('reserved', `${name} (2)`)
  return { name, changes }
}
