import type { Ledger } from '../ledger/ledger.ts'
import type { Stage } from '../ledger/stages.ts'

/** The order in which a domain goes through its stages; `verify` stands beside them. */
export const STAGE_ORDER: readonly Stage[] = [
  'survey',
  'warn',
  'provision',
  'copy',
  'export',
  'cutover',
  'announce',
  'catchup',
  'adopt',
  'retire',
]

/** The furthest stage that ended `done`; `rollback` while nothing was done for the domain since one; `new` before the first. */
export async function lastFinished(ledger: Ledger, domain: string): Promise<Stage | 'new'> {
  const back = (await ledger.stages.latestDone(domain, 'rollback'))?.id ?? 0
  let last: Stage | 'new' = back === 0 ? 'new' : 'rollback'
  for (const stage of STAGE_ORDER) {
    const done = (await ledger.stages.latestDone(domain, stage))?.id ?? 0
    // A survey only looks: it does not bring a domain on that was taken back.
    if (done > back && (back === 0 || stage !== 'survey')) last = stage
  }
  return last
}
