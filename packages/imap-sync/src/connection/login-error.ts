import { ImapSyncError, isImapSyncError } from '../errors.ts'
import { serverText } from '../wire/status-line.ts'

/** The fields of imapflow's errors that tell what happened; all optional there. */
interface LoginFailure {
  readonly code?: unknown
  readonly message?: unknown
  readonly authenticationFailed?: unknown
  readonly serverResponseCode?: unknown
  readonly response?: unknown
  readonly responseText?: unknown
  /** Of Node's TLS errors. */
  readonly cert?: { readonly subjectaltname?: unknown } | undefined
}

const timeouts = ['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT', 'ETIMEOUT', 'ETIMEDOUT']
const tlsCodes =
  /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/
const temporaryCodes = ['UNAVAILABLE', 'LIMIT', 'INUSE', 'SERVERBUG', 'CONTACTADMIN']

const tooMany =
  /maximum number of connections|too many (?:simultaneous |concurrent |open )?(?:connections|logins|sessions)|connection limit|maximum connections|try again later|temporar/i

/** What went wrong between the first packet and the end of login. Never holds the user's password. */
export function loginError(cause: unknown, side: string): ImapSyncError {
  if (isImapSyncError(cause)) return cause
  const failure: LoginFailure = typeof cause === 'object' && cause !== null ? cause : {}
  const { code } = failure
  const text = typeof failure.message === 'string' ? serverText(failure.message) : ''
  const details = { side, cause: safeCause(cause) }
  if (failure.authenticationFailed === true) return refusedLogin(failure, details)
  if (typeof code === 'string' && timeouts.includes(code))
    return new ImapSyncError('timeout', `${side}: no answer in time while connecting`, details)
  if (typeof code === 'string' && tlsCodes.test(code))
    return new ImapSyncError('tls', `${side}: ${tlsProblem(code, text, failure)}`, details)
  if (/STARTTLS/i.test(text))
    return new ImapSyncError('tls', `${side}: the server does not offer STARTTLS`, details)
  if (code === 'NoConnection' || code === 'EConnectionClosed' || code === 'ClosedAfterConnectText')
    return new ImapSyncError(
      'loginTemporary',
      `${side}: the server closed the connection during login (mailcow does so for a mailbox that is inactive or unknown)`,
      details,
    )
  return new ImapSyncError('connect', `${side}: cannot connect: ${text}`, details)
}

const certificateProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate comes from an authority that is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "the server's certificate comes from an authority that is not known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "the server's certificate comes from an authority that is not known here, or an intermediate one is missing",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
}

/** Node's own sentences give advice to programmers. */
function tlsProblem(code: string, text: string, { cert }: LoginFailure): string {
  const names = typeof cert?.subjectaltname === 'string' ? serverText(cert.subjectaltname) : ''
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' && names !== '')
    return `the server's certificate is for another name (${names})`
  const known = Object.hasOwn(certificateProblems, code) ? certificateProblems[code] : undefined
  return known ?? `TLS failed: ${text}`
}

function refusedLogin(
  failure: LoginFailure,
  details: { readonly side: string; readonly cause: unknown },
): ImapSyncError {
  const responseCode =
    typeof failure.serverResponseCode === 'string' ? failure.serverResponseCode.toUpperCase() : undefined
  const said = [failure.responseText, failure.response].find(
    (text) => typeof text === 'string' && text !== '',
  )
  const text = typeof said === 'string' ? serverText(said) : 'no reason given'
  const all = responseCode === undefined ? details : { ...details, responseCode }
  // Not everybody has RFC 5530: Dovecot, Courier and Cyrus say it in words.
  return (responseCode !== undefined && temporaryCodes.includes(responseCode)) || tooMany.test(text)
    ? new ImapSyncError('loginTemporary', `${details.side}: login is not possible now: ${text}`, all)
    : new ImapSyncError('login', `${details.side}: login refused: ${text}`, all)
}

/** imapflow's errors carry whole responses and commands; only name, message and code are kept. */
function safeCause(cause: unknown): unknown {
  if (!(cause instanceof Error)) return undefined
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  return Object.assign(new Error(serverText(cause.message)), code === undefined ? {} : { code })
}
