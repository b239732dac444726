import { ManageSieveError } from './errors.ts'
import type { ManageSieveLogin } from './options.ts'
import { encodeString } from './strings.ts'
import type { Line } from './tokens.ts'

/** RFC 4616: authorization identity, NUL, user, NUL, password; then base64. Throws `usage`. */
export function plainResponse({ user, password, authorizationId = '' }: ManageSieveLogin): Buffer {
  if (user === '') throw new ManageSieveError('usage', 'a login needs a user name')
  if ([user, password, authorizationId].some((part) => part.includes('\0')))
    throw new ManageSieveError('usage', 'user and password may hold no NUL')
  return encodeString(Buffer.from(`${authorizationId}\0${user}\0${password}`, 'utf8').toString('base64'))
}

/**
 * For servers that overlook the initial response and ask for it with an empty challenge: it is sent once more. Anything
 * else is no PLAIN, and is cancelled (RFC 5804 §2.1: `"*"`).
 */
export function plainDialogue(response: Buffer): (line: Line) => Buffer {
  let isAsked = false
  return ([challenge]) => {
    const isEmpty = challenge?.kind === 'string' && challenge.value.length === 0
    if (isEmpty && !isAsked) {
      isAsked = true
      return response
    }
    return Buffer.from('"*"')
  }
}
