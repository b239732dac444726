import { isRecord, type JsonValue } from './php-values.ts'

/** One call as the double saw it; nothing secret is in it. */
export interface RecordedCall {
  readonly at: Date
  readonly method: string
  /** Behind `/api/v1/`, decoded once, as the web server passes it on: `add/mailbox`. */
  readonly path: string
  readonly remote: string
  /** Undefined until it is answered, and without a valid key. */
  access: 'rw' | 'ro' | undefined
  /** JSON bodies only; passwords, keys and tokens are `*`. */
  readonly body: JsonValue
  /** Absent when the connection was dropped without an answer. */
  status?: number
}

const SECRET = /pass|secret|token|privkey|private_key|^key$/i

export function redact(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(redact)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, SECRET.test(name) ? '*' : redact(inner)]),
  )
}
