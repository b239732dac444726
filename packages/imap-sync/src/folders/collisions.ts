import type { FolderCollision, FolderMapEntry } from './types.ts'

/** Folders that could not have the name they should, with the one that has it. `renamed`: target wire name to the wanted name. */
export function nameCollisions(
  entries: readonly FolderMapEntry[],
  renamed: ReadonlyMap<string, string>,
): readonly FolderCollision[] {
  const groups = new Map<string, FolderMapEntry[]>()
  for (const entry of entries) {
    const wanted = renamed.get(entry.targetWire)
    if (wanted === undefined) continue
    const group = groups.get(wanted) ?? entries.filter((other) => other.target === wanted)
    groups.set(wanted, [...group, entry])
  }
  return [...groups].map(([wanted, group]) => ({ kind: 'name', wanted, entries: group.map(named) }))
}

/** Targets whose names differ only in case: two folders on the server, one and the same to some mail programs. */
export function caseCollisions(entries: readonly FolderMapEntry[]): readonly FolderCollision[] {
  const groups = new Map<string, Map<string, FolderMapEntry>>()
  for (const entry of entries) {
    const key = entry.target.toLowerCase()
    const group = groups.get(key) ?? new Map<string, FolderMapEntry>()
    if (!group.has(entry.targetWire)) group.set(entry.targetWire, entry)
    groups.set(key, group)
  }
  return [...groups.values()]
    .filter((group) => group.size > 1)
    .map((group) => {
      const different = [...group.values()]
      return { kind: 'case', wanted: different[0]?.target ?? '', entries: different.map(named) }
    })
}

function named({ source, target }: FolderMapEntry): { readonly source: string; readonly target: string } {
  return { source, target }
}
