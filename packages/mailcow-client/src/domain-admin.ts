import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { readBackOne } from './read-back.ts'
import { z } from 'zod'
import { differences } from './compare.ts'
import { type ItemResult, usageError } from './errors.ts'
import { normaliseDomain } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { type NewPassword, passwordToWire } from './password.ts'
import { defineReply, isRecord } from './reply.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, nullableText, text } from './wire.ts'
import { byName, finder, gone, writeEach } from './write-each.ts'

/** Somebody who may administer some domains. */
export interface DomainAdmin {
  readonly username: string
  readonly active: boolean
  readonly twoFactor: boolean | null
  readonly domains: readonly string[]
  readonly createdAt: Date | null
}

/** Somebody who may administer everything. */
export type Admin = Omit<DomainAdmin, 'domains'>

export type DomainAdminSettings = NewDomainAdmin & NewPassword

/** An administrator to be made, without the password. */
export interface NewDomainAdmin {
  /** Letters, digits, `.`, `_`, `-`. */
  readonly username: string
  readonly domains: readonly string[]
  readonly active: boolean
}

export interface DomainAdminChanges {
  readonly username?: string
  readonly password?: string
  readonly passwordHash?: string
  /** Exactly these. */
  readonly domains?: readonly string[]
  readonly active?: boolean
}

const adminFields = {
  required: { username: text, active: flag },
  expected: {
    tfa_active: flag,
    created: nullableText,
    attributes: ignored,
    active_int: ignored,
    tfa_active_int: ignored,
  },
}

export const adminReply = defineReply('admin', { ...adminFields, sometimes: {} })

export const domainAdminReply = defineReply('domain admin', {
  ...adminFields,
  sometimes: { selected_domains: z.array(text), unselected_domains: ignored },
})

function decodeAdmin(value: unknown, context: DecodeContext): Admin {
  const reply = context.parse(adminReply, value)
  return {
    username: reply.username,
    active: reply.active,
    twoFactor: reply.tfa_active ?? null,
    createdAt: parseServerTime(reply.created, context.timeZone),
  }
}

function decodeDomainAdmin(value: unknown, context: DecodeContext): DomainAdmin {
  const reply = context.parse(domainAdminReply, value)
  return {
    username: reply.username,
    active: reply.active,
    twoFactor: reply.tfa_active ?? null,
    domains: reply.selected_domains ?? [],
    createdAt: parseServerTime(reply.created, context.timeZone),
  }
}

const DOMAIN_ADMIN = requestSchema('domain admin', [
  'username',
  'password',
  'passwordHash',
  'domains',
  'active',
])

/**
 * Domain admins: `get/domain-admin`, `add/domain-admin`, `edit/domain-admin`, `delete/domain-admin`, `edit/da-acl`,
 * `add/sso/domain-admin`; and `get/admin`.
 */
export class DomainAdmins {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<DomainAdmin[]> {
    return this.#api.readList('get/domain-admin', ['all'], decodeDomainAdmin, options)
  }

  /** The admins of the whole server. */
  listAdmins(options: CallOptions = {}): Promise<Admin[]> {
    return this.#api.readList('get/admin', ['all'], decodeAdmin, options)
  }

  async get(username: string, options: CallOptions = {}): Promise<DomainAdmin | undefined> {
    return this.#api.readOne('get/domain-admin', [checkUsername(username)], decodeDomainAdmin, options)
  }

  /** Rejects with `exists`, `password_refused`, or `partial` (made, but without domains that do not exist). */
  async add(settings: DomainAdminSettings, options: WriteOptions = {}): Promise<void> {
    checkRequest(DOMAIN_ADMIN, settings)
    const username = checkUsername(settings.username)
    const domains = settings.domains.map(normaliseDomain)
    if (domains.length === 0) throw usageError('a domain admin needs a domain')
    const password = passwordToWire(settings)
    await this.#api.write(
      {
        route: 'add/domain-admin',
        done: ['domain_admin_added'],
        body: { username, password, password2: password, domains, active: flagToWire(settings.active) },
      },
      options,
    )
    if (options.readBack !== true) return
    const wanted = { username, domains, active: settings.active }
    await readBackOne('add/domain-admin', username, wanted, () => this.get(username, options))
  }

  async edit(username: string, changes: DomainAdminChanges, options: WriteOptions = {}): Promise<void> {
    checkRequest(DOMAIN_ADMIN, changes)
    const password = passwordToWire(changes)
    const domains = changes.domains?.map(normaliseDomain)
    const newName = changes.username === undefined ? undefined : checkUsername(changes.username)
    await writeEach(
      this.#api,
      username,
      {
        route: 'edit/domain-admin',
        done: ['domain_admin_modified'],
        soft: ['domain_invalid'],
        names: byName,
        normalise: checkUsername,
        attr: withoutAbsent({
          username_new: newName,
          password,
          password2: password,
          domains,
          active: optionalFlag(changes.active),
        }),
      },
      options,
      async () => {
        const found = await this.get(newName ?? username, options)
        return differences({ domains, active: changes.active, username: newName }, found)
      },
    )
  }

  delete(username: string, options?: WriteOptions): Promise<void>
  delete(usernames: readonly string[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    usernames: string | readonly string[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    const find = this.#finder(usernames, options)
    return writeEach(
      this.#api,
      usernames,
      {
        route: 'delete/domain-admin',
        done: ['domain_admin_removed'],
        names: byName,
        normalise: checkUsername,
      },
      options,
      (username) => gone(find(username)),
    )
  }

  /** Allows exactly these permissions, e.g. `syncjobs`, `quarantine`, `login_as`. mailcow does not list them. */
  async setPermissions(
    username: string,
    permissions: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    await writeEach(
      this.#api,
      username,
      {
        route: 'edit/da-acl',
        done: ['acl_saved'],
        names: byName,
        normalise: checkUsername,
        attr: { da_acl: permissions },
      },
      options,
    )
  }

  /** A token with which the admin is logged in once, without a password: `https://mailcow/sso.php?token=…`. */
  async ssoToken(username: string, options: CallOptions = {}): Promise<string> {
    const body = { username: checkUsername(username) }
    const value = await this.#api.writeForData('add/sso/domain-admin', body, options)
    const token = isRecord(value) ? value['token'] : undefined
    if (typeof token !== 'string') throw this.#api.unexpected('add/sso/domain-admin', 'holds no token')
    return token
  }

  #finder(usernames: string | readonly string[], options: CallOptions) {
    return finder(usernames, {
      one: (key) => this.get(key, options),
      all: () => this.list(options),
      is: (found, username) => found.username.toLowerCase() === username.toLowerCase(),
    })
  }
}

function checkUsername(username: string): string {
  if (!/^[\w.-]+$/.test(username))
    throw usageError(`${JSON.stringify(username)} is not the name of a domain admin`)
  return username
}
