import type { CheckedSetup } from '../mail-setup.ts'
import type { DnsProblem } from '../problems.ts'
import { findSet, type ZoneRecords } from '../read-records.ts'
import type { RecordData, RecordType } from '../record.ts'
import type { SetChange } from '../wire/update.ts'

/** A set as it is and as it shall be; both may be equal. */
export interface Wanted extends SetChange {
  readonly reason: string
}

export interface Ruling {
  readonly sets: readonly Wanted[]
  readonly problems?: readonly DnsProblem[]
}

/** What one concern wants of the DNS. Pure. */
export type Rule = (setup: CheckedSetup, records: ZoneRecords) => Ruling

/** A set with these records; its TTL stays as it is, or is the moving one where it is new. */
export function want(
  { ttl }: CheckedSetup,
  { sets }: ZoneRecords,
  target: { readonly name: string; readonly type: RecordType },
  records: readonly RecordData[],
  reason: string,
): Wanted {
  const before = findSet(sets, target.name, target.type)
  const after = { ...target, ttl: before?.ttl ?? ttl.moving, records }
  return { ...target, before, after: records.length === 0 ? undefined : after, reason }
}
