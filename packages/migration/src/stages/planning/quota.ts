export const MIB = 1024 * 1024

/** mailcow counts quotas in MiB, and 0 means unlimited there: rounded up, never 0. */
export function toWholeMiB(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / MIB)) * MIB
}

export interface QuotaRules {
  /** For mailboxes that had no limit on the old server. */
  readonly defaultBytes: number
  readonly headroomPercent: number
}

/**
 * The quota on mailcow, in bytes and whole MiB: the override as it is, else the old limit plus headroom,
 * else (unlimited, unknown, or zero at the source) the default.
 */
export function newQuotaBytes(
  oldQuotaBytes: number | null | undefined,
  overrideBytes: number | undefined,
  rules: QuotaRules,
): number {
  if (overrideBytes !== undefined) return toWholeMiB(overrideBytes)
  if (oldQuotaBytes === null || oldQuotaBytes === undefined || oldQuotaBytes <= 0)
    return toWholeMiB(rules.defaultBytes)
  return toWholeMiB(oldQuotaBytes * (1 + rules.headroomPercent / 100))
}

/** mailcow mails the user at 80 per cent (`quota_warning`). */
const WARNING_SHARE = 0.8

/** How the mail fits: `over` cannot be copied, `tight` makes mailcow write warnings to the user. */
export function quotaFit(bytes: number, quotaBytes: number): 'fits' | 'tight' | 'over' {
  if (bytes > quotaBytes) return 'over'
  return bytes >= quotaBytes * WARNING_SHARE ? 'tight' : 'fits'
}
