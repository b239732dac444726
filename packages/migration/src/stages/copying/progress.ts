import type { SyncEvent } from '@iteg/imap-sync'
import type { Amount } from '../amount.ts'
import type { MigrationEvent, StageName } from '../events.ts'
import type { Migration } from '../migration.ts'
import { withoutSide } from '../sentence.ts'

/** Displays need no more, and a fast copy would otherwise spend its time on telling. */
const LEAST_INTERVAL_MS = 250

export interface ProgressOptions {
  readonly stage: StageName
  readonly domain: string
  readonly mailbox: string
  readonly total: Amount | undefined
  readonly emit: (event: MigrationEvent) => void
  readonly now: () => number
  /** For times that people read. */
  readonly clock: () => Date
}

/** Tells that a mailbox begins; the progress tells the rest of it. */
export function startProgress(
  migration: Pick<Migration, 'emit' | 'now'>,
  subject: Pick<ProgressOptions, 'stage' | 'domain' | 'mailbox' | 'total'>,
): Progress {
  const { total, ...rest } = subject
  migration.emit({ type: 'mailbox-started', ...rest, ...(total === undefined ? {} : { total }) })
  return new Progress({
    ...subject,
    emit: (event) => migration.emit(event),
    now: () => performance.now(),
    clock: () => migration.now(),
  })
}

/** Adds up what the copier tells of one mailbox and passes it on, at most a few times a second. */
export class Progress {
  readonly #options: ProgressOptions
  #messages = 0
  #bytes = 0
  #saidThrottled = false
  #underWay: Amount = { messages: 0, bytes: 0 }
  #lastTold = Number.NEGATIVE_INFINITY

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  /** Settled. */
  get done(): Amount {
    return { messages: this.#messages, bytes: this.#bytes }
  }

  /** With what is on its way: on a slow link a batch takes minutes. */
  get #shown(): Amount {
    return {
      messages: this.#messages + this.#underWay.messages,
      bytes: this.#bytes + this.#underWay.bytes,
    }
  }

  onSync(event: SyncEvent): void {
    const { stage, domain, mailbox } = this.#options
    switch (event.kind) {
      case 'planned':
        this.#options.emit({
          type: 'folder-started',
          stage,
          domain,
          mailbox,
          folder: event.folder,
          messages: event.messages,
        })
        return
      case 'copied':
      case 'recovered':
      case 'alreadyThere':
        this.add(event.folder, event.messages, event.kind === 'copied' ? event.bytes : 0)
        return
      case 'setAside':
        this.add(event.folder, 1, 0)
        return
      case 'underWay':
        this.#underWay = { messages: event.messages, bytes: event.bytes }
        this.add(undefined, 0, 0)
        return
      case 'reconnecting':
      case 'waiting':
        this.waiting(event)
        return
      case 'finding':
        if (event.finding.code === 'overQuota')
          this.#tellWaiting({ reason: 'quota', message: event.finding.message })
        else if (event.finding.severity === 'red') this.notice(event.finding.message)
        return
      case 'connected':
      case 'folderCreated':
      case 'changed':
      case 'folderDone':
        return
      default:
        event satisfies never
    }
  }

  add(folder: string | undefined, messages: number, bytes: number): void {
    this.#messages += messages
    this.#bytes += bytes
    // Counted when it was on its way; another batch's numbers come with the next event.
    if (messages > 0)
      this.#underWay = {
        messages: Math.max(0, this.#underWay.messages - messages),
        bytes: Math.max(0, this.#underWay.bytes - bytes),
      }
    const now = this.#options.now()
    if (now - this.#lastTold < LEAST_INTERVAL_MS) return
    this.#lastTold = now
    const { stage, domain, mailbox, total } = this.#options
    this.#options.emit({
      type: 'mailbox-progress',
      stage,
      domain,
      mailbox,
      ...(folder === undefined ? {} : { folder }),
      done: this.#shown,
      ...(total === undefined ? {} : { total }),
    })
  }

  /** The copier waits, and says for what. */
  waiting(event: Extract<SyncEvent, { kind: 'reconnecting' | 'waiting' }>): void {
    if (event.kind === 'reconnecting') {
      const message = `the ${side(event.side)} server was lost: ${withoutSide(event.reason)}`
      this.#tellWaiting({ reason: 'backoff', delayMs: event.delayMs, message })
      return
    }
    const { reason, delayMs } = event
    switch (reason) {
      case 'throttled':
        // It is so all the time, and the copier says it again and again.
        if (this.#saidThrottled) return
        this.#saidThrottled = true
        this.#tellWaiting({ reason, message: 'held back by copy.maxBytesPerSecond' })
        return
      case 'connection':
        this.#tellWaiting({ reason, message: 'as many connections are open as the configuration allows' })
        return
      case 'backoff': {
        const who = event.side === undefined ? 'a server' : `the ${side(event.side)} server`
        const why = event.message === undefined ? '' : `: ${withoutSide(event.message)}`
        this.#tellWaiting({ reason, delayMs, message: `${who} asks for patience${why}` })
        return
      }
      default:
        reason satisfies never
    }
  }

  #tellWaiting(waiting: {
    readonly reason: 'throttled' | 'backoff' | 'connection' | 'quota'
    readonly delayMs?: number
    readonly message: string
  }): void {
    const { stage, domain, mailbox } = this.#options
    const { reason, delayMs, message } = waiting
    const until =
      delayMs === undefined
        ? {}
        : { until: new Date(this.#options.clock().getTime() + delayMs).toISOString() }
    this.#options.emit({ type: 'mailbox-waiting', stage, domain, mailbox, reason, message, ...until })
  }

  notice(message: string): void {
    const { stage, domain, mailbox } = this.#options
    this.#options.emit({ type: 'notice', stage, domain, mailbox, message })
  }
}

function side(name: 'source' | 'target'): string {
  return name === 'source' ? 'old' : 'new'
}
