import { differences } from './compare.ts'
import { MailcowError } from './errors.ts'
import type { Route } from './routes.ts'

/** Reads an item back and names the fields that are not as wanted. */
export type Verify = (item: string, index: number) => Promise<readonly string[]>

/** The error of an item that reads back otherwise, if it does. */
export async function readBack(
  route: Route,
  item: string,
  index: number,
  verify: Verify | undefined,
): Promise<MailcowError | undefined> {
  const fields = (await verify?.(item, index)) ?? []
  return fields.length === 0 ? undefined : notAsIntended(route, item, fields)
}

/** Reads one object back and rejects with `not_as_intended` where it differs from what was wanted. */
export async function readBackOne(
  route: Route,
  item: string,
  wanted: object,
  read: () => Promise<object | undefined>,
): Promise<void> {
  const found = differences(wanted, await read())
  if (found.length > 0) throw notAsIntended(route, item, found)
}

/** mailcow said it was done, and reading back says it was not. */
export function notAsIntended(route: string, item: string, fields: readonly string[]): MailcowError {
  return new MailcowError(
    'not_as_intended',
    `${route}: mailcow reports success for ${item}, but reading it back shows another ${fields.join(', ')}`,
    { route, effect: 'unknown' },
  )
}
