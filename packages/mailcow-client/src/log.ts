import type { Api } from './api.ts'
import { usageError } from './errors.ts'
import { redactText } from './redact.ts'
import { asRecord, isRecord } from './reply.ts'
import type { CallOptions } from './options.ts'

/** The logs that mailcow keeps in memory. */
export const LOG_NAMES = [
  'acme',
  'api',
  'autodiscover',
  'cron',
  'dovecot',
  'netfilter',
  'postfix',
  'ratelimited',
  'rspamd-history',
  'rspamd-stats',
  'sasl',
  'sogo',
  'ui',
  'watchdog',
] as const
export type LogName = (typeof LOG_NAMES)[number]

/**
 * A line of a log, with mailcow's own fields. May hold addresses and what users did. Passwords, keys and hashes that
 * mailcow wrote into it (the API log holds whole requests) are replaced.
 */
export type LogLine = Readonly<Record<string, unknown>>

/** Logs: `get/logs`. */
export class Logs {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** The newest lines, newest first. Default: 100 lines. */
  async read(
    name: LogName,
    options: CallOptions & { readonly lines?: number | undefined } = {},
  ): Promise<LogLine[]> {
    const { lines = 100 } = options
    if (!Number.isSafeInteger(lines) || lines < 1) throw usageError('lines must be a positive whole number')
    return this.#api.readList('get/logs', [name, String(lines)], withoutSecrets, options)
  }

  /** rspamd's statistics, as it gives them; an empty object where there are none. */
  async rspamdStatistics(options: CallOptions = {}): Promise<LogLine> {
    const value = await this.#api.read('get/logs', ['rspamd-stats', '1'], options)
    return isRecord(value) ? value : {}
  }
}

function withoutSecrets(value: unknown): LogLine | undefined {
  const line = asRecord(value)
  if (line === undefined) return undefined
  return Object.fromEntries(
    Object.entries(line).map(([name, field]) => [
      name,
      typeof field === 'string' ? redactText(field) : field,
    ]),
  )
}
