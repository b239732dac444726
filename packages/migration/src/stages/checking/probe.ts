import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

const PROBE_TIMEOUT_MS = 10_000
const MAX_BANNER = 512

export interface ProbeTarget {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; absent: plain until the greeting. */
  readonly tls?: { readonly ca?: string }
}

export interface Probe {
  /** First line of the greeting, printable, at most some hundred characters. */
  readonly banner: string
  /** The address that we have towards this server; another one arrives there when a router translates addresses. */
  readonly localAddress: string
}

/** Connects, reads the greeting's first line and hangs up; logs in nowhere. Rejects with Node's own error, or after ten seconds. */
export async function probe(target: ProbeTarget, signal: AbortSignal | undefined): Promise<Probe> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS)
  const ended = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  const socket = open(target)
  const abort = (): void => {
    socket.destroy(new Error(timeout.aborted ? 'no answer within 10 seconds' : 'interrupted'))
  }
  ended.addEventListener('abort', abort, { once: true })
  try {
    const banner = await firstLine(socket)
    return { banner, localAddress: socket.localAddress ?? '' }
  } finally {
    ended.removeEventListener('abort', abort)
    socket.destroy()
  }
}

function open({ host, port, tls }: ProbeTarget): Socket {
  if (tls === undefined) return connectTcp({ host, port })
  return connectTls({
    host,
    port,
    servername: /^[\d.]+$|:/.test(host) ? '' : host,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  })
}

async function firstLine(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1')
  for await (const chunk of socket) {
    text += String(chunk)
    if (text.includes('\n') || text.length >= MAX_BANNER) break
  }
  if (text === '') throw new Error('the connection was closed without a greeting')
  const line = text.slice(0, MAX_BANNER).split('\n', 1)[0] ?? ''
  return line.replaceAll(/[^ -~]/g, '').trim()
}

/** The address that we have towards a server, by connecting only. */
export async function localAddressTowards(
  host: string,
  port: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS)
  const ended = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  const socket = connectTcp({ host, port, signal: ended })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return socket.localAddress ?? ''
  } finally {
    socket.destroy()
  }
}
