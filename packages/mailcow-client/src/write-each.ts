import type { Api } from './api.ts'
import type { ItemResult } from './errors.ts'
import { answerItems, itemList } from './items.ts'
import type { MailcowMessage } from './messages.ts'
import type { BulkOptions } from './options.ts'
import { firstName } from './request.ts'
import type { Route } from './routes.ts'

/** How to write to each of several items in one call. */
export interface EachWrite<T> {
  readonly route: Route
  readonly done: readonly string[]
  readonly soft?: readonly string[]
  /** Set where the concluding messages name the item; then they are compared with it. */
  readonly names?: (message: MailcowMessage) => string | undefined
  /** Checks an item and gives it the form in which mailcow stores it. */
  readonly normalise: (item: T) => T
  /** With it `{items, attr}` is sent, without it the bare list, as mailcow wants it for deletions. */
  readonly attr?: Readonly<Record<string, unknown>>
  /** The domain that an item belongs to, where writes must not overtake each other. */
  readonly domain?: (item: T) => string | undefined
  readonly segments?: readonly string[]
}

/**
 * Writes to one item or to several and answers accordingly, see {@link answerItems}. With `readBack`, `verify` names
 * for each item what is not as it was wanted.
 */
export async function writeEach<T extends string | number>(
  api: Api,
  argument: T | readonly T[],
  write: EachWrite<T>,
  options: BulkOptions,
  verify?: (item: T) => Promise<readonly string[]>,
): Promise<undefined | readonly ItemResult[]> {
  const { normalise, attr, domain, ...rest } = write
  const items = itemList(argument).map(normalise)
  const domains = domain === undefined ? [] : items.map(domain).filter((name) => name !== undefined)
  const body = attr === undefined ? items : { items, attr }
  const results = await api.writeItems(
    { ...rest, domains, body },
    items.map(String),
    options,
    async (_, index) => {
      const item = items[index]
      return item === undefined || verify === undefined ? [] : verify(item)
    },
  )
  return answerItems(argument, results, options)
}

/** The first argument of a message, as the name of an item. */
export function byName(message: MailcowMessage): string | undefined {
  return firstName(message.args)
}

/** The first argument of a message, as the id of an item. */
export function byId(message: MailcowMessage): string | undefined {
  const [id] = message.args
  return id === undefined || id === null || id === '' ? undefined : String(id)
}

/** For `verify` after a deletion: the item must not be found any more. */
export async function gone(find: Promise<object | undefined>): Promise<readonly string[]> {
  return (await find) === undefined ? [] : ['existence']
}

/** How items are found again, see {@link finder}. */
export interface Finding<K, T> {
  readonly one: (key: K) => Promise<T | undefined>
  readonly all: () => Promise<readonly T[]>
  readonly is: (found: T, key: K) => boolean
}

/** Finds items again: one by itself, several in one list that is read when it is first needed. */
export function finder<K extends string | number, T>(
  keys: K | readonly K[],
  { one, all, is }: Finding<K, T>,
): (key: K) => Promise<T | undefined> {
  if (typeof keys !== 'object' || keys.length === 1) return one
  let list: Promise<readonly T[]> | undefined
  return async (key) => {
    list ??= all()
    return (await list).find((candidate) => is(candidate, key))
  }
}

export function hasId(found: { readonly id: number }, id: number): boolean {
  return found.id === id
}
