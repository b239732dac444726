import type { LoginProtocol } from './model.ts'

/** What one message of Dovecot says about logins. */
export type LogMessage =
  | {
      readonly kind: 'login'
      readonly user: string
      readonly protocol: LoginProtocol
      readonly remote?: string
      readonly master?: string
      readonly session?: string
    }
  /** `auth` says so before the login itself is logged, which names the mailbox only. 2.3 tells neither who nor the session. */
  | { readonly kind: 'master'; readonly master?: string; readonly user: string; readonly session?: string }

// Anchored: a client chooses the name of a login that fails, and may write there what a login looks like.
// The host and the tag are syslog's; `Info:` is of Dovecot's own log. 2.4 says `Logged in` where older ones say `Login`.
const login =
  /^(?:[\w.:-]{1,255} )?(?:[\w.-]*dovecot[\w.-]*(?:\[\d{1,10}\])?: )?(imap|pop3|managesieve|sieve|submission)-login(?:\([^)]{0,200}\))?(?:<[^>]{0,200}>)*: (?:Info: )?(?:Login|Logged in): (?=user=<)/
const authorised =
  /^(?:[\w.:-]{1,255} )?(?:[\w.-]*dovecot[\w.-]*(?:\[\d{1,10}\])?: )?auth(?:-worker)?(?:\(|:)/
const masterLogin = /Master user logging in as ([^\s<>()]{1,320})$/

/** Reads a message without its time. `undefined`: it is about something else. Pure, and linear in the message's length. */
export function readMessage(message: string, separator = '*'): LogMessage | undefined {
  const head = login.exec(message)
  if (head !== null) return readLogin(head[1] ?? '', message.slice(head[0].length), separator)
  return authorised.test(message) ? readMaster(message) : undefined
}

function readLogin(service: string, fields: string, separator: string): LogMessage | undefined {
  const name = /^user=<([^<>]{1,640})>/.exec(fields)?.[1]
  if (name === undefined) return undefined
  const at = separator === '' ? -1 : name.indexOf(separator)
  const user = (at <= 0 ? name : name.slice(0, at)).toLowerCase()
  const master = at <= 0 ? masterField(fields, user) : name.slice(at + separator.length)
  const remote = /, rip=([\da-fA-F.:%\w]{1,64})(?:,|$)/.exec(fields)?.[1]
  const session = /, session=<([^<>]{1,128})>/.exec(fields)?.[1]
  return {
    kind: 'login',
    user,
    protocol: service === 'sieve' ? 'managesieve' : protocolOf(service),
    ...(remote === undefined ? {} : { remote }),
    ...(master === undefined ? {} : { master }),
    ...(session === undefined ? {} : { session }),
  }
}

/** With `login_log_format_elements` an admin may have it logged who really logged in. */
function masterField(fields: string, user: string): string | undefined {
  const found = /, (?:master|master_user|auth_user|orig_user)=<?([^<>,]{1,320})>?(?:,|$)/.exec(fields)?.[1]
  return found === undefined || found === '-' || found.toLowerCase() === user ? undefined : found
}

function protocolOf(service: string): LoginProtocol {
  return service === 'pop3' || service === 'managesieve' || service === 'submission' ? service : 'imap'
}

/** `auth: Info: passwd-file(migrator,192.0.2.1,master,<session>): Master user logging in as anna@example.at`. */
function readMaster(message: string): LogMessage | undefined {
  const user = masterLogin.exec(message)?.[1]
  if (user === undefined) return undefined
  const master = /\(([^,()]{1,320}),/.exec(message)?.[1]
  const session = /<([^<>]{4,128})>[^<>]*$/.exec(message)?.[1]
  return {
    kind: 'master',
    user: user.toLowerCase(),
    ...(master === undefined ? {} : { master }),
    ...(session === undefined ? {} : { session }),
  }
}
