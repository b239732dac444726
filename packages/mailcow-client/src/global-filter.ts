import { type Api, isNothing } from './api.ts'
import { notAsIntended } from './read-back.ts'
import { z } from 'zod'
import { usageError } from './errors.ts'
import type { FilterType } from './filter.ts'
import { normaliseMailbox } from './names.ts'
import type { CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { text } from './wire.ts'

/** The Sieve scripts that run for all mailboxes, before and after everything else. */
export interface GlobalFilters {
  readonly prefilter: string
  readonly postfilter: string
}

/** A script that the web interface offers as a beginning. */
export interface SievePreset {
  readonly name: string
  readonly headline: string
  readonly script: string
}

export const globalFiltersReply = defineReply('global filters', {
  required: { prefilter: text, postfilter: text },
  expected: {},
  sometimes: {},
})

export const sievePresetReply = defineReply('Sieve preset', {
  required: { name: text, content: text },
  expected: { headline: text },
  sometimes: {},
})

/**
 * Sieve of the whole server, and what users have themselves: `get/global_filters`, `add/global-filter`,
 * `get/active-user-sieve`, `get/presets`.
 */
export class SieveScripts {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async globalFilters(options: CallOptions = {}): Promise<GlobalFilters> {
    const found = await this.#api.readOne(
      'get/global_filters',
      ['all'],
      (value, context) => context.parse(globalFiltersReply, value),
      options,
    )
    if (found === undefined) throw this.#api.unexpected('get/global_filters', 'is empty')
    return found
  }

  /** Replaces a global script. mailcow restarts Dovecot for it: all IMAP connections are cut for a moment. */
  async setGlobalFilter(type: FilterType, script: string, options: WriteOptions = {}): Promise<void> {
    if (script === '') throw usageError('the script is empty')
    await this.#api.write(
      {
        route: 'add/global-filter',
        done: ['global_filter_written'],
        domains: ['global filters'],
        body: { filter_type: type, script_data: script },
      },
      options,
    )
    if (options.readBack !== true) return
    const found = await this.globalFilters(options)
    if (found[type].trim() !== script.trim()) throw notAsIntended('add/global-filter', type, ['script'])
  }

  /** The script that the user has switched on (over SOGo or ManageSieve); undefined when there is none. */
  async activeUserScript(mailbox: string, options: CallOptions = {}): Promise<string | undefined> {
    const value = await this.#api.read('get/active-user-sieve', [normaliseMailbox(mailbox)], options)
    if (isNothing(value)) return undefined
    const scripts = z.array(text).safeParse(value)
    if (!scripts.success) throw this.#api.unexpected('get/active-user-sieve', 'is not a list of scripts')
    return scripts.data.join('\n')
  }

  presets(options: CallOptions = {}): Promise<SievePreset[]> {
    return this.#api.readList(
      'get/presets',
      ['sieve'],
      (value, context) => {
        const reply = context.parse(sievePresetReply, value)
        return { name: reply.name, headline: reply.headline ?? '', script: reply.content }
      },
      options,
    )
  }
}
