import { caseCollisions, nameCollisions } from './collisions.ts'
import { isVirtual, roleOfName } from './roles.ts'
import { sourcePath, type SourcePath } from './source-path.ts'
import { TargetNames } from './target-names.ts'
import type {
  FolderListing,
  FolderMap,
  FolderMapEntry,
  LeftOutFolder,
  ListedFolder,
  NameChange,
  Role,
} from './types.ts'

export interface MapFoldersOptions {
  /** The map of an earlier survey: its entries stay as they are, new folders are added. */
  readonly frozen?: FolderMap
}

/** What a new, empty mailcow mailbox shows: for planning before the mailbox exists. */
export const mailcowTarget: FolderListing = {
  personal: { prefix: '', separator: '/' },
  others: [{ prefix: 'Shared/', separator: '/' }],
  folders: [],
  foreign: [],
}

interface Candidate {
  readonly folder: ListedFolder
  readonly path: SourcePath
  readonly role: Role | undefined
}

/**
 * Where each source folder goes. Pure and deterministic; every selectable folder gets a target of its own, except that
 * folders of one role share it. `target` defaults to an empty mailcow mailbox.
 */
export function mapFolders(
  source: FolderListing,
  target: FolderListing = mailcowTarget,
  { frozen }: MapFoldersOptions = {},
): FolderMap {
  const separator = target.personal.separator ?? '/'
  const wanted = source.folders.filter((folder) => !isVirtual(folder.attributes))
  const candidates = wanted.map((folder): Candidate => {
    const path = sourcePath(folder, source, separator)
    return { folder, path, role: roleOf(folder, path) }
  })
  const names = new TargetNames(target)
  const known = new Map((frozen?.entries ?? []).map((entry) => [entry.sourceWire, entry]))
  for (const { folder, path } of candidates) {
    const entry = known.get(folder.wire)
    if (entry !== undefined) names.keep(path, entry)
  }
  for (const entry of known.values()) names.reserve(entry)
  const added = inOrder(candidates.filter(({ folder }) => !known.has(folder.wire)))
  // Roles first: whatever else wants their names has to step aside.
  for (const { path, role } of added) if (role !== undefined) names.assignRole(path, role)
  const mapped = added.map((candidate) => toEntry(candidate, names))
  const entries = markMerged([...known.values(), ...mapped], new Set(mapped.map((entry) => entry.sourceWire)))
  return {
    entries,
    collisions: [...nameCollisions(entries, names.renamed), ...caseCollisions(entries)],
    leftOut: leftOut(source, frozen),
  }
}

/** By attribute at any depth; by name only at the top: `Kunden/Gesendet` is somebody's own folder. */
function roleOf(folder: ListedFolder, path: SourcePath): Role | undefined {
  if (folder.wire === 'INBOX' || !folder.selectable) return undefined
  const [top] = path.segments
  return folder.role ?? (path.segments.length === 1 && top !== undefined ? roleOfName(top) : undefined)
}

/** Parents before children, unchanged names before changed ones (which then step aside), then by name. */
function inOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  const rank = ({ path }: Candidate): readonly [number, number] => [
    path.segments.length,
    path.changes.some((changes) => changes.length > 0) ? 1 : 0,
  ]
  return candidates.toSorted((a, b) => {
    const [depthA, changedA] = rank(a)
    const [depthB, changedB] = rank(b)
    return depthA - depthB || changedA - changedB || (a.folder.wire < b.folder.wire ? -1 : 1)
  })
}

function toEntry({ folder, path, role }: Candidate, names: TargetNames): FolderMapEntry {
  const { name, wire, changes } = names.assign(path, { container: !folder.selectable })
  const all: readonly NameChange[] = [
    ...new Set([...(role === undefined ? [] : roleChange(folder, wire)), ...changes]),
  ]
  return {
    source: folder.name,
    sourceWire: folder.wire,
    target: name,
    targetWire: wire,
    selectable: folder.selectable,
    ...(role === undefined ? {} : { role }),
    ...(all.length === 0 ? {} : { changes: all }),
  }
}

function roleChange(folder: ListedFolder, targetWire: string): readonly NameChange[] {
  return folder.wire === targetWire ? [] : ['role']
}

/** Several selectable entries with one target are of one role: said in each that is new. */
function markMerged(
  entries: readonly FolderMapEntry[],
  added: ReadonlySet<string>,
): readonly FolderMapEntry[] {
  const counts = new Map<string, number>()
  for (const entry of entries)
    if (entry.selectable) counts.set(entry.targetWire, (counts.get(entry.targetWire) ?? 0) + 1)
  return entries.map((entry) => {
    const merged = entry.selectable && (counts.get(entry.targetWire) ?? 0) > 1
    if (!merged || !added.has(entry.sourceWire)) return entry
    return { ...entry, changes: [...(entry.changes ?? []), 'merged'] }
  })
}

function leftOut(source: FolderListing, frozen: FolderMap | undefined): readonly LeftOutFolder[] {
  const now = [
    ...source.foreign.map((folder) => ({ folder, reason: 'shared' as const })),
    ...source.folders
      .filter((folder) => isVirtual(folder.attributes))
      .map((folder) => ({ folder, reason: 'virtual' as const })),
  ].map(({ folder, reason }) => ({ source: folder.name, sourceWire: folder.wire, reason }))
  const kept = (frozen?.leftOut ?? []).filter((old) =>
    now.every((folder) => folder.sourceWire !== old.sourceWire),
  )
  return [...kept, ...now]
}
