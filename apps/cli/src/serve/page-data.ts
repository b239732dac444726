import { domainDetails, type DomainDetails, type Migration, status, type StatusReport } from '@iteg/migration'

/** What the pages show; all of it read from the ledger. */
export interface PageData {
  status(): Promise<StatusReport>
  /** `undefined`: nobody knows the domain. */
  domain(name: string): Promise<DomainDetails | undefined>
}

/** However many look at once: no more than a fifth of the time is spent on the same question. */
const SHARE = 4
const LEAST_AGE_MS = 500

export function pageData(migration: Migration, now: () => number = () => performance.now()): PageData {
  const statusOnce = keptFor(() => status(migration, []), now)
  return { status: statusOnce, domain: (name) => domainDetails(migration, name) }
}

/** Answers with what was just found, for a time that follows from how long it took to find. */
export function keptFor<Value>(find: () => Promise<Value>, now: () => number): () => Promise<Value> {
  let kept: { readonly value: Promise<Value>; until: number } | undefined
  return () => {
    if (kept !== undefined && now() < kept.until) return kept.value
    const startedAt = now()
    const entry = { value: find(), until: Number.POSITIVE_INFINITY }
    kept = entry
    void settle(entry, () => {
      const tookMs = now() - startedAt
      return now() + Math.max(LEAST_AGE_MS, tookMs * SHARE)
    })
    return entry.value
  }
}

/** What failed is not kept. */
async function settle(
  entry: { readonly value: Promise<unknown>; until: number },
  until: () => number,
): Promise<void> {
  try {
    await entry.value
    entry.until = until()
  } catch {
    entry.until = Number.NEGATIVE_INFINITY
  }
}
