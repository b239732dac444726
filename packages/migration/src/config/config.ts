import type { HoursRange } from './hours.ts'
import type { Secret } from './secret.ts'

/**
 * `mailmove.yaml`, checked, with every default filled in: paths absolute, sizes in bytes, durations in milliseconds,
 * domains and addresses lower-cased, secrets wrapped. Made by `loadConfig`.
 */
export interface Config {
  /** The configuration file itself, absolute. */
  readonly file: string
  /** Ledger, locks, exports; absolute. It need not exist yet. */
  readonly workDir: string
  readonly secrets: SecretsConfig
  readonly old: OldConfig
  readonly new: NewConfig
  readonly dns: DnsConfig
  /** Absent: nothing can be mailed. */
  readonly notify?: NotifyConfig
  readonly copy: CopyConfig
  readonly quotas: QuotasConfig
  readonly passwords: PasswordsConfig
  /** When cut-overs and restarts may happen, in the machine's local time; absent: always. */
  readonly hours?: readonly HoursRange[]
  readonly adopt: AdoptConfig
  readonly retire: RetireConfig
  /** Days after which `forget` removes what was kept. */
  readonly retentionDays: number
  /** By domain, lower-cased. A domain that is not listed has `domainConfig(config, domain)` all the same. */
  readonly domains: ReadonlyMap<string, DomainConfig>
  /** What is allowed but deserves a look; `check` shows them. */
  readonly warnings: readonly ConfigProblem[]
}

/** One thing that is wrong (or, among `warnings`, odd) in the configuration. Lines and columns count from 1. */
export interface ConfigProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  /** What was probably meant, or what to write. */
  readonly suggestion?: string
}

export interface SecretsConfig {
  /** The key file that seals passwords; absolute. It is opened by whoever needs it, not by `loadConfig`. */
  readonly key: { readonly file: string }
}

/** How to reach a server. `none` only appears when the configuration allows it on purpose. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly tlsOptions?: TlsOptions
}

/** For servers that the machine's own trust store does not know. */
export interface TlsOptions {
  /** PEM text of the authority (or of the server's own certificate), read from the file that the configuration names. */
  readonly ca?: string
  /** SHA-256 of the server's certificate as `AB:CD:...`, upper case: this certificate and no other, whatever its name or age. */
  readonly fingerprint?: string
  /** The oldest protocol that is accepted; Node's own default when absent. */
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
}

/** Where mail is handed in; TLS is used when the server offers it. */
export interface SmtpConfig {
  readonly host: string
  readonly port: number
  readonly tlsOptions?: TlsOptions
}

/** A login that may act for every user: `anna@example.at` + separator + `user`. */
export interface MasterConfig {
  readonly user: string
  readonly password: Secret
  readonly separator: string
}

export interface OldConfig {
  readonly imap: ServerConfig
  readonly master: MasterConfig
  readonly sieve: ServerConfig
  /** Present: scripts are read from files of this machine, not from `sieve`. */
  readonly sieveFiles?: SieveFilesConfig
  /** One or several, merged in this order: where they differ the first one holds, and the difference is a finding. */
  readonly inventory: readonly InventorySource[]
  /** Whose spam thresholds and lists are taken over. */
  readonly spamAssassin?: { readonly url?: Secret; readonly userPrefs?: string }
  readonly addressBooks?: { readonly kind: 'roundcube'; readonly url: Secret }
  readonly relay?: RelayConfig
  /** A path on the old server (see `run`). */
  readonly loginLog?: string
  /** Where mailcow hands the domain's mail until cut-over. */
  readonly smtp: SmtpConfig
  /** IP addresses from which the old server sends. Empty: whatever `smtp.host` resolves to. */
  readonly outgoingAddresses: readonly string[]
  readonly run: RunTarget
  /** A folder whose commands come before those of `PATH`; with `run: ssh` it is one of that server. */
  readonly commands?: string
}

/** Where the old server's Sieve scripts lie; `%u`, `%n`, `%d` and `%%` as in Dovecot's settings. */
export interface SieveFilesConfig {
  /** Absolute. */
  readonly home: string
  /** Below `home`, or absolute. */
  readonly directory: string
  /** Below `home`, or absolute. */
  readonly active: string
  /** Absolute; folders of scripts that are not a user's own. */
  readonly global: readonly string[]
}

export type InventorySource =
  | { readonly kind: 'postfixadmin'; readonly url: Secret }
  /** A path on the old server (see `OldConfig.run`). */
  | { readonly kind: 'postfix'; readonly directory: string }
  /** An absolute path on this machine. */
  | { readonly kind: 'file'; readonly path: string; readonly format: 'yaml' | 'csv' }

export type RelayConfig =
  | { readonly kind: 'postfix'; readonly directory: string; readonly nextHop: string }
  | {
      readonly kind: 'postfixadmin'
      readonly url: Secret
      /** Of its main.cf, to see that Postfix asks the database for transports, and to look at its queue. */
      readonly directory: string
      readonly nextHop: string
    }
  | { readonly kind: 'manual'; readonly nextHop: string }

/** Where files are read and commands run. */
export type RunTarget =
  | { readonly kind: 'local' }
  | { readonly kind: 'ssh'; readonly user?: string; readonly host: string; readonly port?: number }

export interface NewConfig {
  readonly mailcow: MailcowConfig
  readonly access: 'master' | 'appPassword'
  /** Always there when `access` is `master`. */
  readonly master?: MasterConfig
  readonly imap: ServerConfig
  readonly sieve: ServerConfig
  readonly cardDav: CardDavConfig
  /** Where probes are made. */
  readonly smtp: SmtpConfig
  readonly mx: readonly MxConfig[]
  readonly run?: RunTarget
  /** A folder whose commands come before those of `PATH`; with `run: ssh` it is one of that server. */
  readonly commands?: string
}

export interface MailcowConfig {
  /** Without a path or a slash at the end. */
  readonly url: string
  readonly apiKey: Secret
  readonly tlsOptions?: TlsOptions
  /** How long one answer may take. */
  readonly timeoutMs: number
}

/** Where users' address books are put, with `importContacts`. */
export interface CardDavConfig {
  /** With `%u` for the mailbox's address, and a slash at the end. */
  readonly url: string
  /** PEM text of the authority. */
  readonly ca?: string
}

export interface MxConfig {
  readonly host: string
  readonly priority: number
}

/** Who is asked for names. */
export interface DnsQueryConfig {
  /** Addresses, with `:PORT` where it is not 53; absent: as the system is set up. */
  readonly resolvers?: readonly string[]
  /** Where the zone's own name servers answer. */
  readonly authoritativePort: number
}

export type DnsConfig =
  | (DnsQueryConfig & { readonly kind: 'manual' })
  | (DnsQueryConfig & {
      readonly kind: 'rfc2136'
      readonly server: string
      readonly port: number
      readonly key: { readonly name: string; readonly algorithm: TsigAlgorithm; readonly secret: Secret }
    })

export type TsigAlgorithm = 'hmac-sha224' | 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512'

export interface NotifyConfig {
  /** A header value: `ITEG <admin@iteg.example>`. */
  readonly from: string
  readonly smtp?: ServerConfig & {
    readonly user?: string
    readonly password?: Secret
    /** Mails a second; absent: the sender's own default. */
    readonly ratePerSecond?: number
  }
  /** A folder; absolute. Absent: the built-in texts. */
  readonly templates?: string
  readonly links: NotifyLinks
  /** As users write it into their mail programs; absent: the host of mailcow's URL. */
  readonly newHost?: string
  /** Absent: the host of `old.imap`. */
  readonly oldHost?: string
  /** Days after the hand-over that the old mailbox can be read; 0: unknown. */
  readonly oldMailboxDays: number
  readonly warnDaysAhead: number
  /** Days after the hand-over, ascending. */
  readonly reminders: readonly number[]
}

export interface NotifyLinks {
  readonly info?: string
  readonly webmailOld?: string
  readonly webmailNew?: string
  readonly roundcubeNew?: string
  readonly userPage?: string
  readonly support?: string
}

export interface CopyConfig {
  readonly mailboxesAtOnce: number
  readonly lanesPerMailbox: number
  /** 0: no limit. */
  readonly maxBytesPerSecond: number
  /** Connections at the same time, of all mailboxes together. */
  readonly oldConnections: number
  readonly newConnections: number
  /** To one server, for one mailbox. */
  readonly connectionsPerUser: number
  /** COMPRESS=DEFLATE; `auto`: when the link turns out to be slow. */
  readonly compress: 'auto' | 'always' | 'never'
}

export interface QuotasConfig {
  /** For mailboxes that are unlimited on the old server, or of which it is not known; bytes, at least 1 MiB. */
  readonly defaultBytes: number
  /** Added to every mailbox's quota that comes from the old server. */
  readonly headroomPercent: number
}

export interface PasswordsConfig {
  readonly minLength: number
}

export interface AdoptConfig {
  /** Our notices are taken out of the old mailbox once its user has a password of his own. */
  readonly removeNotices: boolean
  /** Addresses and networks of ours as mailcow sees them, besides the one that this machine has towards it. */
  readonly ownAddresses: readonly string[]
}

export interface RetireConfig {
  readonly quietDays: number
}

export interface DomainConfig {
  /** Of the notices: `de`, `en` or another one that templates exist for. */
  readonly language: string
  /** Who gets the pre-warning. */
  readonly warn: 'mailboxes' | 'contacts'
  readonly contacts: readonly string[]
  /** `2026-11-30`, for the notices; absent: not fixed yet. */
  readonly moveDate?: string
  /** The information page names the domain and its dates. */
  readonly publish: boolean
  readonly dns: 'ours' | 'theirs'
  /** `install`: rewritten Sieve scripts are also put on the new server. */
  readonly filters: 'export' | 'install'
  /** With `install`: make the script the active one where the mailbox has no other active one. */
  readonly activateFilters: boolean
  /** Address books are also put into SOGo. */
  readonly importContacts: boolean
  /** One initial password for all of the domain's mailboxes; absent: each gets its own. */
  readonly sharedPassword?: Secret
  /** The old server's DKIM key, to be taken over; absent: mailcow signs with its own. */
  readonly dkim?: DkimConfig
  /** What is not copied from any mailbox of the domain. */
  readonly exclude?: ExcludeConfig
  /** By address, lower-cased. */
  readonly mailboxes: ReadonlyMap<string, MailboxConfig>
}

export interface ExcludeConfig {
  /** Folders as the old server lists them; `*` stands for any characters. */
  readonly folders: readonly string[]
}

export interface DkimConfig {
  /** The name before `._domainkey` in the DNS. */
  readonly selector: string
  /** An RSA key in PEM form. */
  readonly privateKey: Secret
}

export interface MailboxConfig {
  /** Instead of what the old server says; exact, no headroom is added. */
  readonly quotaBytes?: number
  readonly language?: string
  /** Neither created nor copied. */
  readonly skip: boolean
  /** Besides what the domain excludes. */
  readonly exclude?: ExcludeConfig
  /** Instead of the domain's. */
  readonly importContacts?: boolean
}
