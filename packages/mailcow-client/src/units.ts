import { usageError } from './errors.ts'

/** One mebibyte in bytes: mailcow writes quotas in MiB and reads them in bytes. */
export const MIB = 1_048_576

/**
 * Bytes to mailcow's MiB. `null` (unlimited) becomes 0. Anything that mailcow would quietly change is refused before
 * it is sent: 0 (it would mean unlimited), fractions of a MiB (it would round down), negatives (it would credit the
 * domain's pool), NaN and Infinity (it would mean 0).
 */
export function quotaToMib(bytes: number | null, name: string): number {
  if (bytes === null) return 0
  if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes % MIB !== 0) {
    throw usageError(
      `${name} must be a positive whole number of MiB in bytes (a multiple of ${MIB}), or null for unlimited; it is ${bytes}`,
      'Round up with roundUpToMib(bytes).',
    )
  }
  return bytes / MIB
}

/** As {@link quotaToMib}, for limits that mailcow does not allow to be unlimited. */
export function limitToMib(bytes: number, name: string): number {
  return quotaToMib(bytes, name)
}

/** mailcow's bytes to a quota: 0 is unlimited. */
export function quotaFromBytes(bytes: number): number | null {
  return bytes === 0 ? null : bytes
}

/** The smallest whole number of MiB, in bytes, that holds this many bytes; never 0. */
export function roundUpToMib(bytes: number): number {
  if (!Number.isFinite(bytes) || bytes < 0) throw usageError(`${bytes} is not a number of bytes`)
  return Math.max(1, Math.ceil(bytes / MIB)) * MIB
}
