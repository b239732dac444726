import { MailcowError, usageError } from './errors.ts'

/**
 * Encodes one part of an API path. mailcow decodes paths twice (nginx, then its own `?query=`), so everything but
 * harmless characters is encoded twice. A slash cannot be carried at all: mailcow splits the path after decoding.
 */
export function encodeSegment(value: string): string {
  if (value === '') throw usageError('an empty name cannot be part of a mailcow URL')
  if (value.includes('/')) {
    throw new MailcowError(
      'not_addressable',
      `${JSON.stringify(clip(value))} holds a slash: mailcow's API cannot address it`,
      { hint: 'Read it through the list, and change or delete it in the web interface.' },
    )
  }
  // A segment of dots alone would be resolved away as a relative path.
  if (value === '.' || value === '..') return value.replaceAll('.', '%252E')
  try {
    // mailcow was seen to understand these two as they are.
    return encodeURIComponent(encodeURIComponent(value)).replaceAll('%2540', '@').replaceAll('%252C', ',')
  } catch {
    throw usageError('a name holds a lone surrogate and cannot be part of a URL')
  }
}

/** The path of a call below `/api/v1`, e.g. `/get/mailbox/anna@example.at`. */
export function apiPath(
  route: string,
  segments: readonly string[],
  query?: Readonly<Record<string, string>>,
): string {
  const path = ['', route, ...segments.map(encodeSegment)].join('/')
  // The query string takes no detour through nginx's rewrite: encoded once.
  return query === undefined ? path : `${path}?${new URLSearchParams(query).toString()}`
}

/** Cuts a text for a message. */
export function clip(value: string, length = 100): string {
  return value.length <= length ? value : `${value.slice(0, length)}…`
}
