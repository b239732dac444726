import { usageError } from './errors.ts'

/** mailcow takes numbers; the strings "true" and "yes" would mean 0. */
export function flagToWire(value: boolean): 0 | 1 {
  if (typeof value !== 'boolean') throw usageError('true or false was expected')
  return value ? 1 : 0
}

export function optionalFlag(value: boolean | undefined): 0 | 1 | undefined {
  return value === undefined ? undefined : flagToWire(value)
}

/** A number of things, checked before mailcow's intval makes 0 of it. */
export function count(value: number | undefined, name: string): number | undefined {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) {
    throw usageError(`${name} must be a whole number, not negative; it is ${value}`)
  }
  return value
}

/** Drops absent fields: mailcow keeps what is not sent, and changes what is sent empty. */
export function withoutAbsent(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** The name that a message is about. */
export function firstName(args: readonly (string | number | null)[]): string | undefined {
  const [name] = args
  return typeof name === 'string' && name !== '' ? name : undefined
}

/** At most this many tags are kept by mailcow; the rest would be dropped with a warning. */
const MAX_TAGS = 25

export function checkTags(tags: readonly string[] | undefined): readonly string[] | undefined {
  if (tags !== undefined && tags.length > MAX_TAGS) {
    throw usageError(`mailcow keeps at most ${MAX_TAGS} tags; there are ${tags.length}`)
  }
  return tags
}
