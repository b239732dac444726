import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api } from './api.ts'
import { notAsIntended, readBackOne } from './read-back.ts'
import { differences } from './compare.ts'
import { type ItemResult, usageError } from './errors.ts'
import { itemList } from './items.ts'
import { decodeMailbox } from './mailbox-reply.ts'
import { comparableMailbox, mailboxChangesToWire, newMailboxToWire } from './mailbox-request.ts'
import type { Mailbox, MailboxChanges, MailboxSettings } from './mailbox-types.ts'
import { normaliseDomain, normaliseMailbox, splitAddress } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { encodeSegment } from './path.ts'
import { flagToWire } from './request.ts'
import { search, type SearchOptions, type SearchPage } from './search.ts'
import { byName, finder, gone, writeEach } from './write-each.ts'

const NEW_MAILBOX = requestSchema('new mailbox', [
  'name',
  'quotaBytes',
  'active',
  'receiveOnly',
  'password',
  'passwordHash',
  'forcePasswordUpdate',
  'protocols',
  'sogoAccess',
  'relayHostId',
  'authSource',
  'localPart',
  'domain',
  'requireTlsIn',
  'requireTlsOut',
  'tags',
  'permissions',
])
const CHANGED_MAILBOX = requestSchema('mailbox', [
  'name',
  'quotaBytes',
  'active',
  'receiveOnly',
  'password',
  'passwordHash',
  'forcePasswordUpdate',
  'protocols',
  'sogoAccess',
  'relayHostId',
  'authSource',
  'senderAcl',
  'addTags',
  'recoveryEmail',
])

/**
 * Mailboxes: `get/mailbox`, `add/mailbox`, `edit/mailbox`, `delete/mailbox`, `delete/mailbox/tag`, `edit/rename-mbox`,
 * `search/mailbox`.
 */
export class Mailboxes {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** All mailboxes, or those of one domain; none for an unknown one (mailcow would list those of all domains). */
  async list(domain?: string, options: CallOptions = {}): Promise<Mailbox[]> {
    if (domain === undefined) return this.#api.readList('get/mailbox', ['all'], decodeMailbox, options)
    const name = normaliseDomain(domain)
    const found = await this.#api.readList('get/mailbox', ['all', name], decodeMailbox, options)
    return found.filter((mailbox) => mailbox.domain === name)
  }

  /**
   * As {@link list}, but cheaper for mailcow: without `rateLimit`, `maxQuotaBytes`, `temporaryAliases`, `isRelayed`,
   * `senderAcl` (null or empty then).
   */
  async listReduced(domain?: string, options: CallOptions = {}): Promise<Mailbox[]> {
    const name = domain === undefined ? undefined : normaliseDomain(domain)
    const segments = name === undefined ? ['reduced'] : ['reduced', name]
    const found = await this.#api.readList('get/mailbox', segments, decodeMailbox, options)
    return name === undefined ? found : found.filter((mailbox) => mailbox.domain === name)
  }

  /** The mailboxes of several domains in one call; unknown domains have none. */
  async listDomains(domains: readonly string[], options: CallOptions = {}): Promise<Mailbox[]> {
    const names = domains.map(normaliseDomain)
    if (names.length === 0) return []
    const found = await this.#api.readList('get/mailbox', ['all', names.join(',')], decodeMailbox, options)
    // One unknown domain makes mailcow list the mailboxes of all, besides those that were asked for.
    const byAddress = new Map(found.map((mailbox) => [mailbox.address, mailbox]))
    return [...byAddress.values()].filter((mailbox) => names.includes(mailbox.domain))
  }

  /** The mailboxes that carry one of these tags, of all domains or of one. */
  async listTagged(tags: readonly string[], domain?: string, options: CallOptions = {}): Promise<Mailbox[]> {
    if (tags.length === 0) throw usageError('no tags were given')
    const segment = domain === undefined ? 'all' : normaliseDomain(domain)
    return this.#api.readList('get/mailbox', [segment], decodeMailbox, options, { tags: tags.join(',') })
  }

  /** Mailboxes whose address holds these words, or that carry the tag. */
  search(words: string, options: SearchOptions = {}): Promise<SearchPage<Mailbox>> {
    return search(this.#api, 'search/mailbox', words, decodeMailbox, options)
  }

  /** One mailbox, or undefined. */
  async get(address: string, options: CallOptions = {}): Promise<Mailbox | undefined> {
    const name = normaliseMailbox(address)
    const found = await this.#api.readOne('get/mailbox', [name], decodeMailbox, options)
    return found?.address.toLowerCase() === name ? found : undefined
  }

  /**
   * Adds a mailbox. Rejects with `exists`, `limit` (number or quota), `password_refused`, or `denied` when the domain
   * does not exist. An answer without a body can mean that somebody added it at the same moment (`empty_answer`).
   */
  async add(settings: MailboxSettings, options: WriteOptions = {}): Promise<void> {
    checkRequest(NEW_MAILBOX, settings)
    const domain = normaliseDomain(settings.domain)
    const address = normaliseMailbox(`${settings.localPart}@${domain}`)
    // mailcow would make it, and nobody could address it afterwards.
    encodeSegment(address)
    await this.#api.write(
      {
        route: 'add/mailbox',
        done: ['mailbox_added'],
        domains: [domain],
        body: { domain, ...newMailboxToWire(settings) },
      },
      options,
    )
    if (options.readBack !== true) return
    await readBackOne('add/mailbox', address, comparableMailbox(settings), () => this.get(address, options))
  }

  /** Changes one mailbox or several. Rejects with `denied` when it does not exist. */
  edit(address: string, changes: MailboxChanges, options?: WriteOptions): Promise<void>
  edit(
    addresses: readonly string[],
    changes: MailboxChanges,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    addresses: string | readonly string[],
    changes: MailboxChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(CHANGED_MAILBOX, changes)
    const find = this.#finder(addresses, options)
    return writeEach(
      this.#api,
      addresses,
      {
        route: 'edit/mailbox',
        done: ['mailbox_modified'],
        soft: ['sender_acl_invalid'],
        names: byName,
        normalise: normaliseMailbox,
        domain: domainOf,
        attr: mailboxChangesToWire(changes),
      },
      options,
      async (address) => {
        const found = await find(address)
        const missingTags = (changes.addTags ?? []).filter((tag) => !found?.tags.includes(tag))
        return [
          ...differences(comparableMailbox(changes), found),
          ...(missingTags.length > 0 ? ['tags'] : []),
        ]
      },
    )
  }

  /**
   * Deletes mailboxes with their mail (moved to mailcow's garbage), app passwords and filters; aliases lose them as
   * a target and vanish when it was their last. Rejects with `denied` when there is none.
   */
  delete(address: string, options?: WriteOptions): Promise<void>
  delete(addresses: readonly string[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    addresses: string | readonly string[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    const find = this.#finder(addresses, options)
    return writeEach(
      this.#api,
      addresses,
      {
        route: 'delete/mailbox',
        done: ['mailbox_removed'],
        names: byName,
        normalise: normaliseMailbox,
        domain: domainOf,
      },
      options,
      (address) => gone(find(address)),
    )
  }

  /** Takes tags off a mailbox. */
  async removeTags(address: string, tags: readonly string[], options: WriteOptions = {}): Promise<void> {
    const name = normaliseMailbox(address)
    if (tags.length === 0) throw usageError('no tags were given')
    await this.#api.write(
      { route: 'delete/mailbox/tag', segments: [name], done: ['mailbox_modified'], body: tags },
      options,
    )
    if (options.readBack !== true) return
    const left = (await this.get(name, options))?.tags.filter((tag) => tags.includes(tag)) ?? []
    if (left.length > 0) throw notAsIntended('delete/mailbox/tag', name, ['tags'])
  }

  /** Gives a mailbox another local part, mail and all; with `keepAlias` the old address becomes an alias of it. */
  async rename(
    address: string,
    change: { readonly localPart: string; readonly keepAlias: boolean },
    options: WriteOptions = {},
  ): Promise<void> {
    const from = normaliseMailbox(address)
    const { localPart, domain } = splitAddress(from)
    const to = normaliseMailbox(`${change.localPart}@${domain}`)
    encodeSegment(to)
    await this.#api.write(
      {
        route: 'edit/rename-mbox',
        done: ['mailbox_renamed'],
        domains: [domain],
        body: {
          items: [from],
          attr: {
            domain,
            old_local_part: localPart,
            new_local_part: splitAddress(to).localPart,
            create_alias: flagToWire(change.keepAlias),
          },
        },
      },
      options,
    )
    if (options.readBack !== true) return
    const isMoved =
      (await this.get(to, options)) !== undefined && (await this.get(from, options)) === undefined
    if (!isMoved) throw notAsIntended('edit/rename-mbox', from, ['address'])
  }

  #finder(addresses: string | readonly string[], options: CallOptions) {
    const domains = itemList(addresses).map((address) => domainOf(normaliseMailbox(address)))
    return finder(addresses, {
      one: (key) => this.get(key, options),
      all: () => this.listDomains([...new Set(domains)], options),
      is: (found, address) => found.address.toLowerCase() === address,
    })
  }
}

function domainOf(address: string): string {
  return splitAddress(address).domain
}
