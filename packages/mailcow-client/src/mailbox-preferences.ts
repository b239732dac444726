import type { Api } from './api.ts'
import { differences } from './compare.ts'
import { type ItemResult, usageError } from './errors.ts'
import { decodeMailbox } from './mailbox-reply.ts'
import { normaliseMailbox } from './names.ts'
import type { BulkOptions, CallOptions, SettleOptions } from './options.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import type { Route } from './routes.ts'
import { byName, writeEach } from './write-each.ts'

/** How often mailcow tells the user what is in the quarantine. */
export type QuarantineNotification = 'never' | 'hourly' | 'daily' | 'weekly'

/** What becomes of mail to `user+tag@…`. */
export type TaggedMail = 'subject' | 'subfolder' | 'none'

/** Notifications by the service Pushover. */
export interface PushoverSettings {
  readonly active: boolean
  readonly token: string
  readonly key: string
  readonly title?: string
  readonly text?: string
  /** Only for mail from these. */
  readonly senders?: readonly string[]
  readonly sendersRegex?: string
  readonly onlyHighPriority?: boolean
  readonly escalateHighPriority?: boolean
}

/**
 * What mailcow does not take in `edit/mailbox` (it ignores such fields there, with success): `edit/tls_policy`,
 * `edit/quarantine_notification`, `edit/delimiter_action`, `edit/user-acl`, `edit/mailbox/custom-attribute`,
 * `edit/pushover`, `delete/eas_cache`, `delete/sogo_profile`. Each takes one mailbox or several.
 */
export class MailboxPreferences {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** Whether mail must come in and go out encrypted. */
  setTlsPolicy(
    mailbox: string | readonly string[],
    policy: { readonly requireIn?: boolean; readonly requireOut?: boolean },
    options: BulkOptions = {},
  ): Promise<undefined | readonly ItemResult[]> {
    const attr = withoutAbsent({
      tls_enforce_in: optionalFlag(policy.requireIn),
      tls_enforce_out: optionalFlag(policy.requireOut),
    })
    const wanted = { requireTlsIn: policy.requireIn, requireTlsOut: policy.requireOut }
    return this.#edit('edit/tls_policy', 'mailbox_modified', mailbox, attr, options, wanted)
  }

  setQuarantineNotification(
    mailbox: string | readonly string[],
    notification: QuarantineNotification,
    options: BulkOptions = {},
  ): Promise<undefined | readonly ItemResult[]> {
    const attr = { quarantine_notification: notification }
    const wanted = { quarantineNotification: notification }
    return this.#edit('edit/quarantine_notification', 'mailbox_modified', mailbox, attr, options, wanted)
  }

  setTaggedMail(
    mailbox: string | readonly string[],
    handling: TaggedMail,
    options: SettleOptions = {},
  ): Promise<undefined | readonly ItemResult[]> {
    const attr = { tagged_mail_handler: handling }
    return this.#edit('edit/delimiter_action', 'mailbox_modified', mailbox, attr, options)
  }

  /** Allows the user exactly these things in the web interface, e.g. `app_passwds`. mailcow does not list them. */
  setPermissions(
    mailbox: string | readonly string[],
    permissions: readonly string[],
    options: SettleOptions = {},
  ): Promise<undefined | readonly ItemResult[]> {
    return this.#edit('edit/user-acl', 'acl_saved', mailbox, { user_acl: permissions }, options)
  }

  /** Replaces all custom attributes. */
  setCustomAttributes(
    mailbox: string | readonly string[],
    attributes: Readonly<Record<string, string>>,
    options: BulkOptions = {},
  ): Promise<undefined | readonly ItemResult[]> {
    const attr = { attribute: Object.keys(attributes), value: Object.values(attributes) }
    const wanted = { customAttributes: attributes }
    return this.#edit('edit/mailbox/custom-attribute', 'mailbox_modified', mailbox, attr, options, wanted)
  }

  /** One mailbox: mailcow's answer names none. */
  async setPushover(mailbox: string, settings: PushoverSettings, options: CallOptions = {}): Promise<void> {
    if (settings.token === '' || settings.key === '') throw usageError('Pushover needs a token and a key')
    await this.#api.write(
      {
        route: 'edit/pushover',
        done: ['pushover_settings_edited'],
        body: { items: [normaliseMailbox(mailbox)], attr: pushoverToWire(settings) },
      },
      options,
    )
  }

  /** Makes ActiveSync devices fetch everything anew. */
  resetActiveSync(
    mailbox: string | readonly string[],
    options: SettleOptions = {},
  ): Promise<undefined | readonly ItemResult[]> {
    return this.#edit('delete/eas_cache', 'eas_reset', mailbox, undefined, options)
  }

  /** Deletes the user's SOGo profile: settings, calendars and address books. Cannot be taken back. */
  deleteSogoProfile(
    mailbox: string | readonly string[],
    options: SettleOptions = {},
  ): Promise<undefined | readonly ItemResult[]> {
    return this.#edit('delete/sogo_profile', 'sogo_profile_reset', mailbox, undefined, options)
  }

  #edit(
    route: Route,
    done: string,
    mailbox: string | readonly string[],
    attr: Readonly<Record<string, unknown>> | undefined,
    options: BulkOptions,
    wanted: object = {},
  ): Promise<undefined | readonly ItemResult[]> {
    const write = { route, done: [done], names: byName, normalise: normaliseMailbox }
    return writeEach(
      this.#api,
      mailbox,
      attr === undefined ? write : { ...write, attr },
      options,
      async (address) =>
        differences(wanted, await this.#api.readOne('get/mailbox', [address], decodeMailbox, options)),
    )
  }
}

function pushoverToWire(settings: PushoverSettings): Record<string, unknown> {
  return {
    evaluate_x_prio: flagToWire(settings.escalateHighPriority ?? false),
    only_x_prio: flagToWire(settings.onlyHighPriority ?? false),
    token: settings.token,
    key: settings.key,
    title: settings.title ?? '',
    text: settings.text ?? '',
    senders: (settings.senders ?? []).join(','),
    senders_regex: settings.sendersRegex ?? '',
    active: flagToWire(settings.active),
  }
}
