import type { Parsed } from './parsed.ts'

/** A path with Dovecot's variables for a user: `%u` (address), `%n` (local part), `%d` (domain), `%%`. */
export function parsePathPattern(text: string): Parsed<string> {
  const pattern = text.trim()
  if (pattern === '' || pattern.includes('\0')) return { problem: 'this is no path' }
  const [unknown] = pattern.match(/%(?:(?![nud%]).|$)/u) ?? []
  return unknown === undefined
    ? { value: pattern }
    : { problem: `${unknown} is not known here`, suggestion: 'use %u, %n, %d, or %% for a percent sign' }
}

/** A pattern that gives every user a folder of his own. */
export function parseHomePattern(text: string): Parsed<string> {
  const parsed = parsePathPattern(text)
  if ('problem' in parsed) return parsed
  const variables = new Set(parsed.value.replaceAll('%%', '').match(/%[nud]/gu))
  if (!variables.has('%u') && !(variables.has('%n') && variables.has('%d')))
    return {
      problem: 'several users would have the same home',
      suggestion: 'write it with %d and %n (or %u), e.g. /var/vmail/%d/%n',
    }
  return parsed.value.startsWith('/')
    ? parsed
    : { problem: 'this must be an absolute path', suggestion: 'e.g. /var/vmail/%d/%n' }
}
