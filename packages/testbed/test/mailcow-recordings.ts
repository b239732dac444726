import { readdirSync, readFileSync } from 'node:fs'
import type { RawAnswer, RawRequest } from './mailcow-http.ts'

const FOLDER = new URL('../data/mailcow-recordings/', import.meta.url)

export interface Recording {
  /** `057-add-domain-ok`. */
  readonly file: string
  readonly name: string
  readonly given: string
  readonly request: RawRequest
  readonly response: { readonly status: number; readonly contentType: string; readonly body: unknown }
  /** JSON pointers into the recording: what is different each time. */
  readonly volatile: readonly string[]
}

export function readRecordings(): Recording[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{3}-.*\.json$/.test(name))
    .toSorted()
    .map((name) => {
      const recorded: Omit<Recording, 'file'> = JSON.parse(readData(name))
      return { ...recorded, file: name.replace('.json', '') }
    })
}

export function readData(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8')
}

/** What is compared: the answer without what is different each time. */
export function comparable(
  answer: Pick<RawAnswer, 'status' | 'contentType' | 'body'>,
  without: readonly string[],
): { status: number; contentType: string | undefined; body: unknown } {
  const body = structuredClone(answer.body)
  for (const pointer of without) {
    if (pointer.startsWith('/response/body')) remove(body, pointer.slice('/response/body'.length))
  }
  return { status: answer.status, contentType: answer.contentType, body }
}

/** RFC 6901. What is not there is no error: it may be what differs. */
function remove(value: unknown, pointer: string): void {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = keys.pop()
  const owner = keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)
  if (last !== undefined && isObject(owner)) delete owner[last]
}

export function at(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
