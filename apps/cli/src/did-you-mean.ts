import { status, type Migration } from '@iteg/migration'
import { closest, distance } from 'fastest-levenshtein'

/** The original error is the cause; the message is the question to put before its remedy. */
export class DidYouMeanError extends Error {
  override readonly name = 'DidYouMeanError'
}

/** The name that was probably meant, if one is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > 253) return undefined
  const found = closest(name, known)
  return found !== name && distance(name, found) <= Math.max(2, Math.floor(name.length / 5))
    ? found
    : undefined
}

/** Wraps the error of a command about domains that nobody knows, when one that is known has a similar name. */
export async function askWhatWasMeant(
  migration: Migration,
  domains: readonly string[],
  error: unknown,
): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'usage' && code !== 'gate') return error
  const known = await knownDomains(migration)
  const meant = domains.filter((name) => !known.includes(name)).flatMap((name) => nearest(name, known) ?? [])
  return meant.length === 0
    ? error
    : new DidYouMeanError(`Did you mean ${meant.join(', ')}?`, { cause: error })
}

async function knownDomains(migration: Migration): Promise<readonly string[]> {
  try {
    return (await status(migration, [])).domains.map(({ domain }) => domain)
  } catch {
    // It only were to make an error friendlier.
    return []
  }
}
