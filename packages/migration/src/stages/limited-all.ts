import type { LimitFunction } from 'p-limit'

/**
 * Runs `work` for every item under a limit and resolves to the results in order. After the first rejection nothing new is
 * begun, and it rejects with that one once everything under way has ended: no work goes on behind the caller's back.
 */
export async function limitedAll<Item, Result>(
  limit: LimitFunction,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  let failure: { readonly error: unknown } | undefined
  const results: Result[] = []
  const settled = items.map((item, index) =>
    limit(async () => {
      if (failure !== undefined) return
      try {
        results[index] = await work(item)
      } catch (error) {
        failure ??= { error }
      }
    }),
  )
  await Promise.all(settled)
  if (failure !== undefined) throw failure.error
  return results
}
