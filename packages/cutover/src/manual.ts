import type { DnsPlan } from './plan-dns.ts'
import { formatSet } from './record.ts'

/** What somebody who keeps the zone himself has to do for one set. */
export interface ManualChange {
  readonly reason: string
  /** Lines of a zone file that go, as they stand there now. */
  readonly remove: readonly string[]
  /** Lines that take their place. */
  readonly add: readonly string[]
}

/** The plan as lines of a zone file, for whoever writes them by hand. A line that stays as it is is in neither list. */
export function manualChanges(plan: DnsPlan): readonly ManualChange[] {
  return plan.changes.map(({ before, after, reason }) => {
    const old = before === undefined ? [] : formatSet(before)
    const fresh = after === undefined ? [] : formatSet(after)
    return {
      reason,
      remove: old.filter((line) => !fresh.includes(line)),
      add: fresh.filter((line) => !old.includes(line)),
    }
  })
}
