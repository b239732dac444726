import { MailcowError, type MailcowErrorDetails } from './errors.ts'
import { clip } from './path.ts'

interface Explanation {
  readonly code: 'network' | 'timeout' | 'tls'
  readonly text: string
  readonly hint?: string
  readonly retryable?: boolean
}

const BANNED_HINT =
  "If it worked before, mailcow's fail2ban may have banned this address: wait, or have it unbanned and put on the allow-list."

const CERTIFICATES: Readonly<Record<string, readonly [text: string, hint: string]>> = {
  CERT_HAS_EXPIRED: [
    "the server's certificate has expired",
    'Renew it: on mailcow, restart acme-mailcow and read its log.',
  ],
  CERT_NOT_YET_VALID: [
    "the server's certificate is not valid yet",
    'Check the clock of this machine and that of the server.',
  ],
  CERT_REVOKED: ["the server's certificate has been revoked", 'Have a new one issued.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "the server's certificate is self-signed",
    'Give that certificate as tls.ca, or have mailcow get one from a public authority.',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "the server's certificate comes from an authority that this machine does not know",
    "Give the authority's certificate as tls.ca.",
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "the server's certificate comes from an unknown authority, or the server does not send the certificates in between",
    "Give the authority's certificate as tls.ca, or have the server send its full chain.",
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    "the issuer of the server's certificate is missing",
    "Give the authority's certificate as tls.ca, or have the server send its full chain.",
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    "the server's certificate comes from an authority that this machine does not know",
    "Give the authority's certificate as tls.ca.",
  ],
}

const NO_TLS: Explanation = {
  code: 'tls',
  text: 'no TLS connection could be made',
  hint: 'Check that the URL has the HTTPS port and that the server speaks TLS 1.2 or later.',
}

const NETWORK: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: { code: 'network', text: 'the connection was refused', hint: BANNED_HINT, retryable: true },
  ENOTFOUND: { code: 'network', text: 'the host name is not known', hint: 'Check the host name in the URL.' },
  EAI_AGAIN: { code: 'network', text: 'the host name could not be looked up', retryable: true },
  EHOSTUNREACH: { code: 'network', text: 'the host cannot be reached', hint: BANNED_HINT, retryable: true },
  ENETUNREACH: { code: 'network', text: 'the network cannot be reached', retryable: true },
  ETIMEDOUT: { code: 'timeout', text: 'the connection timed out', hint: BANNED_HINT, retryable: true },
  UND_ERR_CONNECT_TIMEOUT: {
    code: 'timeout',
    text: 'no connection in time',
    hint: BANNED_HINT,
    retryable: true,
  },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', text: 'the server did not answer in time', retryable: true },
  UND_ERR_BODY_TIMEOUT: { code: 'timeout', text: 'the answer did not arrive in time', retryable: true },
  UND_ERR_HEADERS_OVERFLOW: { code: 'network', text: "the answer's header is too large" },
  EPROTO: NO_TLS,
}

/** Turns whatever `fetch` rejected with into our error. `during` says whether the request can have been sent. */
export function networkError(
  error: unknown,
  host: string,
  details: Pick<MailcowErrorDetails, 'effect' | 'route'>,
): MailcowError {
  const root = rootCause(error)
  const explanation = explain(root)
  return new MailcowError(explanation.code, `${host}: ${explanation.text}`, {
    ...details,
    hint: explanation.hint,
    retryable: explanation.retryable ?? false,
    // The parser's error holds what the peer sent.
    cause: isParserError(root) ? new Error(clip(root.message)) : error,
  })
}

function explain(root: unknown): Explanation {
  const code = codeOf(root)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      code: 'tls',
      text: `the server's certificate is for another name (${clip(namesOf(root), 200)})`,
      hint: 'Use a name that the certificate holds, or add this one to ADDITIONAL_SAN in mailcow.conf.',
    }
  }
  if (Object.hasOwn(CERTIFICATES, code)) {
    const certificate = CERTIFICATES[code]
    if (certificate) return { code: 'tls', text: certificate[0], hint: certificate[1] }
  }
  const known = Object.hasOwn(NETWORK, code) ? NETWORK[code] : undefined
  if (known) return known
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return NO_TLS
  if (isParserError(root)) {
    return { code: 'network', text: 'the answer is not HTTP', hint: 'Check the port in the URL.' }
  }
  if (root instanceof DOMException && root.name === 'TimeoutError') {
    return { code: 'timeout', text: 'the answer did not arrive in time', retryable: true }
  }
  const what = code === '' ? '' : ` (${clip(code, 40)})`
  return {
    code: 'network',
    text: `the connection broke before the answer was complete${what}`,
    retryable: true,
  }
}

function isParserError(root: unknown): root is Error {
  return root instanceof Error && root.name === 'HTTPParserError'
}

/** Codes that can only arise before a request was written. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** True when the code alone proves that nothing was sent (used where the connector is not ours). */
export function failedBeforeSending(error: unknown): boolean {
  const code = codeOf(rootCause(error))
  return (
    BEFORE_SENDING.has(code) || code === 'ERR_TLS_CERT_ALTNAME_INVALID' || Object.hasOwn(CERTIFICATES, code)
  )
}

/** The innermost cause (fetch wraps the real error), at most a few levels deep. */
function rootCause(error: unknown): unknown {
  let current = error
  for (let depth = 0; depth < 8; depth += 1) {
    if (!(current instanceof Error) || current.cause === undefined) return current
    current = current.cause
  }
  return current
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

function namesOf(error: unknown): string {
  const certificate = typeof error === 'object' && error !== null && 'cert' in error ? error.cert : undefined
  if (typeof certificate !== 'object' || certificate === null || !('subjectaltname' in certificate))
    return 'unknown names'
  return typeof certificate.subjectaltname === 'string' ? certificate.subjectaltname : 'unknown names'
}
