import type { Ledger } from '../ledger/ledger.ts'
import type { Stage } from '../ledger/stages.ts'

/** The order in which a domain goes through its stages; `verify` stands beside them. */
const STAGE_ORDER: readonly Stage[] = [
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

/** The furthest stage that ended `done`; `new` before the first. */
export async function lastFinished(ledger: Ledger, domain: string): Promise<Stage | 'new'> {
  let last: Stage | 'new' = 'new'
  for (const stage of STAGE_ORDER)
    if ((await ledger.stages.latestDone(domain, stage)) !== undefined) last = stage
  return last
}
