import { Aliases } from './alias.ts'
import { Api } from './api.ts'
import { AppPasswords } from './app-password.ts'
import { Domains } from './domain.ts'
import { MailcowError } from './errors.ts'
import { Fail2bans } from './fail2ban.ts'
import { Filters } from './filter.ts'
import { ForwardingHosts } from './forwarding-host.ts'
import { Transport, type TransportOptions } from './http.ts'
import { Mailboxes } from './mailbox.ts'
import { PasswordPolicies } from './password-policy.ts'
import type { RoutePattern } from './routes.ts'
import { Status } from './status.ts'
import { Transports } from './transport.ts'

export interface MailcowClientOptions extends TransportOptions {
  /** Fields that this client does not know, or misses, are errors. Default false: they are reported to `logger`. */
  readonly strict?: boolean | undefined
  /** The only routes that this client may call, e.g. `['get/*', 'edit/mailbox']`. Default: all. */
  readonly allow?: readonly RoutePattern[] | undefined
  /**
   * mailcow's time zone (`TZ` in mailcow.conf), an IANA name: mailcow writes times without one. Default: the zone of
   * this machine.
   */
  readonly timeZone?: string | undefined
}

/**
 * A client of one mailcow server. Each call resolves only when mailcow's answer says that the thing is done, and
 * rejects with a {@link MailcowError} otherwise. Keeps connections open for reuse: close it, or declare it with
 * `await using`.
 */
export class MailcowClient implements AsyncDisposable {
  readonly domains: Domains
  readonly mailboxes: Mailboxes
  readonly aliases: Aliases
  readonly transports: Transports
  readonly forwardingHosts: ForwardingHosts
  readonly appPasswords: AppPasswords
  readonly filters: Filters
  readonly passwordPolicy: PasswordPolicies
  readonly fail2ban: Fail2bans
  readonly status: Status
  readonly #transport: Transport

  /** Throws a MailcowError (`usage`) when an option is wrong. Sends nothing. */
  constructor(options: MailcowClientOptions) {
    this.#transport = new Transport(options)
    const api = new Api({
      transport: this.#transport,
      logger: options.logger,
      strict: options.strict ?? false,
      allow: options.allow,
      timeZone: checkedTimeZone(options.timeZone),
    })
    this.domains = new Domains(api)
    this.mailboxes = new Mailboxes(api)
    this.aliases = new Aliases(api)
    this.transports = new Transports(api)
    this.forwardingHosts = new ForwardingHosts(api)
    this.appPasswords = new AppPasswords(api)
    this.filters = new Filters(api)
    this.passwordPolicy = new PasswordPolicies(api)
    this.fail2ban = new Fail2bans(api)
    this.status = new Status(api)
  }

  /** Closes the connections; calls under way fail. Never waits for the server. */
  close(): Promise<void> {
    return this.#transport.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function checkedTimeZone(timeZone: string | undefined): string | undefined {
  if (timeZone === undefined) return undefined
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone
  } catch (error) {
    throw new MailcowError('usage', `${timeZone} is not a time zone`, {
      cause: error,
      hint: 'For example Europe/Vienna',
    })
  }
}
