import type { MailcowClient } from '@iteg/mailcow-client'
import type { Config } from '../config/index.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import { ProgressRecorder } from '../progress/progress-recorder.ts'
import { openKeyFile } from '../secrets/key-file.ts'
import type { SecretKey } from '../secrets/key.ts'
import { UsageError } from './errors.ts'
import type { MigrationEvent, MigrationEventHandler } from './events.ts'
import { type Logger, silent } from './logger.ts'
import { isMailcowError } from './mailcow-error.ts'
import { inConfigurationWords } from './mailcow-facts.ts'
import { asSentence } from './sentence.ts'

export interface MigrationOptions {
  /** Default: silent. */
  readonly logger?: Logger
  /** The clock; for tests. */
  readonly now?: () => Date
  /** Called synchronously; an error that it throws is logged and goes no further. */
  readonly onEvent?: MigrationEventHandler
}

/**
 * A configuration with its ledger and clients, which the stages work with. Nothing is opened before a stage needs it:
 * commands that only look make neither folder nor ledger.
 */
export class Migration implements AsyncDisposable {
  readonly config: Config
  readonly logger: Logger
  readonly now: () => Date
  readonly #onEvent: MigrationEventHandler | undefined
  readonly #ledgers = new Map<'read' | 'write', Promise<Ledger>>()
  #client: Promise<MailcowClient> | undefined
  #key: Promise<SecretKey> | undefined
  #progress: ProgressRecorder | undefined
  #closed = false

  constructor(config: Config, options: MigrationOptions) {
    this.config = config
    this.logger = options.logger ?? silent
    this.now = options.now ?? (() => new Date())
    this.#onEvent = options.onEvent
  }

  /** The ledger; opened once. `read` rejects with `ledger_missing` where there is none yet. */
  ledger(mode: 'read' | 'write'): Promise<Ledger> {
    if (this.#closed) return Promise.reject(new Error('The migration is closed.'))
    const known = this.#ledgers.get(mode)
    if (known !== undefined) return known
    const opening = openLedger(this.config.workDir, { mode, now: this.now })
    this.#ledgers.set(mode, opening)
    // A ledger that could not be opened may be there at the next try.
    opening.catch(() => this.#ledgers.delete(mode))
    return opening
  }

  /** The client of mailcow's API. Rejects with `UsageError` when the configuration cannot be used for one; sends nothing. */
  mailcow(): Promise<MailcowClient> {
    this.#client ??= this.#makeClient()
    return this.#client
  }

  /** The key that seals passwords. Rejects with `SecretError`. */
  key(): Promise<SecretKey> {
    this.#key ??= openKeyFile(this.config.secrets.key.file, { workDir: this.config.workDir })
    return this.#key
  }

  async #makeClient(): Promise<MailcowClient> {
    // Loaded when it is needed: a copy of mailboxes that are there already does without it, and starts faster.
    const { MailcowClient } = await import('@iteg/mailcow-client')
    const { url, apiKey, tlsOptions, timeoutMs } = this.config.new.mailcow
    try {
      return new MailcowClient({
        url,
        apiKey: apiKey.reveal(),
        timeoutMs,
        logger: this.logger,
        ...(tlsOptions?.ca === undefined ? {} : { tls: { ca: tlsOptions.ca } }),
      })
    } catch (error) {
      if (!isMailcowError(error)) throw error
      throw new UsageError(asSentence(`new.mailcow: ${error.message}`), {
        ...(error.hint === undefined ? {} : { hint: inConfigurationWords(error.hint) }),
        cause: error,
      })
    }
  }

  emit(event: MigrationEvent): void {
    // For other processes that look. Whoever only plans has no ledger to write to, and leaves no trace here either.
    if (this.#ledgers.has('write')) {
      this.#progress ??= new ProgressRecorder({
        workDir: this.config.workDir,
        logger: this.logger,
        now: this.now,
      })
      this.#progress.onEvent(event)
    }
    try {
      this.#onEvent?.(event)
    } catch (error) {
      this.logger.error({ error, event: event.type }, 'the event handler threw')
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    this.#progress?.[Symbol.dispose]()
    const client = await this.#client?.catch(() => undefined)
    await client?.close()
    const open = [...this.#ledgers.values()]
    this.#ledgers.clear()
    for (const result of await Promise.allSettled(open))
      if (result.status === 'fulfilled') await result.value.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/**
 * Makes the handle that every stage takes. Opens nothing yet; close it (or `await using`).
 * One handle may run several stages one after the other, and one stage for several domains.
 */
export function openMigration(config: Config, options: MigrationOptions = {}): Promise<Migration> {
  return Promise.resolve(new Migration(config, options))
}
