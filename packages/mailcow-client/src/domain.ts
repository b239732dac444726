import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api } from './api.ts'
import { notAsIntended, readBackOne } from './read-back.ts'
import { differences } from './compare.ts'
import { decodeDomain } from './domain-reply.ts'
import { type ItemResult, usageError } from './errors.ts'
import { normaliseDomain } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { type RateLimit, rateLimitToWire } from './rate-limit.ts'
import { search, type SearchOptions, type SearchPage } from './search.ts'
import { byName, finder, gone, writeEach } from './write-each.ts'
import { limitToMib } from './units.ts'
import { checkTags, count, flagToWire, optionalFlag, withoutAbsent } from './request.ts'

/** A domain as it is on mailcow. All quotas and sizes in bytes. */
export interface Domain {
  /** ASCII form, lower case. */
  readonly domain: string
  /** For people: internationalised names decoded. */
  readonly displayName: string
  readonly description: string
  readonly active: boolean
  /** mailcow relays mail for this domain instead of delivering it. */
  readonly backupMx: boolean
  readonly relayAllRecipients: boolean
  readonly relayUnknownOnly: boolean
  /** Its mailboxes see each other in the global address list. */
  readonly globalAddressList: boolean
  readonly maxAliases: number
  readonly maxMailboxes: number
  readonly defaultMailboxQuotaBytes: number
  readonly maxMailboxQuotaBytes: number
  /** What all mailboxes together may be given. */
  readonly quotaBytes: number
  /** What they have been given; unlimited mailboxes count 0. */
  readonly quotaAssignedBytes: number
  readonly storedBytes: number | null
  readonly storedMessages: number | null
  readonly mailboxes: number
  /** May be negative: mailcow does not lock. */
  readonly mailboxesLeft: number
  readonly aliases: number
  readonly aliasesLeft: number
  /** The largest quota that one more mailbox could get now; may be negative; null where mailcow does not say. */
  readonly maxNewMailboxQuotaBytes: number | null
  readonly relayHostId: number | null
  readonly rateLimit: RateLimit | null
  readonly tags: readonly string[]
  readonly domainAdmins: readonly string[]
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

/** The three flags that say what mailcow does with mail for a domain; they only make sense together. */
export interface RelayFlags {
  readonly backupMx: boolean
  readonly relayAllRecipients: boolean
  readonly relayUnknownOnly: boolean
}

/**
 * mailcow delivers the domain's mail itself. All three flags go in one call: `backupMx: false` alone is answered with
 * success and changes nothing while `relayAllRecipients` is set.
 */
export const FINAL_DESTINATION: RelayFlags = {
  backupMx: false,
  relayAllRecipients: false,
  relayUnknownOnly: false,
}

/** mailcow relays all mail for the domain to another server, whoever the recipient is. */
export const RELAY_ALL: RelayFlags = { backupMx: true, relayAllRecipients: true, relayUnknownOnly: false }

/** What can be changed on a domain. Quotas in bytes: whole MiB, never 0. */
export interface DomainChanges extends Partial<RelayFlags> {
  readonly description?: string
  readonly active?: boolean
  readonly maxAliases?: number
  readonly maxMailboxes?: number
  readonly defaultMailboxQuotaBytes?: number
  readonly maxMailboxQuotaBytes?: number
  readonly quotaBytes?: number
  readonly globalAddressList?: boolean
  /** null: none. */
  readonly relayHostId?: number | null
  /** Added to those that are there: mailcow never removes tags here, see {@link Domains.removeTags}. */
  readonly addTags?: readonly string[]
}

/** A new domain. What is absent comes from mailcow's domain template. */
export interface DomainSettings extends Omit<DomainChanges, 'addTags'> {
  readonly domain: string
  readonly rateLimit?: RateLimit | null
  readonly tags?: readonly string[]
  /** false: no DKIM key. Absent: mailcow makes one (selector `dkim`, 2048 bit). */
  readonly dkim?: false | { readonly selector: string; readonly bits: number }
  /** Restart SOGo, which interrupts its users, so that the domain shows there at once. Default false. */
  readonly restartSogo?: boolean
}

/** Text below outgoing mail. */
export interface DomainFooter {
  readonly html: string
  readonly plain: string
  /** Whose mail stays as it is. */
  readonly exceptMailboxes?: readonly string[]
}

const NEW_DOMAIN = requestSchema('new domain', [
  'description',
  'active',
  'maxAliases',
  'maxMailboxes',
  'defaultMailboxQuotaBytes',
  'maxMailboxQuotaBytes',
  'quotaBytes',
  'globalAddressList',
  'relayHostId',
  'backupMx',
  'relayAllRecipients',
  'relayUnknownOnly',
  'domain',
  'rateLimit',
  'tags',
  'dkim',
  'restartSogo',
])
const CHANGED_DOMAIN = requestSchema('domain', [
  'description',
  'active',
  'maxAliases',
  'maxMailboxes',
  'defaultMailboxQuotaBytes',
  'maxMailboxQuotaBytes',
  'quotaBytes',
  'globalAddressList',
  'relayHostId',
  'backupMx',
  'relayAllRecipients',
  'relayUnknownOnly',
  'addTags',
])

/**
 * Domains: `get/domain`, `add/domain`, `edit/domain`, `delete/domain`, `delete/domain/tag`, `edit/domain/footer`,
 * `search/domain`.
 */
export class Domains {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** All domains (alias domains are none); with `tags` those that carry one of them. */
  list(options: CallOptions & { readonly tags?: readonly string[] | undefined } = {}): Promise<Domain[]> {
    const query = options.tags === undefined ? undefined : { tags: options.tags.join(',') }
    return this.#api.readList('get/domain', ['all'], decodeDomain, options, query)
  }

  /** One domain, or undefined. The name of an alias domain is not a domain: undefined. */
  async get(domain: string, options: CallOptions = {}): Promise<Domain | undefined> {
    const name = normaliseDomain(domain)
    const found = await this.#api.readOne('get/domain', [name], decodeDomain, options)
    // mailcow answers for an alias domain with the domain that it points to.
    return found?.domain === name ? found : undefined
  }

  /** Domains whose name holds these words, or that carry the tag. */
  search(words: string, options: SearchOptions = {}): Promise<SearchPage<Domain>> {
    return search(this.#api, 'search/domain', words, decodeDomain, options)
  }

  /** Adds a domain. Rejects with `exists` when it is a domain or an alias domain already. */
  async add(settings: DomainSettings, options: WriteOptions = {}): Promise<void> {
    checkRequest(NEW_DOMAIN, settings)
    const domain = normaliseDomain(settings.domain)
    await this.#api.write(
      {
        route: 'add/domain',
        done: ['domain_added'],
        domains: [domain],
        body: { domain, ...newDomainToWire(settings) },
      },
      options,
    )
    if (options.readBack !== true) return
    const { domain: _, dkim: _dkim, restartSogo: _restart, ...wanted } = settings
    await readBackOne('add/domain', domain, wanted, () => this.get(domain, options))
  }

  /**
   * Changes one domain or several. The relay flags go together, see {@link FINAL_DESTINATION}; with
   * `readBack: true` a change that mailcow swallowed rejects with `not_as_intended`.
   */
  edit(domain: string, changes: DomainChanges, options?: WriteOptions): Promise<void>
  edit(
    domains: readonly string[],
    changes: DomainChanges,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    domains: string | readonly string[],
    changes: DomainChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(CHANGED_DOMAIN, changes)
    const find = this.#finder(domains, options)
    return writeEach(
      this.#api,
      domains,
      {
        route: 'edit/domain',
        done: ['domain_modified'],
        names: byName,
        normalise: normaliseDomain,
        domain: itself,
        attr: changesToWire(changes),
      },
      options,
      async (domain) => {
        const { addTags = [], ...wanted } = changes
        const found = await find(domain)
        const missing = addTags.filter((tag) => !found?.tags.includes(tag))
        return [...differences(wanted, found), ...(missing.length > 0 ? ['tags'] : [])]
      },
    )
  }

  /**
   * Deletes a domain with its aliases and alias domains; its DKIM key stays. Rejects with `rejected`
   * (`domain_not_empty`) while it has mailboxes. mailcow reports success for unknown domains; with `readBack` the
   * call proves that the domain is gone, not that it was there.
   */
  delete(domain: string, options?: WriteOptions): Promise<void>
  delete(domains: readonly string[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    domains: string | readonly string[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    const find = this.#finder(domains, options)
    return writeEach(
      this.#api,
      domains,
      {
        route: 'delete/domain',
        done: ['domain_removed'],
        names: byName,
        normalise: normaliseDomain,
        domain: itself,
      },
      options,
      (domain) => gone(find(domain)),
    )
  }

  /** Takes tags off a domain. */
  async removeTags(domain: string, tags: readonly string[], options: WriteOptions = {}): Promise<void> {
    const name = normaliseDomain(domain)
    if (tags.length === 0) throw usageError('no tags were given')
    await this.#api.write(
      { route: 'delete/domain/tag', segments: [name], done: ['domain_modified'], body: tags },
      options,
    )
    if (options.readBack !== true) return
    const left = (await this.get(name, options))?.tags.filter((tag) => tags.includes(tag)) ?? []
    if (left.length > 0) throw notAsIntended('delete/domain/tag', name, ['tags'])
  }

  /** Sets the text that mailcow puts below all mail that leaves the domain; mailcow does not hand it out. */
  async setFooter(domain: string, footer: DomainFooter, options: CallOptions = {}): Promise<void> {
    await writeEach(
      this.#api,
      domain,
      {
        route: 'edit/domain/footer',
        done: ['domain_footer_modified'],
        soft: ['username_invalid'],
        names: byName,
        normalise: normaliseDomain,
        attr: footerToWire(footer),
      },
      { signal: options.signal },
    )
  }

  #finder(domains: string | readonly string[], options: CallOptions) {
    return finder(domains, {
      one: (key) => this.get(key, options),
      all: () => this.list(options),
      is: (found, domain) => found.domain === domain,
    })
  }
}

function footerToWire({ html, plain, exceptMailboxes = [] }: DomainFooter): Record<string, unknown> {
  // The field has had both names.
  return { html, plain, mbox_exclude: exceptMailboxes, exclude: exceptMailboxes }
}

function itself(domain: string): string {
  return domain
}

function newDomainToWire(settings: DomainSettings): Record<string, unknown> {
  const { rateLimit, tags, dkim, restartSogo } = settings
  return {
    ...changesToWire(settings),
    ...(rateLimit === undefined ? {} : rateLimitToWire(rateLimit)),
    ...(tags === undefined ? {} : { tags: checkTags(tags) }),
    ...(dkim === false ? { key_size: 0 } : {}),
    ...(dkim ? { dkim_selector: dkim.selector, key_size: dkim.bits } : {}),
    restart_sogo: flagToWire(restartSogo ?? false),
  }
}

function changesToWire(changes: DomainChanges): Record<string, unknown> {
  return withoutAbsent({
    description: changes.description,
    aliases: count(changes.maxAliases, 'maxAliases'),
    mailboxes: count(changes.maxMailboxes, 'maxMailboxes'),
    defquota: limit(changes.defaultMailboxQuotaBytes, 'defaultMailboxQuotaBytes'),
    maxquota: limit(changes.maxMailboxQuotaBytes, 'maxMailboxQuotaBytes'),
    quota: limit(changes.quotaBytes, 'quotaBytes'),
    active: optionalFlag(changes.active),
    gal: optionalFlag(changes.globalAddressList),
    backupmx: optionalFlag(changes.backupMx),
    relay_all_recipients: optionalFlag(changes.relayAllRecipients),
    relay_unknown_only: optionalFlag(changes.relayUnknownOnly),
    relayhost: changes.relayHostId === undefined ? undefined : (changes.relayHostId ?? 0),
    tags: checkTags(changes.addTags),
  })
}

function limit(bytes: number | undefined, name: string): number | undefined {
  return bytes === undefined ? undefined : limitToMib(bytes, name)
}
