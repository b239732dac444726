import { stringify } from 'yaml'

/** What `init` has to know; everything else has a default or a commented line in the file. */
export interface ConfigAnswers {
  /** IMAP of the old server. */
  readonly oldHost: string
  /** Default 993. */
  readonly oldPort?: number
  /** Default `implicit`. `none` is written together with `allowInsecure: true`. */
  readonly oldTls?: 'implicit' | 'starttls' | 'none'
  readonly oldMasterUser: string
  readonly inventory:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'postfix'; readonly directory: string }
    | { readonly kind: 'postfixadmin' }
  /** From which the old server sends; unknown when empty. */
  readonly outgoingAddresses?: readonly string[]
  readonly mailcowUrl: string
  readonly access: 'master' | 'appPassword'
  /** Needed with `access: master`; default `migrator@mailcow.local`. */
  readonly newMasterUser?: string
  /** Domains that get a section of their own. */
  readonly domains?: readonly string[]
}

/** The environment variables that the file of `sampleConfig` refers to. */
export function sampleVariables(answers: ConfigAnswers): readonly string[] {
  return [
    'OLD_MASTER_PASSWORD',
    ...(answers.inventory.kind === 'postfixadmin' ? ['OLD_DB_URL'] : []),
    'MAILCOW_API_KEY',
    ...(answers.access === 'master' ? ['NEW_MASTER_PASSWORD'] : []),
  ]
}

/** The commented `mailmove.yaml` that `init` writes. Text only: nothing is asked, written or checked here. */
export function sampleConfig(answers: ConfigAnswers): string {
  return `# mailmove.yaml: moves mail from an old Dovecot/Postfix server to mailcow, domain by domain.
# Secrets never stand in this file: "\${NAME}" is an environment variable, "file:PATH" a file that only you can read.
# Set before you start: ${sampleVariables(answers).join(', ')}
# Then: mailmove check

# Ledger, locks and exports. Back it up; it knows what was copied.
workDir: ./mailmove-data
secrets:
  # Seals the initial passwords. Keep a copy elsewhere: without it they must be made anew.
  key: file:./mailmove.key

${oldSection(answers)}
${newSection(answers)}
# How DNS records are changed: by hand, or signed updates to your own name server.
dns:
  kind: manual
# dns:
#   kind: rfc2136
#   server: 127.0.0.1
#   key: { name: mailmove, algorithm: hmac-sha256, secret: "\${TSIG_SECRET}" }

# Mail to users and contacts.
# notify:
#   from: "ITEG <admin@iteg.example>"
#   smtp: { host: ${scalar(answers.oldHost)}, port: 587, tls: starttls }
#   warnDaysAhead: 5
#   reminders: [3, 7, 14]

copy:
  mailboxesAtOnce: 4
  lanesPerMailbox: 4
  # For all mailboxes together, 0 for no limit.
  maxBytesPerSecond: 0
  # Old servers often allow 10 connections per user and address, and not many in all.
  oldConnections: 20
  newConnections: 40
  connectionsPerUser: 8
  # auto: compressed when the link to a server turns out to be slow.
  compress: auto

quotas:
  # For mailboxes that have no limit on the old server.
  default: 5GiB
  # Added to every limit that the old server has.
  headroomPercent: 20

passwords:
  minLength: 12

# When cut-overs and restarts may happen, in local time. Without this line: always.
# hours: "20:00-06:00"

# Our notices are taken out of the old mailbox once its user has a password of his own.
# adopt: { removeNotices: true }

retire:
  quietDays: 30
retentionDays: 90

${domainsSection(answers)}`
}

function oldSection({
  oldHost,
  oldPort,
  oldTls = 'implicit',
  oldMasterUser,
  inventory,
  outgoingAddresses = [],
}: ConfigAnswers): string {
  const port = oldPort ?? (oldTls === 'implicit' ? 993 : 143)
  const insecure =
    oldTls === 'none' ? '\n    # Passwords cross the network in the clear.\n    allowInsecure: true' : ''
  const sieve =
    oldTls === 'none'
      ? `\n    port: 4190\n    tls: none\n    allowInsecure: true`
      : `\n    port: 4190\n    tls: starttls`
  const addresses =
    outgoingAddresses.length === 0
      ? '  # outgoingAddresses: [192.0.2.10]'
      : `  outgoingAddresses: [${outgoingAddresses.map(scalar).join(', ')}]`
  return `old:
  imap:
    host: ${scalar(oldHost)}
    port: ${port}
    # implicit, starttls, or none (which needs allowInsecure: true)
    tls: ${oldTls}${insecure}
    # For a certificate that this machine does not trust, or a server that knows no newer TLS:
    # tlsOptions: { ca: file:./old-ca.pem, fingerprint: "AB:CD:...", minVersion: TLSv1.2 }
  # Dovecot's master user: it opens every mailbox without knowing its password.
  master:
    user: ${scalar(oldMasterUser)}
    password: \${OLD_MASTER_PASSWORD}
    separator: "*"
  sieve:
    host: ${scalar(oldHost)}${sieve}
  # Sieve scripts from files of this machine instead, which also shows those that ManageSieve hides:
  # sieveFiles: { home: /var/vmail/%d/%n, directory: sieve, active: .dovecot.sieve, global: [/etc/dovecot/sieve] }
  # Which mailboxes and aliases there are. Several may be listed; where they differ the first one holds.
  inventory:
${inventoryEntry(inventory)}
  # Where address books are read, to be exported (and put into SOGo, with importContacts): mysql://, postgres:// or sqlite:
  # addressBooks: { kind: roundcube, url: "\${ROUNDCUBE_DB_URL}" }
  # Where mailcow hands mail for a domain until it has moved.
  smtp:
    host: ${scalar(oldHost)}
    port: 25
  # The addresses the old server sends from, so that mailcow does not take its mail for spam. Without it: those of smtp.host.
${addresses}
  # Where files of the old server are read: local, or ssh://root@host
  run: local
`
}

function inventoryEntry(inventory: ConfigAnswers['inventory']): string {
  switch (inventory.kind) {
    case 'file':
      return `    - kind: file\n      path: ${scalar(inventory.path)}`
    case 'postfix':
      return `    - kind: postfix\n      directory: ${scalar(inventory.directory)}`
    case 'postfixadmin':
      break
  }
  return `    - kind: postfixadmin\n      # mysql://user:password@host/database, postgres://... or sqlite:PATH\n      url: \${OLD_DB_URL}`
}

function newSection({ mailcowUrl, access, newMasterUser = 'migrator@mailcow.local' }: ConfigAnswers): string {
  const master = `master:
    user: ${scalar(newMasterUser)}
    password: \${NEW_MASTER_PASSWORD}
    separator: "*"`
  return `new:
  mailcow:
    url: ${scalar(mailcowUrl)}
    apiKey: \${MAILCOW_API_KEY}
  # How new mailboxes are opened: as master user (DOVECOT_MASTER_USER and _PASS in mailcow.conf), or with an app password for each.
  access: ${access}
  ${access === 'master' ? master : '# master: { user: migrator@mailcow.local, password: "${NEW_MASTER_PASSWORD}" }'}
  # By default on the host of the URL:
  # imap: { host: mailcow.example, port: 993, tls: implicit }
  # sieve: { host: mailcow.example, port: 4190, tls: starttls }
  # cardDav: { url: "https://mailcow.example/SOGo/dav/%u/Contacts/" }
  # mx: [{ host: mailcow.example, priority: 10 }]
  # For restarts of containers; without it the commands are printed:
  # run: ssh://root@mailcow.example
`
}

function domainsSection({ domains = [] }: ConfigAnswers): string {
  const example = `#   example.at:
#     language: de                  # of the notices: de or en
#     warn: contacts                # contacts or mailboxes
#     contacts: [chef@example.at]
#     dns: ours                     # ours or theirs: who changes the DNS records
#     filters: export               # install: put Sieve scripts on mailcow as well
#     activateFilters: true         # with install: make them active where the user has no other active one
#     importContacts: false         # true: put address books into SOGo as well
#     mailboxes:
#       anna@example.at: { quota: 20GiB, language: en, skip: false }
`
  const head = '# What differs from the defaults, by domain. Others move just the same.\n'
  if (domains.length === 0) return `${head}# domains:\n${example}`
  return `${head}domains:\n${domains.map((domain) => `  ${scalar(domain)}:\n`).join('')}${example}`
}

/** As YAML writes it, quoted where it must be. */
function scalar(value: string): string {
  return stringify(value, { lineWidth: 0, defaultKeyType: 'PLAIN' }).trimEnd()
}
