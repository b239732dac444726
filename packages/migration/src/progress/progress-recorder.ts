import { clip } from '../ledger/json.ts'
import type { Amount } from '../stages/amount.ts'
import type { MigrationEvent } from '../stages/events.ts'
import type { Logger } from '../stages/logger.ts'
import { type MailboxProgress, type ProgressUpdate, ProgressWriter } from './progress-file.ts'

/** Another process that looks needs no more, and one write a second costs nothing that could be measured. */
const LEAST_INTERVAL_MS = 1000
/** Of one run; then every second one goes and they come half as often: a curve of some hundred points is smooth. */
const MOST_SAMPLES = 400

export interface ProgressRecorderOptions {
  readonly workDir: string
  readonly logger: Logger
  readonly now: () => Date
  /** Where it is written to; for tests. */
  readonly open?: (workDir: string) => Pick<ProgressWriter, 'write'> & Disposable
}

interface Run {
  readonly domain: string
  readonly stage: string
  readonly startedAt: string
  readonly total: Amount | undefined
  readonly mailboxes: Map<string, MailboxProgress>
  readonly changed: Set<string>
  sampledAt: number
  samples: number
  intervalMs: number
}

/**
 * Puts what the stages tell of mailboxes where another process can see it: at most once a second, all mailboxes in one
 * transaction, no waiting. What goes wrong here is logged once and stops nothing: progress is for looking only.
 */
export class ProgressRecorder implements Disposable {
  readonly #options: ProgressRecorderOptions
  readonly #runs = new Map<string, Run>()
  #writer: (Pick<ProgressWriter, 'write'> & Disposable) | undefined
  #isBroken = false
  #writtenAt = Number.NEGATIVE_INFINITY

  constructor(options: ProgressRecorderOptions) {
    this.#options = options
  }

  onEvent(event: MigrationEvent): void {
    if (this.#isBroken) return
    try {
      this.#take(event)
    } catch (error) {
      this.#isBroken = true
      this.#options.logger.warn({ error }, 'progress is not recorded any more; the work itself goes on')
    }
  }

  #take(event: MigrationEvent): void {
    const now = this.#options.now()
    switch (event.type) {
      case 'domain-started':
        this.#begin(event, now, event.total)
        return
      case 'mailbox-started':
        // A stage that is a part of another one (the last delta of a cut-over) does not say that it begins.
        if (!this.#runs.has(key(event))) this.#begin(event, now, undefined)
        this.#set(event, {
          mailbox: event.mailbox,
          stage: event.stage,
          state: 'running',
          startedAt: now.toISOString(),
          at: now.toISOString(),
          done: { messages: 0, bytes: 0 },
          ...(event.total === undefined ? {} : { total: event.total }),
        })
        break
      case 'mailbox-progress':
        this.#change(event, { state: 'running', done: event.done })
        break
      case 'mailbox-waiting':
        this.#change(event, { state: 'waiting', message: clip(event.message, 500) })
        break
      case 'mailbox-finished':
        this.#change(event, {
          state: event.outcome,
          done: event.done,
          ...(event.message === undefined ? {} : { message: clip(event.message, 500) }),
        })
        break
      case 'domain-finished':
        this.#write(now, true)
        for (const [name, run] of this.#runs) if (run.domain === event.domain) this.#runs.delete(name)
        return
      case 'stage-started':
      case 'folder-started':
      case 'action-started':
      case 'action-finished':
      case 'step-started':
      case 'step-finished':
      case 'check-finished':
      case 'finding':
      case 'notice':
      case 'stage-finished':
        return
      default:
        event satisfies never
    }
    this.#write(now, false)
  }

  #begin(
    { stage, domain }: { readonly stage: string; readonly domain: string },
    now: Date,
    total: Amount | undefined,
  ): void {
    this.#runs.set(key({ stage, domain }), {
      domain,
      stage,
      startedAt: now.toISOString(),
      total,
      mailboxes: new Map(),
      changed: new Set(),
      sampledAt: Number.NEGATIVE_INFINITY,
      samples: 0,
      intervalMs: LEAST_INTERVAL_MS,
    })
  }

  #set(event: { readonly stage: string; readonly domain: string }, progress: MailboxProgress): void {
    const run = this.#runs.get(key(event))
    run?.mailboxes.set(progress.mailbox, progress)
    run?.changed.add(progress.mailbox)
  }

  #change(
    event: { readonly stage: string; readonly domain: string; readonly mailbox: string },
    change: Partial<MailboxProgress> & Pick<MailboxProgress, 'state'>,
  ): void {
    const known = this.#runs.get(key(event))?.mailboxes.get(event.mailbox)
    if (known === undefined) return
    const { message: _message, ...kept } = known
    this.#set(event, { ...kept, ...change, at: this.#options.now().toISOString() })
  }

  #write(now: Date, isLast: boolean): void {
    const time = now.getTime()
    // A clock that was set back must not silence it.
    if (!isLast && time >= this.#writtenAt && time - this.#writtenAt < LEAST_INTERVAL_MS) return
    const runs = [...this.#runs.values()].filter((run) => run.changed.size > 0 || isLast)
    const sampled = runs.filter((run) => isLast || Math.abs(time - run.sampledAt) >= run.intervalMs)
    const update: ProgressUpdate = {
      mailboxes: runs.flatMap(({ domain, changed, mailboxes }) =>
        [...changed].flatMap((mailbox) => {
          const progress = mailboxes.get(mailbox)
          return progress === undefined ? [] : [{ domain, ...progress }]
        }),
      ),
      samples: sampled
        .filter(({ mailboxes }) => mailboxes.size > 0)
        .map(({ domain, stage, startedAt, total, mailboxes }) => ({
          domain,
          stage,
          startedAt,
          at: now.toISOString(),
          ...sumOf(mailboxes.values()),
          ...(total === undefined ? {} : { total }),
        })),
      thin: sampled.filter(({ samples }) => samples >= MOST_SAMPLES),
    }
    if (update.mailboxes.length === 0 && update.samples.length === 0) return
    this.#writer ??= (this.#options.open ?? ((workDir) => new ProgressWriter(workDir)))(this.#options.workDir)
    if (!this.#writer.write(update)) return
    this.#writtenAt = time
    for (const run of runs) run.changed.clear()
    for (const run of sampled) {
      run.sampledAt = time
      run.samples += 1
      if (run.samples <= MOST_SAMPLES) continue
      run.samples = Math.ceil(run.samples / 2)
      run.intervalMs *= 2
    }
  }

  /** Writes what is not written yet, and closes the file. */
  [Symbol.dispose](): void {
    try {
      if (!this.#isBroken) this.#write(this.#options.now(), true)
    } catch {
      // For looking only.
    }
    this.#writer?.[Symbol.dispose]()
    this.#writer = undefined
    this.#isBroken = true
  }
}

function key({ stage, domain }: { readonly stage: string; readonly domain: string }): string {
  return `${stage} ${domain}`
}

function sumOf(mailboxes: Iterable<MailboxProgress>): Amount {
  let messages = 0
  let bytes = 0
  for (const { done } of mailboxes) {
    messages += done.messages
    bytes += done.bytes
  }
  return { messages, bytes }
}
