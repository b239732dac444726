import { Api } from './api.ts'
import { AliasDomains } from './alias-domain.ts'
import { Aliases } from './alias.ts'
import { AppPasswords } from './app-password.ts'
import { BccMaps } from './bcc-map.ts'
import { DkimKeys } from './dkim.ts'
import { DomainAdmins } from './domain-admin.ts'
import { Domains } from './domain.ts'
import { MailcowError } from './errors.ts'
import { Fail2bans } from './fail2ban.ts'
import { Filters } from './filter.ts'
import { ForwardingHosts } from './forwarding-host.ts'
import { SieveScripts } from './global-filter.ts'
import { Transport, type TransportOptions } from './http.ts'
import { Logins } from './last-login.ts'
import { Logs } from './log.ts'
import { MailQueue } from './mail-queue.ts'
import { MailboxPreferences } from './mailbox-preferences.ts'
import { Mailboxes } from './mailbox.ts'
import { OAuth2Clients } from './oauth2-client.ts'
import { PasswordPolicies } from './password-policy.ts'
import { Policies } from './policy.ts'
import { RateLimits } from './rate-limits.ts'
import { RecipientMaps } from './recipient-map.ts'
import { RelayHosts } from './relay-host.ts'
import { Resources } from './resource.ts'
import type { RoutePattern } from './routes.ts'
import { ServerSettings } from './server-settings.ts'
import { SpamScores } from './spam-score.ts'
import { Status } from './status.ts'
import { SyncJobs } from './sync-job.ts'
import { Templates } from './template.ts'
import { TemporaryAliases } from './temporary-alias.ts'
import { TlsPolicyMaps } from './tls-policy-map.ts'
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
  readonly aliasDomains: AliasDomains
  readonly temporaryAliases: TemporaryAliases
  readonly mailboxPreferences: MailboxPreferences
  readonly domainTemplates: Templates
  readonly mailboxTemplates: Templates
  readonly sieve: SieveScripts
  readonly policies: Policies
  readonly spamScores: SpamScores
  readonly syncJobs: SyncJobs
  readonly dkim: DkimKeys
  readonly domainAdmins: DomainAdmins
  readonly relayHosts: RelayHosts
  readonly bccMaps: BccMaps
  readonly recipientMaps: RecipientMaps
  readonly tlsPolicyMaps: TlsPolicyMaps
  readonly rateLimits: RateLimits
  readonly resources: Resources
  readonly oauth2Clients: OAuth2Clients
  readonly mailQueue: MailQueue
  readonly logs: Logs
  readonly lastLogins: Logins
  readonly serverSettings: ServerSettings
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
    this.aliasDomains = new AliasDomains(api)
    this.temporaryAliases = new TemporaryAliases(api)
    this.mailboxPreferences = new MailboxPreferences(api)
    this.domainTemplates = new Templates(api, 'domain')
    this.mailboxTemplates = new Templates(api, 'mailbox')
    this.sieve = new SieveScripts(api)
    this.policies = new Policies(api)
    this.spamScores = new SpamScores(api)
    this.syncJobs = new SyncJobs(api)
    this.dkim = new DkimKeys(api)
    this.domainAdmins = new DomainAdmins(api)
    this.relayHosts = new RelayHosts(api)
    this.bccMaps = new BccMaps(api)
    this.recipientMaps = new RecipientMaps(api)
    this.tlsPolicyMaps = new TlsPolicyMaps(api)
    this.rateLimits = new RateLimits(api)
    this.resources = new Resources(api)
    this.oauth2Clients = new OAuth2Clients(api)
    this.mailQueue = new MailQueue(api)
    this.logs = new Logs(api)
    this.lastLogins = new Logins(api)
    this.serverSettings = new ServerSettings(api)
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
