import type { Amount } from './amount.ts'
import type { ChosenMailbox } from './chosen-mailboxes.ts'
import type { SurveyRecord } from './survey-record.ts'

/**
 * What the last survey knows of the mailboxes that are worked on, for an overall progress; nothing when it does not know
 * one of them: a bar that is full too early is worse than none.
 */
export function knownTotal(
  chosen: readonly ChosenMailbox[],
  survey: SurveyRecord | undefined,
): { readonly total?: Amount } {
  let messages = 0
  let bytes = 0
  for (const { address, obstacle } of chosen) {
    if (obstacle !== undefined) continue
    const size = survey?.mailboxes.get(address)?.size
    if (size === undefined) return {}
    messages += size.messages
    bytes += size.bytes
  }
  return { total: { messages, bytes } }
}
