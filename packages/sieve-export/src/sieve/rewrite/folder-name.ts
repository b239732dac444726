import { substitutions } from '../values/substitutions.ts'
import { decodeMutf7 } from '../values/mutf7.ts'

export type MapFolder = (name: string) => string | undefined

/** How the old server builds names of folders, e.g. `{ prefix: 'INBOX.', separator: '.' }`. */
export interface OldNamespace {
  readonly prefix: string
  readonly separator: string
}

export interface FolderNaming {
  readonly mapFolder: MapFolder
  readonly knownTargets: ReadonlySet<string>
  readonly oldNamespace: OldNamespace | undefined
  readonly separator: string
}

/**
 * - `map` as the map says · `mutf7` the map knows it, but decoded · `withoutPrefix` the map knows it, but with the prefix
 * - `parts` the map does not know it; built as the map would · `target` it is a name of the new server already
 * - `same` nothing to do · `unknown` nothing can be done
 */
export type FolderVerdict =
  | { readonly how: 'map' | 'mutf7' | 'withoutPrefix' | 'parts'; readonly target: string }
  | { readonly how: 'same' | 'target' | 'unknown' }

/** No server has folders with longer names, or with control characters in them. */
const maxName = 1000

/** Where a folder goes whose whole name stands in the script. */
export function mapName(name: string, naming: FolderNaming): FolderVerdict {
  if (name.toUpperCase() === 'INBOX' || name === '') return { how: 'same' }
  if (name.length > maxName || /\p{Cc}/u.test(name)) return { how: 'unknown' }
  const { oldNamespace: old, knownTargets } = naming
  const prefixed = old === undefined || hasPrefix(name, old)
  // Below a prefix no old name looks like a new one, so this one was rewritten before.
  if (!prefixed && knownTargets.has(name)) return { how: 'target' }
  const known = lookUp(name, naming)
  if (known !== undefined) return { how: 'map', target: known }
  if (knownTargets.has(name)) return { how: 'same' }
  const decoded = decodeMutf7(name)
  const decodedTarget = decoded === undefined ? undefined : lookUp(decoded, naming)
  if (decodedTarget !== undefined) return { how: 'mutf7', target: decodedTarget }
  if (old === undefined) return { how: 'unknown' }
  if (prefixed) return { how: 'parts', target: byParts(name.slice(old.prefix.length), naming, old) }
  const completed = lookUp(old.prefix + name, naming)
  // Otherwise a script that was rewritten before would be rewritten again.
  if (completed === undefined || !knownTargets.has(completed)) return { how: 'unknown' }
  return { how: 'withoutPrefix', target: completed }
}

/**
 * The new name of one with variables: what stands before the first variable is mapped by its complete parts, separators
 * behind it are replaced. Undefined when its beginning is not known.
 */
export function mapNameWithVariables(name: string, naming: FolderNaming): string | undefined {
  const { oldNamespace: old } = naming
  if (old === undefined || !hasPrefix(name, old) || name.length > maxName) return undefined
  const parts = substitutions(name.slice(old.prefix.length))
  const [first] = parts
  const head = first?.kind === 'text' ? first.text : ''
  const cut = head.lastIndexOf(old.separator)
  const parent = cut === -1 ? '' : byParts(head.slice(0, cut), naming, old) + naming.separator
  const rest = parts.map((part, index) => {
    if (part.kind === 'variable') return part.written
    return translate(index === 0 ? part.text.slice(cut + 1) : part.text, naming, old)
  })
  return parent + rest.join('')
}

function hasPrefix(name: string, { prefix }: OldNamespace): boolean {
  // RFC 3501 §5.1: INBOX in any case; the rest of a prefix has none in practice.
  return name.slice(0, prefix.length).toUpperCase() === prefix.toUpperCase()
}

function lookUp(name: string, { mapFolder, oldNamespace: old }: FolderNaming): string | undefined {
  const canonical =
    old !== undefined && hasPrefix(name, old) ? old.prefix + name.slice(old.prefix.length) : name
  return mapFolder(name) ?? mapFolder(canonical) ?? mapFolder(canonical.normalize('NFC'))
}

/** As a copier names a folder that it does not know yet: below the nearest parent that it knows. */
function byParts(path: string, naming: FolderNaming, old: OldNamespace): string {
  const segments = old.separator === '' ? [path] : path.split(old.separator)
  while (segments.length > 1 && segments.at(-1) === '') segments.pop()
  for (let count = segments.length; count > 0; count -= 1) {
    const parent = naming.mapFolder(old.prefix + segments.slice(0, count).join(old.separator))
    if (parent === undefined) continue
    return [parent, ...segments.slice(count).map((segment) => cleaned(segment, naming))].join(
      naming.separator,
    )
  }
  const [top = '', ...rest] = segments.map((segment) => cleaned(segment, naming))
  const free = top.toUpperCase() === 'INBOX' && old.prefix !== '' ? `${top} (2)` : top
  return [free, ...rest].join(naming.separator)
}

function translate(text: string, naming: FolderNaming, old: OldNamespace): string {
  if (old.separator === '') return cleaned(text, naming)
  return text
    .split(old.separator)
    .map((part) => (part === '' ? '' : cleaned(part, naming)))
    .join(naming.separator)
}

/** What the new server's separator cannot be part of. */
function cleaned(segment: string, { separator }: FolderNaming): string {
  const name = segment.normalize('NFC').replaceAll(separator, separator === '-' ? '_' : '-')
  return name === '' ? '_' : name
}
