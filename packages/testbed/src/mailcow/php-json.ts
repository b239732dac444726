import { isRecord, type JsonValue } from './php-values.ts'

export interface PhpJsonOptions {
  /** JSON_PRETTY_PRINT: what every GET uses. */
  readonly pretty?: boolean
  /** JSON_UNESCAPED_UNICODE: what every GET uses. */
  readonly unescapedUnicode?: boolean
}

/**
 * PHP's `json_encode()`. An empty object prints as `[]`, because PHP decoded it to an empty array; `/` is escaped; without
 * the flag, so is everything beyond ASCII.
 */
export function phpJson(value: JsonValue, options: PhpJsonOptions = {}): string {
  const encoded = JSON.stringify(
    listsForEmptyObjects(value),
    undefined,
    options.pretty === true ? 4 : undefined,
  )
  const escaped = encoded.replaceAll('/', '\\/')
  if (options.unescapedUnicode === true) return escaped
  return escaped.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function listsForEmptyObjects(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(listsForEmptyObjects)
  if (!isRecord(value)) return value
  const entries = Object.entries(value)
  if (entries.length === 0) return []
  return Object.fromEntries(entries.map(([key, inner]) => [key, listsForEmptyObjects(inner)]))
}

/** Undefined: no valid JSON. */
export function parseJson(body: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(body)
    return value
  } catch {
    return undefined
  }
}
