export interface PostfixFacts {
  readonly dir: string
  /** Its name in the DNS of the test bed. */
  readonly name: string
  readonly address: string
  /** Folder with the certificates (see certificates.ts). */
  readonly certificates: string
  /** Where this side's Dovecot takes mail. */
  readonly lmtpPort: number
  /** This side's Dovecot socket that knows passwords. */
  readonly saslSocket: string
  readonly metaDirectory: string
  /** Everything of the bed lies below. */
  readonly prefix: string
  /** This side's own settings. */
  readonly settings: string
}

/** A listener, or a client with other settings, of master.cf. */
export interface Service {
  /** A port of the server's address, or the name of an SMTP client. */
  readonly port: number | string
  readonly settings?: Readonly<Record<string, string>>
}

/** What both sides have in common. No `config_directory` here: whoever copies this file would be led back. */
export function mainCf(facts: PostfixFacts): string {
  const { dir, name, address, certificates } = facts
  return `compatibility_level = 3.6
queue_directory = ${dir}/spool
data_directory = ${dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = ${facts.metaDirectory}
sendmail_path = /usr/sbin/sendmail
newaliases_path = /usr/bin/newaliases
mailq_path = /usr/bin/mailq
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${dir}/mail.log
maillog_file_prefixes = ${facts.prefix}
myhostname = ${name}
mydestination = localhost, ${name}
myorigin = ${name}
append_dot_mydomain = no
# No interface has our address by itself; master.cf names it, and a loop is told by what we are known as.
inet_interfaces = all
proxy_interfaces = ${address}
inet_protocols = ipv4
# other servers see who we are; what we hand to Dovecot comes from where it must
smtp_bind_address = ${address}
mynetworks = ${address}/32
biff = no
alias_maps = hash:${dir}/etc/aliases
alias_database = hash:${dir}/etc/aliases
recipient_delimiter = +
virtual_transport = lmtp:inet:127.0.0.1:${facts.lmtpPort}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${facts.saslSocket}
smtpd_tls_cert_file = ${certificates}/server.pem
smtpd_tls_key_file = ${certificates}/server.key
smtpd_tls_security_level = may
smtp_tls_security_level = may
tls_random_source = dev:/dev/urandom
disable_vrfy_command = yes
message_size_limit = 104857600
# Minutes on a real server; the order of events is the same.
minimal_backoff_time = 2s
maximal_backoff_time = 10s
queue_run_delay = 2s
smtp_connect_timeout = 5s
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
${facts.settings}
`
}

export function masterCf(address: string, services: readonly Service[]): string {
  return `${services.map((service) => serviceLines(address, service)).join('')}pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
}

function serviceLines(address: string, { port, settings = {} }: Service): string {
  const options = Object.entries(settings).map(([name, value]) => `  -o { ${name} = ${value} }\n`)
  const head =
    typeof port === 'number' ? `${address}:${port} inet n - n - - smtpd` : `${port} unix - - n - - smtp`
  return `${head}\n${options.join('')}`
}
