import type { Amount } from './amount.ts'
import type { CheckResult } from './check-report.ts'
import type { CutoverStepOutcome } from './cutover-report.ts'
import type { Finding } from './finding.ts'
import type { ActionOutcome, PlannedAction } from './plan-report.ts'

/** The stages that hand out events. */
export type StageName =
  | 'check'
  | 'survey'
  | 'plan'
  | 'provision'
  | 'copy'
  | 'verify'
  | 'export'
  | 'warn'
  | 'announce'
  | 'cutover'
  | 'catchup'
  | 'rollback'
  | 'archive'
  | 'restore'

/**
 * What happens, for a display. Events inform and never steer; their order is that of what they tell, per mailbox.
 * `done` and `total` are absolute numbers, never differences, so that a display may skip any event.
 */
export type MigrationEvent =
  | { readonly type: 'stage-started'; readonly stage: StageName; readonly domains: readonly string[] }
  /** `mailboxes` is what will be looked at; `total` what the last survey knows of them (absent before it). */
  | {
      readonly type: 'domain-started'
      readonly stage: StageName
      readonly domain: string
      readonly mailboxes: number
      readonly total?: Amount
    }
  | {
      readonly type: 'mailbox-started'
      readonly stage: StageName
      readonly domain: string
      readonly mailbox: string
      readonly total?: Amount
    }
  | {
      readonly type: 'folder-started'
      readonly stage: StageName
      readonly domain: string
      readonly mailbox: string
      readonly folder: string
      readonly messages: number
    }
  /** At most a few a second per mailbox. `done` counts what this run has settled, copied or not. */
  | {
      readonly type: 'mailbox-progress'
      readonly stage: StageName
      readonly domain: string
      readonly mailbox: string
      readonly folder?: string
      readonly done: Amount
      readonly total?: Amount
    }
  | {
      readonly type: 'mailbox-finished'
      readonly stage: StageName
      readonly domain: string
      readonly mailbox: string
      readonly outcome: 'done' | 'unchanged' | 'failed'
      readonly done: Amount
      /** What `done` counts, in words, where these are no messages. */
      readonly summary?: string
      /** Why it failed, as one sentence. */
      readonly message?: string
    }
  /** One write of `provision`, before and after it. */
  | { readonly type: 'action-started'; readonly domain: string; readonly action: PlannedAction }
  | {
      readonly type: 'action-finished'
      readonly domain: string
      readonly action: PlannedAction
      readonly outcome: ActionOutcome
      readonly message?: string
    }
  /** One step of a cut-over or of its way back. */
  | { readonly type: 'step-started'; readonly domain: string; readonly step: string; readonly title: string }
  | {
      readonly type: 'step-finished'
      readonly domain: string
      readonly step: string
      readonly title: string
      readonly outcome: CutoverStepOutcome
      readonly message: string
    }
  | { readonly type: 'check-finished'; readonly result: CheckResult }
  | { readonly type: 'finding'; readonly finding: Finding }
  /**
   * The mailbox stands still on purpose, until its next `mailbox-progress`: held back by our own cap (`throttled`), because a server asked for
   * patience or was lost (`backoff`), because as many connections are open as may be (`connection`), because mailcow's quota is full.
   */
  | {
      readonly type: 'mailbox-waiting'
      readonly stage: StageName
      readonly domain: string
      readonly mailbox: string
      readonly reason: 'throttled' | 'backoff' | 'connection' | 'quota'
      /** ISO 8601, where it is known. */
      readonly until?: string
      /** One sentence: which server, why. */
      readonly message: string
    }
  /** Something that a watcher should read now: a reconnect, a wait, a healed answer. */
  | {
      readonly type: 'notice'
      readonly stage: StageName
      readonly domain?: string
      readonly mailbox?: string
      readonly message: string
    }
  | {
      readonly type: 'domain-finished'
      readonly stage: StageName
      readonly domain: string
      readonly outcome: 'done' | 'unchanged' | 'partial' | 'failed' | 'stopped'
    }
  | { readonly type: 'stage-finished'; readonly stage: StageName }

export type MigrationEventHandler = (event: MigrationEvent) => void
