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
}

/** Tells that a mailbox begins; the progress tells the rest of it. */
export function startProgress(
  migration: Pick<Migration, 'emit'>,
  subject: Pick<ProgressOptions, 'stage' | 'domain' | 'mailbox' | 'total'>,
): Progress {
  const { total, ...rest } = subject
  migration.emit({ type: 'mailbox-started', ...rest, ...(total === undefined ? {} : { total }) })
  return new Progress({
    ...subject,
    emit: (event) => migration.emit(event),
    now: () => performance.now(),
  })
}

/** Adds up what the copier tells of one mailbox and passes it on, at most a few times a second. */
export class Progress {
  readonly #options: ProgressOptions
  #messages = 0
  #bytes = 0
  #lastTold = Number.NEGATIVE_INFINITY

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  get done(): Amount {
    return { messages: this.#messages, bytes: this.#bytes }
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
      case 'reconnecting':
        this.notice(`connecting to the ${side(event.side)} server again: ${withoutSide(event.reason)}`)
        return
      case 'waiting':
        if (event.reason === 'backoff') this.notice('a server asked to wait')
        return
      case 'finding':
        if (event.finding.severity === 'red') this.notice(event.finding.message)
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
      done: this.done,
      ...(total === undefined ? {} : { total }),
    })
  }

  notice(message: string): void {
    const { stage, domain, mailbox } = this.#options
    this.#options.emit({ type: 'notice', stage, domain, mailbox, message })
  }
}

function side(name: 'source' | 'target'): string {
  return name === 'source' ? 'old' : 'new'
}
