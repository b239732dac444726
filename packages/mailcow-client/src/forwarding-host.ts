import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { notAsIntended } from './read-back.ts'
import { differences } from './compare.ts'
import { type ItemResult, usageError } from './errors.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { byName, finder, gone, writeEach } from './write-each.ts'
import { flagToWire } from './request.ts'
import { text } from './wire.ts'

/** A host whose mail is not greylisted or refused, because it forwards for others. It may not relay. */
export interface ForwardingHost {
  /** An address. */
  readonly host: string
  /** What was added: a host name is expanded to its addresses (SPF, MX). */
  readonly source: string
  /** Its mail still goes through the spam filter. */
  readonly filterSpam: boolean
}

export const forwardingHostReply = defineReply('forwarding host', {
  required: { host: text, keep_spam: text },
  expected: { source: text },
  sometimes: {},
})

function decodeForwardingHost(value: unknown, context: DecodeContext): ForwardingHost {
  const reply = context.parse(forwardingHostReply, value)
  return { host: reply.host, source: reply.source ?? reply.host, filterSpam: reply.keep_spam !== 'yes' }
}

const FORWARDING_HOST = requestSchema('forwarding host', ['host', 'filterSpam'])

/** Forwarding hosts: `get/fwdhost`, `add/fwdhost`, `edit/fwdhost`, `delete/fwdhost`. */
export class ForwardingHosts {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<ForwardingHost[]> {
    return this.#api.readList('get/fwdhost', ['all'], decodeForwardingHost, options)
  }

  /** Adds a host, or sets it anew when it is there. Give an address: mailcow expands names. */
  async add(
    settings: { readonly host: string; readonly filterSpam: boolean },
    options: WriteOptions = {},
  ): Promise<void> {
    checkRequest(FORWARDING_HOST, settings)
    await this.#api.write(
      {
        route: 'add/fwdhost',
        done: ['forwarding_host_added'],
        // Without it mailcow would switch the spam filter off for this host.
        body: { hostname: checkHost(settings.host), filter_spam: flagToWire(settings.filterSpam) },
      },
      options,
    )
    if (options.readBack !== true) return
    const found = (await this.list(options)).filter(
      ({ host, source }) => host === settings.host || source === settings.host,
    )
    const isSet = found.length > 0 && found.every((host) => host.filterSpam === settings.filterSpam)
    if (!isSet) throw notAsIntended('add/fwdhost', settings.host, ['filterSpam'])
  }

  /** Switches the spam filter for a host on or off. */
  async edit(
    host: string,
    changes: { readonly filterSpam: boolean },
    options: WriteOptions = {},
  ): Promise<void> {
    checkRequest(FORWARDING_HOST, changes)
    await writeEach(
      this.#api,
      host,
      {
        route: 'edit/fwdhost',
        done: ['object_modified'],
        names: byName,
        normalise: checkHost,
        // The other way round, and under another name, than in add.
        attr: { keep_spam: flagToWire(!changes.filterSpam) },
      },
      options,
      async () => differences(changes, await this.#find(host, options)),
    )
  }

  /** Deletes hosts by their address, as {@link list} shows it. */
  delete(host: string, options?: WriteOptions): Promise<void>
  delete(hosts: readonly string[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    hosts: string | readonly string[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    const find = finder(hosts, {
      one: (host) => this.#find(host, options),
      all: () => this.list(options),
      is: (found, host) => found.host === host,
    })
    return writeEach(
      this.#api,
      hosts,
      { route: 'delete/fwdhost', done: ['forwarding_host_removed'], names: byName, normalise: checkHost },
      options,
      (item) => gone(find(item)),
    )
  }

  async #find(host: string, options: CallOptions): Promise<ForwardingHost | undefined> {
    return (await this.list(options)).find((candidate) => candidate.host === host)
  }
}

function checkHost(host: string): string {
  if (host === '') throw usageError('host is empty')
  return host
}
