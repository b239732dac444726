import type { Endpoint } from '../endpoint.ts'
import { currentIdentity } from '../sandbox/identity.ts'
import { newSideSettings } from './new-side.ts'
import { oldSideSettings } from './old-side.ts'

export interface DovecotPorts {
  readonly imap: number
  readonly imaps: number
  readonly pop3: number
  readonly sieve: number
  readonly lmtp: number
}

export interface DovecotFacts {
  readonly side: 'old' | 'new'
  /** The side's own folder; everything below is Dovecot's. */
  readonly dir: string
  /** Folder with the certificates (see certificates.ts). */
  readonly certificates: string
  readonly ports: DovecotPorts
  /** Where redirects and vacation replies go. */
  readonly submission: Endpoint
  /** `as-mailcow`: mail is kept compressed and encrypted, as on mailcow. */
  readonly storage: 'plain' | 'as-mailcow'
  /** More settings, read last: they win. */
  readonly extra: string
}

/** Extra listeners on other loopback addresses whose certificates are wrong on purpose. */
export const oddCertificates = {
  expired: '127.0.0.2',
  selfSigned: '127.0.0.3',
  wrongHost: '127.0.0.4',
} as const

export type OddCertificate = keyof typeof oddCertificates

/** The whole configuration of one Dovecot. */
export function dovecotConfig(facts: DovecotFacts): string {
  const { dir, certificates, ports } = facts
  const { isRoot, uid, gid } = currentIdentity()
  const own = facts.side === 'old' ? oldSideSettings(facts) : newSideSettings(facts)
  const odd = Object.entries(oddCertificates)
  return `base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/dovecot.log
auth_verbose = yes
protocols = imap pop3 lmtp sieve
listen = 127.0.0.1
ssl = yes
ssl_cert = <${certificates}/server.pem
ssl_key = <${certificates}/server.key
ssl_dh =
${odd
  .map(
    ([name, address]) => `local ${address} {
  ssl_cert = <${certificates}/${name}.pem
  ssl_key = <${certificates}/${name}.key
}`,
  )
  .join('\n')}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_master_user_separator = *
# A wrong password costs nobody two seconds here, and a loop of wrong ones is not slowed down further.
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
mail_uid = ${uid}
mail_gid = ${gid}
first_valid_uid = ${uid}
first_valid_gid = ${gid}
mail_home = ${dir}/mail/%d/%n
recipient_delimiter = +
submission_host = ${facts.submission.host}:${facts.submission.port}
userdb {
  driver = lua
  args = file=${dir}/accounts.lua blocking=no
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
    address = 127.0.0.1 ${odd.map(([, address]) => address).join(' ')}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    address = 127.0.0.1 ${odd.map(([, address]) => address).join(' ')}
    ssl = yes
  }
  process_min_avail = 1
}
service pop3-login {
  inet_listener pop3 {
    port = ${ports.pop3}
  }
  inet_listener pop3s {
    port = 0
  }
}
service managesieve-login {
  inet_listener sieve {
    port = ${ports.sieve}
    address = 127.0.0.1 ${odd.map(([, address]) => address).join(' ')}
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtp}
    address = 127.0.0.1
  }
}
service auth {
  # for Postfix, who is somebody else
  unix_listener auth-smtp {
    mode = 0666
  }
}
${own}
${isRoot ? '' : withoutRoot}
${facts.extra}
`
}

/** A server that is not started by root can neither become other users nor lock itself into a folder. */
const withoutRoot = `default_internal_user = mailmove
default_internal_group = mailmove
default_login_user = mailmove
${[
  'anvil',
  'imap-login',
  'pop3-login',
  'managesieve-login',
  'imap-urlauth-login',
  'ipc',
  'old-stats',
  'stats',
]
  .map((service) => `service ${service} {\n  chroot =\n}`)
  .join('\n')}
service lmtp {
  user = mailmove
}`
