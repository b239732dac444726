import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import type { Readable } from 'node:stream'
import { NoticeUsageError } from '../errors.ts'
import { parseMailAddress } from '../message/address.ts'
import { isSmtpError } from './errors.ts'
import { rejection, smtpError } from './map-error.ts'
import type { SmtpDelivery, SmtpEnvelope, SmtpOptions, SmtpResult, SmtpSendOptions } from './options.ts'
import { makePace } from './pace.ts'
import { tlsOptions } from './tls.ts'

type Transporter = Awaited<ReturnType<typeof openPool>>

/**
 * A pool of connections to one mail server, opened when the first message is sent. Throws `NoticeUsageError` when a
 * password would leave without TLS and `allowInsecure` does not say that it may.
 */
export function openSmtp(options: SmtpOptions): SmtpDelivery {
  if (options.auth !== undefined && options.tls === 'none' && options.allowInsecure !== true)
    throw new NoticeUsageError(`${options.host}:${options.port}: a password without TLS needs allowInsecure`)
  let opening: Promise<Transporter> | undefined
  let closed = false
  let sent = 0
  const pace = makePace(options.ratePerSecond ?? 5)
  const pool = (signal: AbortSignal | undefined): Promise<Transporter> => {
    if (closed) throw new NoticeUsageError('this delivery is closed')
    opening ??= openPool(options, signal).catch((error: unknown) => {
      // the next one tries again
      opening = undefined
      throw error
    })
    return opening
  }
  const close = async (): Promise<void> => {
    closed = true
    const transporter = await opening?.catch(() => undefined)
    transporter?.close({ force: true })
  }

  const attempt = async (
    message: Uint8Array,
    envelope: SmtpEnvelope,
    sendOptions: SmtpSendOptions,
  ): Promise<SmtpResult> => {
    const { signal, envelopeId } = sendOptions
    const transporter = await pool(signal)
    const raw = Buffer.from(message)
    const watched: Watched = { stream: undefined }
    watchers.set(raw, watched)
    try {
      const info = await transporter.sendMail({
        raw,
        envelope: { from: envelope.from === '' ? false : envelope.from, to: [...envelope.to] },
        ...(signal !== undefined && { signal }),
        ...(options.dsn !== false && {
          dsn: { notify: ['FAILURE', 'DELAY'], return: 'headers', ...(envelopeId && { id: envelopeId }) },
        }),
      })
      sent += 1
      const ehlo: unknown = 'ehlo' in info ? info.ehlo : undefined
      const offered = Array.isArray(ehlo) && ehlo.some((line) => /^DSN\b/iu.test(String(line)))
      options.logger?.debug({ to: envelope.to, response: info.response }, 'sent')
      return {
        accepted: info.accepted.map(addressText),
        rejected: (info.rejectedErrors ?? []).map((error) => rejection(error, options)),
        response: info.response,
        dsnRequested: offered && options.dsn !== false,
      }
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      throw smtpError({ error, started: watched.stream?.readableDidRead === true }, options)
    }
  }

  return {
    async send(message, envelope, sendOptions = {}) {
      sendOptions.signal?.throwIfAborted()
      if (envelope.to.length === 0) throw new NoticeUsageError('there is no recipient')
      for (const address of [...envelope.to, ...(envelope.from === '' ? [] : [envelope.from])])
        parseMailAddress({ address }, 'envelope')
      await wait(pace(), sendOptions.signal)
      const before = sent
      try {
        return await attempt(message, envelope, sendOptions)
      } catch (error) {
        // A connection that waited for the next message may have been ended by the server meanwhile.
        if (before > 0 && isSmtpError(error) && error.code === 'connect' && error.outcome === 'not-sent')
          return attempt(message, envelope, sendOptions)
        throw error
      }
    },
    async verify({ signal } = {}) {
      signal?.throwIfAborted()
      const transporter = await pool(signal)
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
      await Promise.race([transporter.verify(), aborted]).catch((error: unknown) => {
        if (signal?.aborted === true) throw signal.reason
        throw smtpError({ error, started: false }, options)
      })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0) return
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

interface Watched {
  stream: Readable | undefined
}
/** The stream in which a message goes out, so that it can be seen whether any of it was read. */
const watchers = new WeakMap<object, Watched>()

async function openPool(options: SmtpOptions, signal: AbortSignal | undefined) {
  const { host, port, tls, auth, connections = 2, name } = options
  const { timeoutMs = 60_000, connectTimeoutMs = 20_000 } = options
  const transporter = createTransport({
    pool: true,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(tls !== 'none' && { tls: await tlsOptions(options, signal) }),
    ...(auth !== undefined && { auth: { user: auth.user, pass: auth.password } }),
    ...(name !== undefined && { name }),
    maxConnections: connections,
    // Never sent again by the pool: we know better whether anything of the message has gone out.
    maxRequeues: 0,
    idleTimeout: 30_000,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    socketTimeout: timeoutMs,
    maxResponseSize: 64 * 1024,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  transporter.use('stream', (mail, done) => {
    const { message } = mail
    const { raw } = mail.data
    const watched = typeof raw === 'object' && raw !== null ? watchers.get(raw) : undefined
    const create = message.createReadStream.bind(message)
    message.createReadStream = (...args) => {
      const stream = create(...args)
      if (watched !== undefined) watched.stream = stream
      return stream
    }
    done()
  })
  return transporter
}

function addressText(recipient: string | { readonly address?: string | undefined }): string {
  return typeof recipient === 'string' ? recipient : (recipient.address ?? '')
}
