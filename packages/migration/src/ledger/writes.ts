import type { ObjectKind } from './objects.ts'

/** The server that is written to. */
export type WriteSystem = 'mailcow' | 'old-server' | 'new-imap' | 'dns' | 'smtp'

/** What is about to be written to the outside world. */
export interface WriteIntent {
  readonly domain: string
  readonly system: WriteSystem
  /** What is done, in the words of the client: `mailboxes.add`, `aliases.edit`. */
  readonly operation: string
  /** What it is done to: an address, a domain, a host. */
  readonly item: string
  /** Any JSON value. Values under names like `password`, `secret`, `token`, `key` are replaced before anything is stored. */
  readonly payload?: unknown
  /** The write makes this object, which was seen not to be there: it becomes `intended`, and `created` with the outcome `done`. */
  readonly creates?: { readonly kind: ObjectKind; readonly key: string }
  /** The write takes away this object of ours: it becomes `removed` with the outcome `done`. */
  readonly removes?: { readonly kind: ObjectKind; readonly key: string }
}

/** `unknown`: sent, but no answer came; the next run has to read back. */
export type WriteOutcome = 'done' | 'failed' | 'unknown'

export interface WriteResult {
  readonly outcome: WriteOutcome
  /** What the server said, or why it failed. */
  readonly message?: string
  /** The number that the server gave to the object made. */
  readonly remoteId?: string
}

export interface OutsideWrite extends Omit<WriteIntent, 'creates' | 'removes'> {
  readonly id: number
  readonly intendedAt: Date
  readonly creates?: { readonly kind: ObjectKind; readonly key: string }
  readonly removes?: { readonly kind: ObjectKind; readonly key: string }
  /** Absent: the process died in between, or is still at it. */
  readonly result?: WriteResult & { readonly at: Date }
}

/** Every write to the outside world: intent before, outcome after. */
export interface OutsideWrites {
  /** Durable on disk when it resolves; only then may the write be sent. Resolves to the number for {@link OutsideWrites.recordOutcome}. */
  recordIntent(intent: WriteIntent): Promise<number>
  /**
   * Records what came of it. An outcome `unknown` may be replaced by a later one (after reading back), any other stays.
   * With `failed`, an object that was only intended is forgotten; with `unknown` it stays `intended`.
   */
  recordOutcome(id: number, result: WriteResult): Promise<void>
  /** Writes without an outcome or with `unknown`, oldest first: a run reads these back before it does anything else. */
  open(domain: string): Promise<readonly OutsideWrite[]>
  /** Newest first. */
  list(domain: string, options?: { readonly limit?: number }): Promise<readonly OutsideWrite[]>
}
