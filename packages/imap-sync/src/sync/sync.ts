import { ImapSyncError } from '../errors.ts'
import { silent } from '../logger.ts'
import type { SyncReport } from '../report.ts'
import { copyChains } from './copy-lanes.ts'
import { finish, makeReport } from './finish.ts'
import { Lane } from './lane.ts'
import type { SyncMailbox, SyncOptions } from './options.ts'
import { planBatches } from './plan-batches.ts'
import { prepare } from './prepare.ts'
import { startRun, type Run } from './run.ts'
import { sharedLimits } from './shared-limits.ts'

/**
 * Brings the target up to what the source holds: every source message exactly once, byte for byte, in the mapped
 * folder, with flags and date. Repeatable, at any crash. Resolves with a report also when single messages or folders
 * failed; rejects with `ImapSyncError` when the mailbox could not be worked on at all, or with the signal's reason.
 */
export async function syncMailbox(mailbox: SyncMailbox, options: SyncOptions = {}): Promise<SyncReport> {
  if (mailbox.phase !== 'mirror' && mailbox.phase !== 'additive')
    throw new ImapSyncError('usage', 'the phase is neither mirror nor additive')
  const { signal, logger = silent, onEvent, timeouts = {} } = options
  const startedAt = new Date().toISOString()
  const run = startRun({
    mailbox,
    signal,
    logger,
    onEvent,
    shared: mailbox.shared ?? sharedLimits(),
    settleMs: timeouts.settleMs ?? 3000,
  })
  const lanes: Lane[] = []
  const lane = (index: number): Lane => (lanes[index] ??= openLane(run, index, options))
  try {
    const control = lane(0)
    const prepared = await control.attempt(() => prepare(run, control))
    if (prepared !== undefined) {
      const most = Math.max(1, mailbox.limits?.lanes ?? 4)
      for (;;) {
        const chains = run.full ? [] : await planBatches(run, control, prepared.plans)
        if (chains.length === 0) break
        const batches = chains.reduce((sum, chain) => sum + chain.batches.length, 0)
        const crew = Array.from({ length: Math.min(most, batches) }, (_, index) => lane(index))
        await copyChains(run, crew, chains)
      }
      await finish(run, control, prepared)
    }
    await run.state.flush()
    const count = (side: 'source' | 'target') => lanes.reduce((sum, one) => sum + one[side].commands, 0)
    return makeReport(run, prepared?.tallies ?? [], {
      startedAt,
      commands: { source: count('source'), target: count('target') },
      stopped: prepared === undefined,
    })
  } finally {
    for (const one of lanes) one.close()
    // What cannot be written down any more, the next run finds by content.
    await run.state.flush().catch(() => {})
  }
}

/** The first lane waits for its connections; further ones are made when there are any left. */
function openLane(run: Run, index: number, { signal, logger, timeouts }: SyncOptions): Lane {
  const { source, target, limits } = run.mailbox
  return new Lane({
    source,
    target,
    permission: run.phase,
    shared: run.shared,
    patient: index === 0,
    reconnects: limits?.reconnects ?? 5,
    onEvent: (event) => run.emit(event),
    ...(signal === undefined ? {} : { signal }),
    ...(logger === undefined ? {} : { logger }),
    ...(timeouts === undefined ? {} : { timeouts }),
  })
}
