import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from 'node:tls'
import { SmtpError } from './errors.ts'
import type { SmtpOptions } from './options.ts'

const longestAnswer = 64 * 1024

/** TLS as it is asked for. Whether a certificate is accepted is always decided before anything secret is sent. */
export async function tlsOptions(options: SmtpOptions, signal?: AbortSignal): Promise<ConnectionOptions> {
  const { ca, fingerprint, minVersion, serverName } = options.tlsOptions ?? {}
  const name = serverName ?? options.host
  const common: ConnectionOptions = {
    rejectUnauthorized: true,
    ...(isIP(name) === 0 && { servername: name }),
    ...(minVersion !== undefined && { minVersion }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  }
  if (fingerprint === undefined)
    return { ...common, ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : Buffer.from(ca) }) }
  // The certificate itself is what is trusted, whoever signed it and for whatever name: it is fetched without telling
  // the server anything, compared, and from then on the only one that a connection accepts.
  const wanted = normalised(fingerprint)
  const certificate = await fetchCertificate(options, signal)
  if (normalised(certificate.fingerprint256) !== wanted) throw wrongCertificate(options)
  return {
    ...common,
    ca: certificate.pem,
    allowPartialTrustChain: true,
    checkServerIdentity: (_, { fingerprint256 }) =>
      normalised(fingerprint256) === wanted ? undefined : wrongCertificate(options),
  }
}

function normalised(fingerprint: string): string {
  return fingerprint.replaceAll(/[^0-9a-f]/giu, '').toLowerCase()
}

function wrongCertificate({ host, port }: SmtpOptions): SmtpError {
  return new SmtpError(`${host}:${port} has another certificate than the fingerprint says`, {
    code: 'tls',
    outcome: 'not-sent',
  })
}

interface Certificate {
  readonly pem: string
  readonly fingerprint256: string
}

function fetchCertificate(options: SmtpOptions, signal?: AbortSignal): Promise<Certificate> {
  const { host, port, tls, connectTimeoutMs = 20_000 } = options
  return new Promise((resolve, reject) => {
    const fail = (code: 'connect' | 'tls', message: string, cause?: unknown): void => {
      plain.destroy()
      reject(new SmtpError(`${host}:${port} ${message}`, { code, outcome: 'not-sent' }, { cause }))
    }
    const plain: Socket = connectTcp({ host, port })
    plain.setTimeout(connectTimeoutMs, () => fail('connect', 'does not answer'))
    plain.on('error', (error) => fail('connect', 'cannot be reached', error))
    signal?.addEventListener(
      'abort',
      () => {
        plain.destroy()
        reject(signal.reason)
      },
      { once: true },
    )
    const upgrade = (): void => {
      const { minVersion } = options.tlsOptions ?? {}
      const secure = connectTls({
        socket: plain,
        rejectUnauthorized: false,
        ...(minVersion !== undefined && { minVersion }),
      })
      secure.on('error', (error) => fail('tls', 'does not agree on TLS', error))
      secure.once('secureConnect', () => {
        const { raw, fingerprint256 } = secure.getPeerCertificate()
        secure.destroy()
        const lines = raw.toString('base64').match(/.{1,64}/gu) ?? []
        resolve({
          fingerprint256,
          pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
        })
      })
    }
    plain.once('connect', () => {
      if (tls === 'implicit') upgrade()
      else startTls(plain, upgrade, (why) => fail('tls', why))
    })
  })
}

/** Greeting, EHLO, STARTTLS (RFC 3207 §4): three answers. */
function startTls(socket: Socket, upgrade: () => void, fail: (why: string) => void): void {
  const steps = ['EHLO localhost\r\n', 'STARTTLS\r\n']
  let text = ''
  const onData = (chunk: Buffer): void => {
    text += chunk.toString('latin1')
    if (text.length > longestAnswer) fail('answers without end')
    const end = /^(\d{3})(?: [^\r\n]*)?\r?\n/mu.exec(text)
    if (end === null) return
    text = ''
    if (end[1]?.startsWith('2') !== true) {
      fail('offers no STARTTLS')
      return
    }
    const next = steps.shift()
    if (next !== undefined) {
      socket.write(next)
      return
    }
    socket.off('data', onData)
    upgrade()
  }
  socket.on('data', onData)
}
