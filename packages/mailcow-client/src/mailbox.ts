import { type Api, readBackOne } from './api.ts'
import { differences } from './compare.ts'
import { type ItemResult, usageError } from './errors.ts'
import { decodeMailbox } from './mailbox-reply.ts'
import { normaliseDomain, normaliseMailbox, splitAddress } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { type NewPassword, passwordToWire } from './password.ts'
import { encodeSegment } from './path.ts'
import type { Protocol } from './protocol.ts'
import type { RateLimit } from './rate-limit.ts'
import { checkTags, flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { byName, gone, writeEach } from './write-each.ts'
import { quotaToMib } from './units.ts'

/** A mailbox as it is on mailcow. Sizes in bytes; null where mailcow does not say (fields of the reduced view). */
export interface Mailbox {
  /** Lower case. */
  readonly address: string
  readonly domain: string
  readonly localPart: string
  readonly name: string
  /** Can log in and receives mail. */
  readonly active: boolean
  /** Cannot log in, but receives mail. */
  readonly receiveOnly: boolean
  /** null: unlimited. May be negative: mailcow accepts that from others. */
  readonly quotaBytes: number | null
  readonly usedBytes: number | null
  readonly messages: number | null
  /** The web interface makes the user choose a new password. */
  readonly forcePasswordUpdate: boolean
  /** When the password was last set, by the user or an admin. */
  readonly passwordChangedAt: Date | null
  readonly protocols: readonly Protocol[]
  readonly sogoAccess: boolean | null
  readonly forceTwoFactor: boolean | null
  readonly requireTlsIn: boolean | null
  readonly requireTlsOut: boolean | null
  readonly quarantineNotification: string | null
  readonly quarantineCategory: string | null
  readonly recoveryEmail: string | null
  readonly relayHostId: number | null
  /** `mailcow`, or an identity provider. */
  readonly authSource: string
  readonly customAttributes: Readonly<Record<string, string>>
  readonly lastLogin: {
    readonly imap: Date | null
    readonly pop3: Date | null
    readonly smtp: Date | null
    readonly sso: Date | null
  }
  readonly tags: readonly string[]
  /** The largest quota that the mailbox could be given now. */
  readonly maxQuotaBytes: number | null
  readonly temporaryAliases: number | null
  readonly pushoverActive: boolean | null
  readonly rateLimit: RateLimit | null
  readonly rateLimitFrom: 'domain' | 'mailbox' | null
  /** Its domain is relayed to another server. */
  readonly isRelayed: boolean | null
  /** As whom it may send besides itself: addresses, `@domain`, or `*`. */
  readonly senderAcl: readonly string[] | null
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

/** What can be changed on a mailbox. */
export interface MailboxChanges {
  readonly name?: string
  /** Bytes: whole MiB, never 0. null: unlimited. */
  readonly quotaBytes?: number | null
  readonly active?: boolean
  /** true: no login, but mail arrives (`active` must not be true then). */
  readonly receiveOnly?: true
  /** A change of the password leaves `forcePasswordUpdate` as it is. */
  readonly password?: string
  /** Instead of `password`, see {@link NewPassword}. */
  readonly passwordHash?: string
  readonly forcePasswordUpdate?: boolean
  /** Exactly these are allowed. */
  readonly protocols?: readonly Protocol[]
  readonly sogoAccess?: boolean
  readonly relayHostId?: number | null
  readonly senderAcl?: readonly string[]
  /** Added to those that are there: mailcow never removes tags here, see {@link Mailboxes.removeTags}. */
  readonly addTags?: readonly string[]
  readonly recoveryEmail?: string
  readonly authSource?: 'mailcow' | 'keycloak' | 'generic-oidc' | 'ldap'
}

/** A new mailbox. What is absent comes from mailcow's mailbox template. */
export type MailboxSettings = NewMailbox & NewPassword

interface NewMailbox extends Omit<
  MailboxChanges,
  'addTags' | 'senderAcl' | 'recoveryEmail' | 'password' | 'passwordHash'
> {
  readonly localPart: string
  readonly domain: string
  readonly name: string
  readonly quotaBytes: number | null
  readonly active: boolean
  readonly forcePasswordUpdate: boolean
  readonly requireTlsIn?: boolean
  readonly requireTlsOut?: boolean
  readonly tags?: readonly string[]
  /** What the user may do in the web interface, e.g. `app_passwds`. Absent: from mailcow's template. */
  readonly permissions?: readonly string[]
}

/** Mailboxes: `get/mailbox`, `add/mailbox`, `edit/mailbox`, `delete/mailbox`. */
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
    await readBackOne('add/mailbox', address, comparable(settings), () => this.get(address, options))
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
        attr: changesToWire(changes),
      },
      options,
      async (address) => {
        const found = await this.get(address, options)
        const missingTags = (changes.addTags ?? []).filter((tag) => !found?.tags.includes(tag))
        return [...differences(comparable(changes), found), ...(missingTags.length > 0 ? ['tags'] : [])]
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
      (address) => gone(this.get(address, options)),
    )
  }
}

function domainOf(address: string): string {
  return splitAddress(address).domain
}

function newMailboxToWire(settings: MailboxSettings): Record<string, unknown> {
  return {
    local_part: settings.localPart,
    authsource: settings.authSource ?? 'mailcow',
    ...changesToWire(settings),
    ...withoutAbsent({
      tls_enforce_in: optionalFlag(settings.requireTlsIn),
      tls_enforce_out: optionalFlag(settings.requireTlsOut),
      tags: checkTags(settings.tags),
      acl: settings.permissions,
    }),
  }
}

function changesToWire(changes: MailboxChanges): Record<string, unknown> {
  const { quotaBytes, relayHostId } = changes
  const password = passwordToWire(changes)
  return withoutAbsent({
    name: checkName(changes.name),
    password,
    password2: password,
    quota: quotaBytes === undefined ? undefined : quotaToMib(quotaBytes, 'quotaBytes'),
    active: activeToWire(changes),
    force_pw_update: optionalFlag(changes.forcePasswordUpdate),
    protocol_access: changes.protocols,
    sogo_access: optionalFlag(changes.sogoAccess),
    relayhost: relayHostId === undefined ? undefined : (relayHostId ?? 0),
    sender_acl: changes.senderAcl,
    tags: checkTags(changes.addTags),
    pw_recovery_email: changes.recoveryEmail,
    authsource: changes.authSource,
  })
}

function activeToWire(changes: MailboxChanges): 0 | 1 | 2 | undefined {
  if (changes.receiveOnly === true) {
    if (changes.active === true) throw usageError('a mailbox cannot be active and receive only')
    return 2
  }
  return changes.active === undefined ? undefined : flagToWire(changes.active)
}

/** What of the wishes can be read back: not the password, not what only adds. */
function comparable(changes: MailboxChanges & { tags?: readonly string[] }): object {
  const { name, quotaBytes, active, receiveOnly, forcePasswordUpdate, protocols, sogoAccess } = changes
  return {
    name: name === undefined ? undefined : storedName(name),
    quotaBytes,
    active: receiveOnly === true ? false : active,
    receiveOnly,
    forcePasswordUpdate,
    protocols,
    sogoAccess,
    relayHostId: changes.relayHostId,
    senderAcl: changes.senderAcl,
    tags: changes.tags,
  }
}

/** Longer names crash mailcow. */
function checkName(name: string | undefined): string | undefined {
  if (name !== undefined && Array.from(name).length > 255)
    throw usageError('a name has at most 255 characters')
  return name
}

/** mailcow strips `<` at the start and `>` at the end of a name. */
function storedName(name: string): string {
  return name.replace(/^<+/, '').replace(/>+$/, '')
}
