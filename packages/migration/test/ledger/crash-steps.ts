import { memoryState, type PairRun, type StateChange, type SyncState } from '@iteg/imap-sync'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { OutsideWrite } from '../../src/ledger/writes.ts'

// A migration in small: step n is always the same, and is one transaction of the ledger.

export const DOMAIN = 'example.at'
export const MAILBOX = 'anna@example.at'
const STEPS_A_ROUND = 4
const BATCH = 300

/** Does one step. */
export async function takeStep(ledger: Ledger, step: number): Promise<void> {
  const round = Math.floor(step / STEPS_A_ROUND)
  switch (step % STEPS_A_ROUND) {
    case 0:
      await ledger.writes.recordIntent({
        domain: DOMAIN,
        system: 'mailcow',
        operation: 'mailboxes.add',
        item: address(round),
        creates: { kind: 'mailbox', key: address(round) },
      })
      return
    case 1:
      for (const write of await ledger.writes.open(DOMAIN))
        await ledger.writes.recordOutcome(write.id, { outcome: 'done' })
      return
    default:
      await ledger.syncState(MAILBOX).commit(changesOf(step))
  }
}

/** The state after so many steps. */
export async function expectedState(steps: number): Promise<SyncState> {
  const state = memoryState()
  for (let step = 0; step < steps; step += 1) await state.commit(changesOf(step))
  return state
}

/** The writes after so many steps, oldest first. */
export function expectedWrites(
  steps: number,
): { readonly item: string; readonly outcome: string | undefined }[] {
  return Array.from({ length: Math.ceil(steps / STEPS_A_ROUND) }, (_, round) => ({
    item: address(round),
    outcome: round * STEPS_A_ROUND + 1 < steps ? 'done' : undefined,
  }))
}

export function seen(writes: readonly OutsideWrite[]): ReturnType<typeof expectedWrites> {
  return writes.map((write) => ({ item: write.item, outcome: write.result?.outcome })).toReversed()
}

function changesOf(step: number): StateChange[] {
  const round = Math.floor(step / STEPS_A_ROUND)
  const first = round * BATCH + 1
  const id = `batch-${round}`
  switch (step % STEPS_A_ROUND) {
    case 2:
      return [
        {
          kind: 'folder',
          folder: {
            source: 'INBOX',
            target: 'INBOX',
            sourceUidValidity: 1,
            targetUidValidity: 2,
            created: false,
          },
        },
        {
          kind: 'intent',
          intent: {
            id,
            source: 'INBOX',
            target: 'INBOX',
            targetUidValidity: 2,
            targetUidNext: first + 10_000,
            uids: [{ first, last: first + BATCH - 1 }],
          },
        },
      ]
    case 3:
      return [
        {
          kind: 'paired',
          source: 'INBOX',
          runs: Array.from({ length: BATCH }, (_, index) => pair(first + index)),
        },
        {
          kind: 'setAside',
          source: 'INBOX',
          messages: [{ uid: 1_000_000 + round, reason: 'refused', file: `${round}.eml`, bytes: round }],
        },
        { kind: 'settled', id },
      ]
    default:
      return []
  }
}

/** Flags that change from message to message make as many rows as there are messages. */
function pair(uid: number): PairRun {
  return {
    source: uid,
    target: uid + 10_000,
    count: 1,
    flags: uid % 2 === 0 ? '\\Seen' : '',
    origin: 'copied',
  }
}

function address(round: number): string {
  return `user-${round}@${DOMAIN}`
}
