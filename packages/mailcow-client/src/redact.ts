const SECRET_NAME = /pass|pw|secret|token|key|hash|credential|auth(?!source|mech|md5)/i
/** Names that the pattern above hits and that hold no secret. */
const HARMLESS = new Set([
  'force_pw_update',
  'key_size',
  'passwd_update',
  'app_passwds',
  'imap_access',
  'pw_recovery_email',
  'keep_spam',
])
const HASH_VALUE = /^\{[A-Za-z0-9.-]+\}./

const PLACEHOLDER = '[redacted]'

/**
 * A copy without passwords, keys, tokens and hashes, for logs. Goes by field name, and by the look of a hash; long
 * texts are cut.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (depth > 8) return '[…]'
  if (typeof value === 'string') {
    if (HASH_VALUE.test(value)) return PLACEHOLDER
    return value.length > 300 ? `${value.slice(0, 300)}…` : value
  }
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(value)) {
    const isSecret = isSecretName(key) && isSecretLike(field)
    copy[key] = isSecret ? PLACEHOLDER : redact(field, depth + 1)
  }
  return copy
}

/** `"name":"value"` in a text, also with escaped quotes inside the value. */
const JSON_FIELD = /("((?:[^"\\]|\\.){1,60})"\s*:\s*)"((?:[^"\\]|\\.)*)"/g

/** A text with the values of secret JSON fields in it replaced. */
export function redactText(text: string): string {
  return text.replaceAll(JSON_FIELD, (whole: string, head: string, name: string, value: string) =>
    isSecretName(name) && value !== '' ? `${head}"${PLACEHOLDER}"` : whole,
  )
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !HARMLESS.has(name)
}

function isSecretLike(value: unknown): boolean {
  return value !== null && value !== '' && typeof value !== 'boolean'
}
