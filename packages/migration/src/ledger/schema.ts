import type { CutoverWay } from './cutover-steps.ts'
import type { Generated, Kysely, Transaction } from 'kysely'
import type { NoticeOutcome, NoticeVia } from './notices.ts'
import type { ObjectKind, ObjectState } from './objects.ts'
import type { PasswordResetState } from './password-resets.ts'
import type { SecretPurpose } from './sealed-secrets.ts'
import type { Severity } from './findings.ts'
import type { Stage, StageOutcome } from './stages.ts'
import type { WriteOutcome, WriteSystem } from './writes.ts'

/** SQLite knows no booleans. */
type Flag = 0 | 1
/** ISO 8601 in UTC with milliseconds, so that texts sort as times do. */
type Timestamp = string

/** What a run of UIDs in `sync_runs` says. */
export type SyncRunKind = 'pair' | 'orphan' | 'delivered'

/** The tables, as the newest migration leaves them. */
export interface Schema {
  domains: {
    domain: string
    first_seen_at: Timestamp
    additive_since: Timestamp | null
    additive_reason: string | null
  }
  stage_runs: {
    id: Generated<number>
    domain: string
    stage: Stage
    state: 'running' | StageOutcome
    started_at: Timestamp
    ended_at: Timestamp | null
    summary: string | null
    operator: string | null
  }
  stage_reports: { run_id: number; digest: string; body: Uint8Array }
  domain_locks: { domain: string; pid: number; host: string; since: Timestamp; command: string }
  mailboxes: {
    address: string
    domain: string
    name: string | null
    /** -1: unlimited; null: unknown. */
    quota_bytes: number | null
    active: Flag
    listed: Flag
    announced_at: Timestamp | null
  }
  mailbox_results: {
    address: string
    stage: Stage
    state: StageOutcome
    at: Timestamp
    summary: string | null
    counts: string
  }
  objects: {
    domain: string
    kind: ObjectKind
    key: string
    state: ObjectState
    remote_id: string | null
    intended_at: Timestamp
    created_at: Timestamp | null
    removed_at: Timestamp | null
  }
  writes: {
    id: Generated<number>
    domain: string
    system: WriteSystem
    operation: string
    item: string
    payload: string | null
    intended_at: Timestamp
    creates_kind: ObjectKind | null
    creates_key: string | null
    removes_kind: ObjectKind | null
    removes_key: string | null
    outcome: WriteOutcome | null
    message: string | null
    remote_id: string | null
    ended_at: Timestamp | null
    operator: string | null
  }
  findings: {
    domain: string
    scope: string
    code: string
    /** Empty: the domain as a whole. */
    item: string
    severity: Severity
    message: string
    remedy: string
    first_seen_at: Timestamp
    last_seen_at: Timestamp
  }
  acceptances: {
    id: Generated<number>
    domain: string
    code: string
    item: string
    reason: string
    who: string
    at: Timestamp
    message: string
    lapsed_at: Timestamp | null
  }
  /** `source` and `target` are wire names; `entry` is the whole entry as JSON. */
  folder_map: { mailbox: string; source: string; target: string; entry: string; position: number }
  folder_map_rest: { mailbox: string; rest: string }
  sync_folders: {
    id: Generated<number>
    mailbox: string
    source: string
    target: string
    source_uid_validity: number
    target_uid_validity: number
    created: Flag
    checkpoint: string | null
  }
  /** `orphan` and `delivered` are plain UID ranges: source and target are the same number there. */
  sync_runs: {
    folder_id: number
    kind: SyncRunKind
    source: number
    target: number
    count: number
    flags: string
    origin: 'copied' | 'found'
  }
  /** `first` to `last` are source UIDs. */
  sync_copied_at: { id: Generated<number>; folder_id: number; first: number; last: number; at: Timestamp }
  sync_set_aside: {
    folder_id: number
    uid: number
    reason: string
    file: string
    bytes: number
    subject: string | null
    message_id: string | null
    date: string | null
  }
  sync_intents: {
    seq: Generated<number>
    mailbox: string
    id: string
    source: string
    target: string
    target_uid_validity: number
    target_uid_next: number
    uids: string
  }
  verify_reports: {
    id: Generated<number>
    domain: string
    mailbox: string | null
    coverage: 'full' | 'changes'
    green: Flag
    at: Timestamp
    digest: string
    body: Uint8Array
  }
  secrets: {
    domain: string
    mailbox: string
    purpose: SecretPurpose
    sealed: Uint8Array
    sealed_at: Timestamp
  }
  app_passwords: {
    mailbox: string
    name: string
    domain: string
    state: ObjectState
    remote_id: string | null
    intended_at: Timestamp
    created_at: Timestamp | null
    removed_at: Timestamp | null
  }
  imported_cards: {
    mailbox: string
    book: string
    file: string
    sha256: string
    etag: string | null
    at: Timestamp
  }
  notices: {
    id: Generated<number>
    domain: string
    recipient: string
    kind: string
    occasion: string
    version: string
    round: number
    language: string
    via: NoticeVia
    message_id: string
    attempts: number
    write_id: number | null
    intended_at: Timestamp
    outcome: NoticeOutcome | null
    message: string | null
    place: string | null
    ended_at: Timestamp | null
    removed_at: Timestamp | null
  }
  notice_contents: { mailbox: string; hash: string; notice_id: number }
  cutover_steps: {
    domain: string
    way: CutoverWay
    step: string
    started_at: Timestamp
    done_at: Timestamp | null
    message: string | null
    detail: string | null
  }
  last_deltas: { domain: string; verified_at: Timestamp; recorded_at: Timestamp }
  app_password_numbers: { domain: string; remote_id: string }
  initial_passwords: {
    mailbox: string
    domain: string
    changed_at: Timestamp
    recorded_at: Timestamp
  }
  password_resets: {
    id: Generated<number>
    domain: string
    mailbox: string
    state: PasswordResetState
    started_at: Timestamp
    changed_at: Timestamp | null
    ended_at: Timestamp | null
    message: string | null
  }
}

export type LedgerDatabase = Kysely<Schema>
export type LedgerTransaction = Transaction<Schema>
