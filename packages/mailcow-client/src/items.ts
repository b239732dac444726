import { type ItemResult, MailcowError, usageError } from './errors.ts'
import type { BulkOptions } from './options.ts'

/** Whether a call is about one item or a list, and the list. mailcow does nothing, with success, for an empty one. */
export function itemList<T extends string | number>(items: T | readonly T[]): readonly T[] {
  const list = typeof items === 'object' ? items : [items]
  if (list.length === 0) throw usageError('no items were given')
  return list
}

/**
 * The answer of a call that takes one item or several: for one nothing, or its error; for several their results, or
 * an error with code `bulk` when one failed and `settle` is not set.
 */
export function answerItems(
  items: unknown,
  results: readonly ItemResult[],
  options: BulkOptions,
): undefined | readonly ItemResult[] {
  const failed = results.filter((result) => !result.ok)
  if (!Array.isArray(items)) {
    if (failed[0]) throw failed[0].error
    return undefined
  }
  if (failed.length === 0 || options.settle === true) return results
  const [example] = failed
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''
  throw new MailcowError(
    'bulk',
    `${failed.length} of ${results.length} items failed: ${example?.item ?? ''}: ${example?.error.message ?? ''}${others}`,
    {
      results,
      messages: failed.flatMap((result) => result.error.messages),
      effect: failed.some((result) => result.error.effect === 'unknown') ? 'unknown' : 'partial',
      route: example?.error.route,
      hint: example?.error.hint,
    },
  )
}
