import { MailcowError } from './errors.ts'
import type { Logger } from './options.ts'
import type { Drift } from './reply.ts'

export interface DriftOptions {
  readonly logger: Logger | undefined
  readonly strict: boolean
  /** mailcow's version, for the report; asked once, never rejects. */
  version(): Promise<string>
}

/**
 * Says once, per kind of object and field, that mailcow's answers differ from what this client knows. Outside strict
 * mode nothing fails because of it.
 */
export class DriftReport {
  readonly #options: DriftOptions
  readonly #reported = new Set<string>()
  #version: Promise<string> | undefined

  constructor(options: DriftOptions) {
    this.#options = options
  }

  /** Throws in strict mode. */
  report(subject: string, drift: Drift): void {
    if (this.#options.strict && drift.unknown.length + drift.missing.length + drift.changed.length > 0) {
      throw new MailcowError('unexpected_answer', `${subject}: ${describe(drift)} (strict mode)`, {
        effect: 'unknown',
      })
    }
    this.note(subject, drift)
  }

  /** Never throws. */
  note(subject: string, drift: Drift): void {
    const news = {
      unknown: this.#new(subject, 'unknown', drift.unknown),
      missing: this.#new(subject, 'missing', drift.missing),
      changed: this.#new(subject, 'changed', drift.changed),
    }
    const { logger } = this.#options
    if (news.unknown.length + news.missing.length + news.changed.length === 0 || logger === undefined) return
    this.#version ??= this.#options.version()
    // Not awaited: a report must not slow the call down. The version never rejects.
    void this.#version
      .then((version) => {
        const fields = { subject, ...news, mailcowVersion: version }
        return logger.warn(fields, `mailcow ${version}: ${subject}: ${describe(news)}`)
      })
      .catch(() => undefined)
  }

  #new(subject: string, kind: string, fields: readonly string[]): string[] {
    return fields.filter((field) => {
      const key = `${subject} ${kind} ${field}`
      // A peer could invent names for ever.
      if (this.#reported.has(key) || this.#reported.size > 1000) return false
      this.#reported.add(key)
      return true
    })
  }
}

function describe(drift: Drift): string {
  const parts: string[] = []
  if (drift.unknown.length > 0) parts.push(`unknown: ${drift.unknown.join(', ')}`)
  if (drift.missing.length > 0) parts.push(`missing: ${drift.missing.join(', ')}`)
  if (drift.changed.length > 0) parts.push(`of another type: ${drift.changed.join(', ')}`)
  return parts.join('; ').slice(0, 500)
}
