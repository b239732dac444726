import { differences } from '../compare.ts'
import { MailcowError } from '../errors.ts'
import type { CallOptions } from '../options.ts'
import { notAsIntended } from '../read-back.ts'

/** One field that was, or would be, changed. `from` is undefined where the object did not exist. */
export interface Change {
  readonly field: string
  readonly from: unknown
  readonly to: unknown
}

/** What an `ensure…` function found and did. */
export interface Ensured<T> {
  readonly outcome: 'created' | 'changed' | 'unchanged'
  readonly changes: readonly Change[]
  /** As read back afterwards; undefined only in a dry run that would create it. */
  readonly object: T | undefined
}

export interface EnsureOptions extends CallOptions {
  /** Read and compare only; tell what would change. Default false. */
  readonly dryRun?: boolean | undefined
}

/** How to bring one object into a wanted state. */
export interface Ensurance<T extends object> {
  /** For messages. */
  readonly route: string
  readonly name: string
  readonly read: () => Promise<T | undefined>
  /** The fields that must hold, named as in T. */
  readonly wanted: object
  /** Fields of `wanted` whose equality is not plain, e.g. "contains". True when nothing has to be done. */
  readonly fits?: Readonly<Record<string, (found: T) => boolean>>
  readonly create: () => Promise<unknown>
  /** Writes these fields of `wanted` and no others. */
  readonly change: (fields: ReadonlySet<string>, found: T) => Promise<unknown>
  /** Part of a creation cannot be read back (a password): then an uncertain outcome stays an error. */
  readonly hasSecret?: boolean
}

/**
 * Reads, writes only the difference, reads back. Repeatable: a second call changes nothing. Rejects with
 * `not_as_intended` when mailcow reports success and the object is otherwise.
 */
export async function ensure<T extends object>(
  ensurance: Ensurance<T>,
  options: EnsureOptions,
): Promise<Ensured<T>> {
  const found = await ensurance.read()
  if (found === undefined) return create(ensurance, options)
  const fields = wrongFields(ensurance, found)
  if (fields.length === 0) return { outcome: 'unchanged', changes: [], object: found }
  const changes = changesOf(ensurance, fields, found)
  if (options.dryRun === true) return { outcome: 'changed', changes, object: found }
  await attempt(ensurance, () => ensurance.change(new Set(fields), found), true)
  return { outcome: 'changed', changes, object: await readBack(ensurance) }
}

async function create<T extends object>(
  ensurance: Ensurance<T>,
  options: EnsureOptions,
): Promise<Ensured<T>> {
  const fields = Object.entries(ensurance.wanted)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field)
  const changes = changesOf(ensurance, fields, undefined)
  if (options.dryRun === true) return { outcome: 'created', changes, object: undefined }
  try {
    await attempt(ensurance, ensurance.create, ensurance.hasSecret !== true)
  } catch (error) {
    // Somebody else may have made it in this moment: then it is theirs, and only differences are ours.
    if (!(error instanceof MailcowError) || error.code !== 'exists') throw error
    if ((await ensurance.read()) === undefined) throw error
    return ensure(ensurance, options)
  }
  return { outcome: 'created', changes, object: await readBack(ensurance) }
}

/** A write whose effect is unknown counts as done when reading back shows that it is. */
async function attempt<T extends object>(
  ensurance: Ensurance<T>,
  write: () => Promise<unknown>,
  isReadable: boolean,
): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isReadable || !(error instanceof MailcowError) || error.effect !== 'unknown') throw error
    const found = await ensurance.read()
    if (found === undefined || wrongFields(ensurance, found).length > 0) throw error
  }
}

async function readBack<T extends object>(ensurance: Ensurance<T>): Promise<T> {
  const { route, name } = ensurance
  const found = await ensurance.read()
  if (found === undefined) throw notAsIntended(route, name, ['existence'])
  const fields = wrongFields(ensurance, found)
  if (fields.length > 0) throw notAsIntended(route, name, fields)
  return found
}

function wrongFields<T extends object>({ wanted, fits = {} }: Ensurance<T>, found: T): string[] {
  return differences(wanted, found).filter((field) => fits[field]?.(found) !== true)
}

function changesOf<T extends object>(
  { wanted }: Ensurance<T>,
  fields: readonly string[],
  found: T | undefined,
): Change[] {
  const before = new Map(Object.entries(found ?? {}))
  const after = new Map(Object.entries(wanted))
  return fields.map((field) => ({ field, from: before.get(field), to: after.get(field) }))
}

/** The entries of an object whose names are in a set. */
export function only<T extends object>(object: T, fields: ReadonlySet<string>): Partial<T> {
  const entries = Object.entries(object).filter(([name, value]) => fields.has(name) && value !== undefined)
  // What was taken from a T is part of a T; entries() forgets that.
  return Object.assign<Partial<T>, object>({}, Object.fromEntries(entries))
}
