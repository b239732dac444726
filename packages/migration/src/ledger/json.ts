import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { z } from 'zod'
import { LedgerError } from './errors.ts'

/** The largest JSON document (as text) that the ledger takes: a domain's report with a line for every message. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

/** A JSON document as it is stored: compressed, with the digest of its text. */
export interface PackedDocument {
  readonly body: Uint8Array
  /** SHA-256 of the text, hex. */
  readonly digest: string
}

/** Subjects of messages are their owners' matter: a report for the terminal may have them, what is kept does not. */
export function packDocument(value: unknown): PackedDocument {
  const text = JSON.stringify(value, withoutSubjects)
  if (text === undefined) throw new LedgerError('invalid_record', 'a report must be a JSON value')
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length > MAX_DOCUMENT_BYTES)
    throw new LedgerError('invalid_record', `a report of ${bytes.length} bytes is too large for the ledger`)
  return { body: gzipSync(bytes, { level: 6 }), digest: createHash('sha256').update(bytes).digest('hex') }
}

function withoutSubjects(name: string, value: unknown): unknown {
  return name === 'subject' ? undefined : value
}

/** The value, or a reason why the stored bytes are not what was packed. */
export function unpackDocument(packed: PackedDocument, what: string): unknown {
  let bytes: Buffer
  try {
    bytes = gunzipSync(packed.body, { maxOutputLength: MAX_DOCUMENT_BYTES })
  } catch (cause) {
    throw new LedgerError('ledger_damaged', `${what} in the ledger can't be unpacked`, { cause })
  }
  if (createHash('sha256').update(bytes).digest('hex') !== packed.digest)
    throw new LedgerError(
      'ledger_damaged',
      `${what} in the ledger is not what was recorded: its digest differs`,
    )
  const value: unknown = JSON.parse(bytes.toString('utf8'))
  return value
}

/** A small JSON column, checked: what does not fit was not written by this program. */
export function parseJson<T>(schema: z.ZodType<T>, text: string, what: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new LedgerError('ledger_damaged', `${what} in the ledger is not JSON`, { cause })
  }
  // Making code for a schema takes longer than a small value is worth.
  const result = schema.safeParse(value, { jitless: true })
  if (!result.success)
    throw new LedgerError('ledger_damaged', `${what} in the ledger has an unknown shape`, {
      cause: result.error,
    })
  return result.data
}

/** Bounds text that somebody else's server may have made long. */
export function clip(text: string, maxLength = 4096): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`
}
