import type { Api } from './api.ts'
import { MailcowError, usageError } from './errors.ts'
import { normaliseAddress, normaliseDomain } from './names.ts'
import type { CallOptions } from './options.ts'
import { asRecord, isRecord } from './reply.ts'
import { flagToWire } from './request.ts'

/** A part of mailcow's settings that this client hands on as it is, with mailcow's own names. Secrets are left out. */
export type Settings = Readonly<Record<string, unknown>>

/** The mail that tells a user that the mailbox fills up. */
export interface QuotaNotification {
  readonly sender: string
  readonly subject: string
  /** Jinja; `{{percent}}` and `{{username}}` are filled in. */
  readonly html: string
}

/** How other servers are told that this one takes mail only over TLS. */
export interface MtaStsPolicy {
  readonly domain: string
  readonly mode: 'enforce' | 'testing' | 'none'
  readonly mx: readonly string[]
  readonly maxAgeSeconds: number
  readonly active: boolean
}

/**
 * Settings of the server: `get/identity-provider`, `edit/cors`, `edit/quota_notification`,
 * `edit/quota_notification_bcc`, `get/rsetting`, `get/rspamd`, `add/mta-sts`.
 */
export class ServerSettings {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** How users log in, if not with a mailcow password. */
  async identityProvider(options: CallOptions = {}): Promise<Settings> {
    const value = await this.#api.read('get/identity-provider', [], options)
    if (!isRecord(value)) throw this.#api.unexpected('get/identity-provider', 'is not an object')
    return Object.fromEntries(Object.entries(value).filter(([name]) => !/secret|pass|token/i.test(name)))
  }

  /** From which web pages the API may be called. mailcow does not hand it out. */
  async setCors(
    settings: { readonly origins: readonly string[] | '*'; readonly methods: readonly ('GET' | 'POST')[] },
    options: CallOptions = {},
  ): Promise<void> {
    const { origins, methods } = settings
    const attr = { allowed_origins: origins === '*' ? '*' : origins.join('\n'), allowed_methods: methods }
    await this.#api.write({ route: 'edit/cors', done: ['cors_headers_edited'], body: { attr } }, options)
  }

  /** Replaces the template of the mail about a full mailbox. mailcow does not hand it out. */
  async setQuotaNotification(notification: QuotaNotification, options: CallOptions = {}): Promise<void> {
    const { html, subject } = notification
    const attr = { html_tmpl: html, sender: normaliseAddress(notification.sender), subject }
    const body = { items: ['none'], attr }
    await this.#api.write({ route: 'edit/quota_notification', done: ['saved_settings'], body }, options)
  }

  /** Who else is told when a mailbox of the domain fills up. */
  async setQuotaNotificationCopy(
    domain: string,
    copy: { readonly recipients: readonly string[]; readonly active: boolean },
    options: CallOptions = {},
  ): Promise<void> {
    const attr = {
      domain: normaliseDomain(domain),
      bcc_rcpt: copy.recipients.map(normaliseAddress).join(','),
      active: flagToWire(copy.active),
    }
    const body = { items: ['none'], attr }
    await this.#api.write({ route: 'edit/quota_notification_bcc', done: ['saved_settings'], body }, options)
  }

  /** The settings that were added to rspamd's own. */
  rspamdSettings(options: CallOptions = {}): Promise<Settings[]> {
    return this.#api.readList('get/rsetting', ['all'], asRecord, options)
  }

  /** rspamd's actions and their scores. */
  async rspamdActions(options: CallOptions = {}): Promise<Settings> {
    const value = await this.#api.read('get/rspamd', ['actions'], options)
    return isRecord(value) ? value : {}
  }

  /**
   * Adds an MTA-STS policy. mailcow tells a refusal (then the call rejects) but not a success, and has no route to read
   * it back: `unconfirmed` says so. See `https://mta-sts.<domain>/.well-known/mta-sts.txt`.
   */
  async addMtaStsPolicy(
    policy: MtaStsPolicy,
    options: CallOptions = {},
  ): Promise<'confirmed' | 'unconfirmed'> {
    if (policy.mx.length === 0) throw usageError('an MTA-STS policy needs a mail server')
    const body = {
      domain: normaliseDomain(policy.domain),
      version: 'STSv1',
      mode: policy.mode,
      mx: policy.mx.join(','),
      max_age: policy.maxAgeSeconds,
      active: flagToWire(policy.active),
    }
    try {
      await this.#api.write({ route: 'add/mta-sts', done: ['mta_sts_added'], body }, options)
      return 'confirmed'
    } catch (error) {
      const isSilent =
        error instanceof MailcowError && error.code === 'nothing_done' && error.messages.length === 0
      if (isSilent) return 'unconfirmed'
      throw error
    }
  }
}
