import type { z } from 'zod'

type Shape = Readonly<Record<string, z.ZodType>>
type Output<S extends Shape> = { [K in keyof S]: z.output<S[K]> }

/** How one kind of object looks in mailcow's answers. */
export interface Reply<T> {
  /** For people, e.g. `domain`. */
  readonly name: string
  readonly required: Shape
  readonly expected: Shape
  readonly sometimes: Shape
  /** Never set; carries the type of the parsed object. */
  readonly type?: T
}

/** What an answer had that we do not know, or lacked that we do. */
export interface Drift {
  readonly unknown: readonly string[]
  readonly missing: readonly string[]
  /** Fields of a type that we do not understand; read as if they were missing. */
  readonly changed: readonly string[]
}

/**
 * Describes a reply. `required`: without these the object means nothing, so their absence is an error. `expected`:
 * always there as of today; missing ones are reported and read as undefined. `sometimes`: mailcow leaves them out.
 */
export function defineReply<R extends Shape, X extends Shape, S extends Shape>(
  name: string,
  fields: { required: R; expected: X; sometimes: S },
): Reply<Output<R> & Partial<Output<X>> & Partial<Output<S>>> {
  return { name, ...fields }
}

/** The fields that a reply knows. */
export function knownFields(reply: Reply<unknown>): string[] {
  return [...Object.keys(reply.required), ...Object.keys(reply.expected), ...Object.keys(reply.sometimes)]
}

export type ParsedReply<T> =
  | { readonly ok: true; readonly value: T; readonly drift: Drift }
  | { readonly ok: false; readonly problem: string }

/** Parses one object. Pure; unknown fields are dropped from the value and named in the drift. */
export function parseReply<T>(reply: Reply<T>, value: unknown): ParsedReply<T>
// The shapes carry the types of their fields; put together again they are T.
export function parseReply(reply: Reply<unknown>, value: unknown): ParsedReply<unknown> {
  if (!isRecord(value)) return { ok: false, problem: `${reply.name} is not an object` }
  const parsed: Record<string, unknown> = {}
  const missing: string[] = []
  const changed: string[] = []
  for (const [key, schema] of Object.entries(reply.required)) {
    const result = schema.safeParse(value[key])
    if (!result.success) return { ok: false, problem: `${reply.name}.${key} is missing or not understood` }
    parsed[key] = result.data
  }
  for (const [shape, isExpected] of [
    [reply.expected, true],
    [reply.sometimes, false],
  ] as const) {
    for (const [key, schema] of Object.entries(shape)) {
      if (!Object.hasOwn(value, key)) {
        if (isExpected) missing.push(key)
        continue
      }
      const result = schema.safeParse(value[key])
      if (result.success) parsed[key] = result.data
      else changed.push(key)
    }
  }
  const known = new Set(knownFields(reply))
  const unknown = Object.keys(value).filter((key) => !known.has(key))
  return { ok: true, value: parsed, drift: { unknown, missing, changed } }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asRecord(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? value : undefined
}
