import type { NodemailerError } from 'nodemailer/lib/errors'
import { cleanLine } from '../markdown/clean.ts'
import { SmtpError, type SmtpErrorCode, type SmtpRejection } from './errors.ts'
import type { SmtpOptions } from './options.ts'

const longestResponse = 300

export interface Failure {
  readonly error: unknown
  /** Whether the server may have begun to read the message. */
  readonly started: boolean
}

/** What nodemailer says, as one of our errors. */
export function smtpError({ error, started }: Failure, options: SmtpOptions): SmtpError {
  if (error instanceof SmtpError) return error
  const failed = fieldsOf(error)
  const response = shown(failed.response, options)
  const code = codeOf(failed)
  // With an answer to the message, or before it, the server has said that it did not take it.
  const outcome = started && failed.responseCode === undefined ? 'unknown' : 'not-sent'
  const rejected = (failed.rejectedErrors ?? []).map((one) => rejection(one, options))
  const where = `${options.host}:${options.port}`
  return new SmtpError(`${where} ${worded(code, failed)}${response === undefined ? '' : `: ${response}`}`, {
    code,
    outcome,
    rejected,
    ...(response !== undefined && { response }),
    ...(failed.responseCode !== undefined && { responseCode: failed.responseCode }),
  })
}

export function rejection(error: NodemailerError, options: SmtpOptions): SmtpRejection {
  const { responseCode, response, recipient } = fieldsOf(error)
  return {
    address: recipient ?? '',
    responseCode,
    response: shown(response, options) ?? '',
    permanent: responseCode === undefined || responseCode >= 500,
  }
}

interface Failed {
  readonly name: string | undefined
  readonly code: string
  readonly originalCode: string
  readonly message: string
  readonly response: string | undefined
  readonly responseCode: number | undefined
  readonly recipient: string | undefined
  readonly rejectedErrors: readonly NodemailerError[] | undefined
}

function fieldsOf(error: unknown): Failed {
  const all: ReadonlyMap<string, unknown> = new Map(
    typeof error === 'object' && error !== null ? Object.entries(error) : [],
  )
  const text = (key: string): string | undefined => {
    const value = all.get(key)
    return typeof value === 'string' ? value : undefined
  }
  const responseCode = all.get('responseCode')
  const rejectedErrors = all.get('rejectedErrors')
  return {
    name: error instanceof Error ? error.name : undefined,
    code: text('code') ?? '',
    originalCode: text('originalCode') ?? '',
    message: error instanceof Error ? error.message : '',
    response: text('response'),
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    recipient: text('recipient'),
    rejectedErrors: Array.isArray(rejectedErrors) ? rejectedErrors : undefined,
  }
}

const certificateTrouble =
  /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|certificate|altnames|handshake|wrong version number|STARTTLS/iu

function codeOf({ code, originalCode, message, responseCode }: Failed): SmtpErrorCode {
  const temporary = responseCode !== undefined && responseCode >= 400 && responseCode < 500
  switch (code) {
    case 'EAUTH':
    case 'ENOAUTH':
      // RFC 4954 §6: 454 is a server that cannot tell now
      return responseCode === 454 || responseCode === 421 ? 'busy' : 'login'
    case 'ETLS':
    case 'EREQUIRETLS':
      return 'tls'
    case 'EENVELOPE':
    case 'EMESSAGE':
      return temporary ? 'busy' : 'refused'
    case 'EPROTOCOL':
      return temporary ? 'busy' : 'protocol'
    case 'ESOCKET':
      return certificateTrouble.test(`${originalCode} ${message}`) ? 'tls' : 'connect'
    default:
      if (temporary) return 'busy'
      return certificateTrouble.test(originalCode) ? 'tls' : 'connect'
  }
}

function worded(code: SmtpErrorCode, { originalCode, message, response }: Failed): string {
  const reason = cleanLine(originalCode !== '' ? originalCode : response === undefined ? message : '', 120)
  const because = reason === '' ? '' : ` (${reason})`
  switch (code) {
    case 'login':
      return 'refused the login'
    case 'tls':
      return `is not trusted, or offers no TLS${because}`
    case 'refused':
      return 'refused the message'
    case 'busy':
      return 'does not take the message now'
    case 'protocol':
      return 'does not speak SMTP'
    case 'connect':
      break
  }
  return `cannot be reached, or ended the connection${because}`
}

/** What a server answers may repeat what it was sent. */
function shown(text: string | undefined, { auth }: SmtpOptions): string | undefined {
  if (text === undefined) return undefined
  const secrets = auth === undefined || auth.password === '' ? [] : [auth.password]
  const all = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64')])
  const without = all.reduce((line, secret) => line.replaceAll(secret, '[secret]'), text)
  return cleanLine(without, longestResponse)
}
