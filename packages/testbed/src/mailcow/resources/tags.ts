import type { WriteCall } from '../calls.ts'
import { isEmpty, PhpCrash, same, text, type JsonValue } from '../php-values.ts'

const TAGGING_LIMIT = 25

/**
 * Adds tags; they are never replaced. mailcow compares the index from 0 with its limit, so 26 fit. A tag that is there
 * already violates a unique key: for domains nobody catches that, for mailboxes it is ignored.
 */
export function saveTags(
  call: WriteCall,
  row: { tags: string[] },
  tags: readonly JsonValue[],
  onDuplicate: 'crash' | 'ignore',
): void {
  for (const [index, value] of tags.entries()) {
    if (isEmpty(value)) continue
    if (index > TAGGING_LIMIT) {
      call.warning(['tag_limit_exceeded', `limit ${TAGGING_LIMIT}`])
      return
    }
    const tag = text(value)
    const exists = row.tags.some((other) => same(other, tag))
    if (exists && onDuplicate === 'crash') throw new PhpCrash('PDOException: Duplicate entry')
    if (!exists) row.tags.push(tag)
  }
}

/** SQL's `tag_name LIKE %tag%`, any of them. */
export function isTagged(
  row: { readonly tags: readonly string[] } | undefined,
  wanted: readonly string[],
): boolean {
  const tags = row?.tags ?? []
  return wanted.some((part) => tags.some((tag) => tag.toLowerCase().includes(part.toLowerCase())))
}
