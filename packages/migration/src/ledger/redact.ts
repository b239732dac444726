import { clip } from './json.ts'

/** In a name without its separators, wherever. */
const SECRET_PART =
  /password|passwd|passphrase|secret|token|credential|authori[sz]ation|cookie|(api|private|access)key/
/** As a word of a name, or as the whole name. */
const SECRET_WORD = /(^|[^a-z])(pass|pwd|pw)\d*([^a-z]|$)|^key$/
const REDACTED = '[redacted]'
const MAX_DEPTH = 12
const MAX_ITEMS = 1000

/** A copy of a JSON value that is safe to keep: no secrets under the usual names, none in addresses of servers, nothing endless. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return clip(withoutUserInfo(value))
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object') return null
  if (depth >= MAX_DEPTH) return '[too deep]'
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(([name, item]) => [name, isSecret(name, item) ? REDACTED : redact(item, depth + 1)]),
  )
}

/** `force_password_update: true` tells nothing; only texts and what may hold some are replaced. */
function isSecret(name: string, value: unknown): boolean {
  const isTelling = typeof value === 'string' || (typeof value === 'object' && value !== null)
  if (!isTelling) return false
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()
  return SECRET_WORD.test(words) || SECRET_PART.test(words.replaceAll(/[^a-z\d]/g, ''))
}

/** `mysql://user:password@host` without its user and password. */
export function withoutUserInfo(text: string): string {
  return text.replaceAll(/:\/\/[^/\s@]{1,1000}@/g, `://${REDACTED}@`)
}
