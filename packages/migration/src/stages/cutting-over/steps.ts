import { announced } from './announced.ts'
import { dnsPrepare, mx, mxSeen } from './dns-steps.ts'
import { lastDelta, lastVerify, logins } from './mail-steps.ts'
import { aliasDomains, aliasesActive, mailcowAccepts, mailcowFinal, transportGone } from './mailcow-steps.ts'
import { ready } from './ready.ts'
import { oldAccepts, oldRelays, queueEmpty } from './relay-steps.ts'
import { routeForgotten } from './route-forgotten.ts'
import { restarted } from './restarted.ts'
import type { CutoverStep } from './step.ts'

/**
 * The order that loses nothing (docs/cutover.md): the new side becomes final first, the old side stops being final last; the hand-over
 * mails go out when nothing can land in the old mailboxes any more, and the MX may take its time.
 */
export const CUTOVER_STEPS: readonly CutoverStep[] = [
  dnsPrepare,
  ready,
  aliasesActive,
  mailcowFinal,
  transportGone,
  aliasDomains,
  mailcowAccepts,
  routeForgotten,
  oldRelays,
  oldAccepts,
  queueEmpty,
  lastDelta,
  lastVerify,
  announced,
  logins,
  mx,
  mxSeen,
  restarted,
]
