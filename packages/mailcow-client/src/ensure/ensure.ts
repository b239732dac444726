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
  /** As read back afterwards; undefined in a dry run that would create it, and where nothing was read back. */
  readonly object: T | undefined
  /** mailcow's number for what was created, where its answer tells one and nothing was read back. */
  readonly id?: number
}

/** A write that is about to be sent. Holds no secret. */
export interface IntendedWrite {
  readonly outcome: 'created' | 'changed' | 'deleted'
  readonly changes: readonly Change[]
}

/** `T` is what the function is about; options without `known` fit all of them. */
export interface EnsureOptions<T extends object = never> extends CallOptions {
  /** Read and compare only; tell what would change. Default false. */
  readonly dryRun?: boolean | undefined
  /**
   * What a list shows of the object, null where it has none. It is not read again: many objects cost one list, and a
   * dry run asks nothing. An object that came meanwhile rejects with `exists`; without `known` it is brought in line.
   */
  readonly known?: T | null | undefined
  /**
   * Read the object after a write and compare. Default true. With false, list all objects when all is written, and
   * call again with `known` and `dryRun`: whatever is not `unchanged` then is not as wanted. What becomes of a write
   * whose answer is lost is then the caller's question too (`effect: 'unknown'`).
   */
  readonly readBack?: boolean | undefined
  /** Awaited before each write, e.g. to put it on record; when it rejects, nothing is sent. */
  readonly beforeWrite?: ((write: IntendedWrite) => Promise<void> | void) | undefined
}

/** How to bring one object into a wanted state. */
export interface Ensurance<T extends object> {
  /** For messages. */
  readonly route: string
  readonly name: string
  readonly read: () => Promise<T | undefined>
  /** The fields that must hold, named as in T. */
  readonly wanted: object
  /** Fields that must hold right after the creation only, named as in T. */
  readonly atCreation?: () => object
  /** Fields of `wanted` whose equality is not plain, e.g. "contains". True when nothing has to be done. */
  readonly fits?: Readonly<Record<string, (found: T) => boolean>>
  /** Resolves to mailcow's number for it, where the answer tells one. */
  readonly create: () => Promise<number | void>
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
  options: EnsureOptions<T>,
): Promise<Ensured<T>> {
  const found = await knownOrRead(ensurance.read, options)
  if (found === undefined) return create(ensurance, options)
  const fields = wrongFields(ensurance, found)
  if (fields.length === 0) return { outcome: 'unchanged', changes: [], object: found }
  const changes = changesOf(ensurance, fields, found)
  if (options.dryRun === true) return { outcome: 'changed', changes, object: found }
  await options.beforeWrite?.({ outcome: 'changed', changes })
  await attempt(ensurance, () => ensurance.change(new Set(fields), found), options)
  return { outcome: 'changed', changes, object: await readBack(ensurance, options) }
}

/** What the caller knows of the object, or what mailcow says. */
export async function knownOrRead<T extends object>(
  read: () => Promise<T | undefined>,
  { known }: EnsureOptions<T>,
): Promise<T | undefined> {
  return known === undefined ? read() : (known ?? undefined)
}

async function create<T extends object>(
  ensurance: Ensurance<T>,
  options: EnsureOptions<T>,
): Promise<Ensured<T>> {
  const fields = Object.entries(ensurance.wanted)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field)
  const changes = changesOf(ensurance, fields, undefined)
  if (options.dryRun === true) return { outcome: 'created', changes, object: undefined }
  await options.beforeWrite?.({ outcome: 'created', changes })
  let id: number | void
  try {
    id = await attempt(ensurance, ensurance.create, options, ensurance.hasSecret !== true)
  } catch (error) {
    // Somebody else may have made it in this moment: then it is theirs, and only differences are ours.
    const isTaken = error instanceof MailcowError && error.code === 'exists'
    if (!isTaken || options.known !== undefined || (await ensurance.read()) === undefined) throw error
    return ensure(ensurance, options)
  }
  const wanted = { ...ensurance.wanted, ...ensurance.atCreation?.() }
  const object = await readBack({ ...ensurance, wanted }, options)
  const number = object === undefined && typeof id === 'number' ? { id } : {}
  return { outcome: 'created', changes, object, ...number }
}

/** A write whose effect is unknown counts as done when reading back shows that it is. */
async function attempt<T extends object, R>(
  ensurance: Ensurance<T>,
  write: () => Promise<R>,
  options: EnsureOptions<T>,
  isReadable = true,
): Promise<R | undefined> {
  try {
    return await write()
  } catch (error) {
    const isAsked = isReadable && options.readBack !== false
    if (!isAsked || !(error instanceof MailcowError) || error.effect !== 'unknown') throw error
    const found = await ensurance.read()
    if (found === undefined || wrongFields(ensurance, found).length > 0) throw error
    return undefined
  }
}

async function readBack<T extends object>(
  ensurance: Ensurance<T>,
  options: EnsureOptions<T>,
): Promise<T | undefined> {
  if (options.readBack === false) return undefined
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
