import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { differences } from './compare.ts'
import { addAndFind } from './add-and-find.ts'
import { type ItemResult, usageError } from './errors.ts'
import { normaliseMailbox, requireId, splitAddress } from './names.ts'
import { type NewPassword, passwordToWire } from './password.ts'
import { PROTOCOLS, type Protocol } from './protocol.ts'
import type { CallOptions, SettleOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { byId, writeEach } from './write-each.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, integer, nullableText, text } from './wire.ts'

/** A second password of a mailbox, for some protocols. mailcow lists the hash; this client does not hand it out. */
export interface AppPassword {
  readonly id: number
  readonly name: string
  readonly mailbox: string
  readonly domain: string
  readonly active: boolean
  readonly protocols: readonly Protocol[]
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

/** What `appPasswords.add` takes. */
export type AppPasswordSettings = NewAppPassword & NewPassword

/** An app password to be made, without the password itself. */
export interface NewAppPassword {
  readonly mailbox: string
  /** For people; may be there twice. */
  readonly name: string
  /** Nothing else is allowed. */
  readonly protocols: readonly Protocol[]
  /** Default true. */
  readonly active?: boolean
}

export interface AppPasswordChanges {
  readonly name?: string
  readonly password?: string
  readonly passwordHash?: string
  readonly protocols?: readonly Protocol[]
  readonly active?: boolean
}

export const appPasswordReply = defineReply('app password', {
  required: { id: integer, name: text, mailbox: text, active: flag },
  expected: {
    domain: text,
    password: ignored,
    created: nullableText,
    modified: nullableText,
    imap_access: flag,
    smtp_access: flag,
    dav_access: flag,
    eas_access: flag,
    pop3_access: flag,
    sieve_access: flag,
  },
  sometimes: {},
})

function decodeAppPassword(value: unknown, context: DecodeContext): AppPassword {
  const reply = context.parse(appPasswordReply, value)
  const access: Readonly<Record<Protocol, boolean | undefined>> = {
    imap: reply.imap_access,
    pop3: reply.pop3_access,
    smtp: reply.smtp_access,
    sieve: reply.sieve_access,
    eas: reply.eas_access,
    dav: reply.dav_access,
  }
  return {
    id: reply.id,
    name: reply.name,
    mailbox: reply.mailbox,
    domain: reply.domain ?? splitAddress(reply.mailbox).domain,
    active: reply.active,
    protocols: PROTOCOLS.filter((protocol) => access[protocol] === true),
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

const APP_PASSWORD = requestSchema('app password', [
  'mailbox',
  'name',
  'password',
  'passwordHash',
  'protocols',
  'active',
])

/** App passwords: `get/app-passwd/all`, `add/app-passwd`, `edit/app-passwd`, `delete/app-passwd`. */
export class AppPasswords {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** The app passwords of one mailbox; none for an unknown one. */
  list(mailbox: string, options: CallOptions = {}): Promise<AppPassword[]> {
    return this.#api.readList(
      'get/app-passwd',
      ['all', normaliseMailbox(mailbox)],
      decodeAppPassword,
      options,
    )
  }

  /**
   * Adds an app password and resolves with it as read back: mailcow does not tell its id, so the list is read before
   * and after. Works also when the mailbox's own password must be changed or has a second factor.
   */
  async add(settings: AppPasswordSettings, options: WriteOptions = {}): Promise<AppPassword> {
    checkRequest(APP_PASSWORD, settings)
    const mailbox = normaliseMailbox(settings.mailbox)
    if (settings.name === '') throw usageError('an app password needs a name')
    const body = toWire(mailbox, settings)
    const { name, protocols, active = true } = settings
    return addAndFind(
      this.#api,
      {
        write: { route: 'add/app-passwd', done: ['app_passwd_added'], body },
        subject: mailbox,
        list: () => this.list(mailbox, options),
        isIt: (candidate) => candidate.name === name,
        wanted: { name, protocols, active },
      },
      options,
    )
  }

  /** Changes an app password. Its mailbox has to be named: mailcow crashes without. */
  async edit(
    target: { readonly id: number; readonly mailbox: string },
    changes: AppPasswordChanges,
    options: WriteOptions = {},
  ): Promise<void> {
    checkRequest(APP_PASSWORD, changes)
    const username = normaliseMailbox(target.mailbox)
    await writeEach(
      this.#api,
      target.id,
      {
        route: 'edit/app-passwd',
        done: ['object_modified'],
        names: byId,
        normalise: requireId,
        attr: { username, ...changesToWire(changes) },
      },
      options,
      async (id) => {
        const { name, protocols, active } = changes
        const found = (await this.list(username, options)).find((candidate) => candidate.id === id)
        return differences({ name, protocols, active }, found)
      },
    )
  }

  /** Deletes app passwords by id. */
  delete(id: number, options?: CallOptions): Promise<void>
  delete(ids: readonly number[], options?: SettleOptions): Promise<readonly ItemResult[]>
  async delete(
    ids: number | readonly number[],
    options: SettleOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      ids,
      { route: 'delete/app-passwd', done: ['app_passwd_removed'], names: byId, normalise: requireId },
      options,
    )
  }
}

function toWire(mailbox: string, settings: AppPasswordSettings): Record<string, unknown> {
  return {
    username: mailbox,
    ...changesToWire(settings),
    active: flagToWire(settings.active ?? true),
  }
}

function changesToWire(changes: AppPasswordChanges): Record<string, unknown> {
  const password = passwordToWire(changes)
  return withoutAbsent({
    app_name: changes.name,
    app_passwd: password,
    app_passwd2: password,
    active: optionalFlag(changes.active),
    // Absent would grant nothing, without a word.
    protocols: changes.protocols?.map((protocol) => `${protocol}_access`),
  })
}
