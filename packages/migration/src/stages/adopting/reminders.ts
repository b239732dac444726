import type { LedgerNotice } from '../../ledger/notices.ts'

const DAY_MS = 86_400_000

export interface ReminderState {
  /** Those that were told, by mail or letter: 1 for the first. */
  readonly told: readonly number[]
  /** The one to send now. */
  readonly due?: number
  /** When the next one is due. */
  readonly nextAt?: Date
  /** All were told, and it was of no use. */
  readonly isSpent: boolean
}

/**
 * Which reminder is due: each once. After a pause of ours only the last that is due goes out, not all at once that were missed.
 * Pure.
 *
 * @param days after the hand-over, ascending
 */
export function reminderState(
  days: readonly number[],
  handedOverAt: Date,
  notices: readonly Pick<LedgerNotice, 'kind' | 'occasion' | 'outcome'>[],
  now: Date,
): ReminderState {
  const told = [
    ...new Set(
      notices.flatMap(({ kind, occasion, outcome }) => {
        const count = /^(\d+)(?: letter)?$/.exec(occasion)?.[1]
        return kind === 'reminder' && outcome === 'delivered' && count !== undefined ? [Number(count)] : []
      }),
    ),
  ].toSorted((one, other) => one - other)
  const last = told.at(-1) ?? 0
  const at = (index: number): Date => new Date(handedOverAt.getTime() + (days[index] ?? 0) * DAY_MS)
  const dueCount = days.filter((_, index) => at(index) <= now).length
  const due = dueCount > last ? dueCount : undefined
  const following = Math.max(dueCount, last)
  return {
    told,
    ...(due === undefined ? {} : { due }),
    ...(following < days.length ? { nextAt: at(following) } : {}),
    isSpent: last >= days.length,
  }
}
