import { createHash } from 'node:crypto'
import { encodeMailboxName } from '../wire/mailbox-name.ts'
import { canonicalNames } from './roles.ts'
import { inboxKey, type SourcePath } from './source-path.ts'
import type { FolderListing, FolderMapEntry, NameChange, Role } from './types.ts'

/**
 * Longest name in bytes, as the target's file system sees it: Maildir++ makes one file name of the whole path (255
 * bytes), and mailcow's Dovecot writes a dot or backslash in a name as three characters and begins with a dot of its own.
 */
const maxPathBytes = 250

export interface AssignedName {
  /** For people: decoded, with the target's separator. */
  readonly name: string
  readonly wire: string
  readonly changes: readonly NameChange[]
}

/** Hands out target names, each only once; children follow their parents. */
export class TargetNames {
  /** Names that had to step aside: target wire name to the name that was wanted. */
  readonly renamed = new Map<string, string>()
  readonly #target: FolderListing
  readonly #separator: string
  readonly #reservedTop: ReadonlySet<string>
  /** By source path. */
  readonly #assigned = new Map<string, AssignedName>()
  /** Target wire name to the source path that has it, or to the role. */
  readonly #taken = new Map<string, string>()
  readonly #roles = new Map<Role, string>()

  constructor(target: FolderListing) {
    this.#target = target
    this.#separator = target.personal.separator ?? '/'
    this.#reservedTop = new Set(
      target.others.map(
        ({ prefix, separator = '' }) => prefix.split(separator === '' ? prefix : separator)[0] ?? '',
      ),
    )
    this.#taken.set('INBOX', keyOf([]))
    for (const keys of [[], [inboxKey]])
      this.#assigned.set(keyOf(keys), { name: 'INBOX', wire: 'INBOX', changes: [] })
  }

  /** Takes over what an earlier map decided for a folder that is still there. */
  keep(path: SourcePath, entry: FolderMapEntry): void {
    this.#assigned.set(keyOf(path.keys), {
      name: entry.target,
      wire: entry.targetWire,
      changes: entry.changes ?? [],
    })
    this.#taken.set(entry.targetWire, keyOf(path.keys))
    this.reserve(entry)
  }

  /** Keeps a name of an earlier map from being given to another folder. */
  reserve(entry: FolderMapEntry): void {
    if (entry.role !== undefined && !this.#roles.has(entry.role)) this.#roles.set(entry.role, entry.target)
    if (!this.#taken.has(entry.targetWire))
      this.#taken.set(entry.targetWire, roleKey(entry.role) ?? `frozen ${entry.sourceWire}`)
  }

  /** The target's folder of the role, shared by all source folders of that role. */
  assignRole(path: SourcePath, role: Role): void {
    const name = this.#roles.get(role) ?? this.#findRole(role)
    this.#roles.set(role, name)
    const wire = this.#wire(name)
    this.#taken.set(wire, `${rolePrefix}${role}`)
    this.#assigned.set(keyOf(path.keys), { name, wire, changes: [] })
  }

  /** The name of a path. A container holds no mail, so it may share the name of a role's folder. */
  assign(path: SourcePath, { container = true }: { readonly container?: boolean } = {}): AssignedName {
    const key = keyOf(path.keys)
    const known = this.#assigned.get(key)
    if (known !== undefined) return known
    const depth = path.keys.length - 1
    // A parent that was not assigned before is not listed: nothing but a container.
    const parent = depth > 0 ? this.assign(prefixOf(path, depth)) : undefined
    const assigned = this.#place(
      parent,
      path.segments[depth] ?? '_',
      path.changes[depth] ?? [],
      key,
      container,
    )
    this.#assigned.set(key, assigned)
    if (!this.#taken.has(assigned.wire)) this.#taken.set(assigned.wire, key)
    return assigned
  }

  #place(
    parent: AssignedName | undefined,
    segment: string,
    own: readonly NameChange[],
    key: string,
    container: boolean,
  ): AssignedName {
    const changes = [...own]
    let wanted = segment
    if (parent === undefined && this.#reservedTop.has(segment)) {
      wanted = `${segment} (2)`
      changes.push('reserved')
    }
    const below = (last: string) =>
      parent === undefined ? this.#root(last) : `${parent.name}${this.#separator}${last}`
    const { name: fitted, long } = this.#fit(below, wanted, key)
    if (long) changes.push('tooLong')
    let name = fitted
    for (let number = 2; this.#isTaken(name, container); number += 1) {
      if (number === 2) changes.push('collision')
      name = this.#fit(below, `${wanted} (${number})`, `${key} ${number}`).name
    }
    const wire = this.#wire(name)
    if (name !== fitted) this.renamed.set(wire, fitted)
    return { name, wire, changes: [...(parent?.changes ?? []), ...changes] }
  }

  #isTaken(name: string, container: boolean): boolean {
    const owner = this.#taken.get(this.#wire(name))
    return owner !== undefined && !(container && owner.startsWith(rolePrefix))
  }

  /** Cuts a segment so that the whole name fits; a hash of the source path keeps it unique. Below too long parents: at the top. */
  #fit(
    below: (last: string) => string,
    segment: string,
    key: string,
  ): { readonly name: string; readonly long: boolean } {
    const whole = below(segment)
    if (this.#size(whole) <= maxPathBytes) return { name: whole, long: false }
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 8)
    for (const place of [below, (last: string) => this.#root(last)]) {
      const characters = Array.from(segment)
      while (characters.length > 0) {
        const name = place(`${characters.join('')}~${hash}`)
        if (this.#size(name) <= maxPathBytes) return { name, long: true }
        characters.pop()
      }
    }
    return { name: this.#root(hash), long: true }
  }

  /** Bytes of the file name that Maildir++ makes of it. */
  #size(name: string): number {
    const wire = this.#wire(name)
    return wire.length + 2 * (wire.match(/[.\\]/g)?.length ?? 0)
  }

  #findRole(role: Role): string {
    const canonical = this.#root(canonicalNames[role])
    const folders = this.#target.folders.filter((folder) => folder.role === role && folder.selectable)
    return folders.find((folder) => folder.name === canonical)?.name ?? folders[0]?.name ?? canonical
  }

  #root(segment: string): string {
    return `${this.#target.personal.prefix}${segment}`
  }

  #wire(name: string): string {
    const listed = this.#target.folders.find((folder) => folder.name === name)
    return listed?.wire ?? encodeMailboxName(name)
  }
}

function prefixOf(path: SourcePath, depth: number): SourcePath {
  return {
    segments: path.segments.slice(0, depth),
    changes: path.changes.slice(0, depth),
    keys: path.keys.slice(0, depth),
  }
}

/** Wire names hold no NUL (they could not be sent), so this joins without doubt. */
function keyOf(keys: readonly string[]): string {
  return [keys.length, ...keys].join('\0')
}

const rolePrefix = 'role '

function roleKey(role: Role | undefined): string | undefined {
  return role === undefined ? undefined : `${rolePrefix}${role}`
}
