import type { Path } from './yaml-text.ts'

/** The part of JSON Schema that says which keys there are. */
export interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | boolean
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly const?: unknown
}

/** The keys that are known at a place of the configuration. */
export function knownKeys(shape: Shape, content: unknown, path: Path): readonly string[] {
  const found = path.reduce<{ shapes: readonly Shape[]; value: unknown }>(
    ({ shapes, value }, key) => {
      const next = shapes.flatMap((entry) => stepInto(entry, key))
      const inner = isRecord(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined
      return { shapes: alternatives(next, inner), value: inner }
    },
    { shapes: [shape], value: content },
  )
  return [...new Set(found.shapes.flatMap((entry) => Object.keys(entry.properties ?? {})))]
}

function stepInto(shape: Shape, key: string | number): readonly Shape[] {
  if (typeof key === 'number') return shape.items === undefined ? [] : [shape.items]
  const known = Object.hasOwn(shape.properties ?? {}, key) ? shape.properties?.[key] : undefined
  if (known !== undefined) return [known]
  return typeof shape.additionalProperties === 'object' ? [shape.additionalProperties] : []
}

/** Unions taken apart; of those with a `kind`, the one that the value names. */
function alternatives(shapes: readonly Shape[], value: unknown): readonly Shape[] {
  const all = shapes.flatMap((shape) => shape.anyOf ?? shape.oneOf ?? [shape])
  const kind = isRecord(value) ? value['kind'] : undefined
  const fitting = all.filter((shape) => shape.properties?.['kind']?.const === kind)
  return kind === undefined || fitting.length === 0 ? all : fitting
}

/**
 * A key without a value (`notify:`) counts as absent, and an entry without one (`example.at:` under `domains`) as empty: that is
 * what people mean who comment out what was below. An unknown key stays, so that it is still found to be unknown.
 */
export function withoutEmptyValues(value: unknown, shapes: readonly Shape[]): unknown {
  const shape = alternatives(shapes, value)
  if (Array.isArray(value))
    return value.map((entry: unknown) =>
      withoutEmptyValues(
        entry,
        shape.flatMap((part) => stepInto(part, 0)),
      ),
    )
  if (!isRecord(value)) return value
  const entries = Object.entries(value).flatMap(([key, entry]): [string, unknown][] => {
    const inner = shape.flatMap((part) => stepInto(part, key))
    if (entry !== null) return [[key, withoutEmptyValues(entry, inner)]]
    const isNamed = shape.some((part) => Object.hasOwn(part.properties ?? {}, key))
    if (isNamed) return []
    return [[key, inner.length > 0 ? {} : null]]
  })
  return Object.fromEntries(entries)
}

/** Whether {@link withoutEmptyValues} would find anything. */
export function hasEmptyValue(value: unknown): boolean {
  if (value === null) return true
  return (Array.isArray(value) || isRecord(value)) && Object.values(value).some(hasEmptyValue)
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
