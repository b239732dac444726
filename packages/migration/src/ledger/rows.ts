import type { LedgerTransaction } from './schema.ts'

/** Leaves out what is null in a row: in our types such a key is absent. */
export function present<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { [Key in Name]?: Value } {
  const result: { [Key in Name]?: Value } = {}
  if (value !== null && value !== undefined) result[name] = value
  return result
}

export function presentDate<Name extends string>(
  name: Name,
  value: string | null | undefined,
): { [Key in Name]?: Date } {
  return present(name, value === null || value === undefined ? undefined : new Date(value))
}

/** Rows of other tables refer to their domain. */
export async function ensureDomain(trx: LedgerTransaction, domain: string, now: string): Promise<void> {
  await trx
    .insertInto('domains')
    .values({ domain, first_seen_at: now, additive_since: null, additive_reason: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
