import { TLSSocket } from 'node:tls'
import type { Socket } from 'node:net'
import { capabilitiesOf, ManageSieveClient, type ManageSieveTls } from './client.ts'
import { dial, upgrade } from './dial.ts'
import { ManageSieveError } from './errors.ts'
import type { ManageSieveLogger, ManageSieveLogin, ManageSieveOptions, ManageSieveServer } from './options.ts'
import { firstLine } from './response.ts'
import { type Answer, Wire } from './wire.ts'

const nothing = (): void => {}
const silent: ManageSieveLogger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * Connects, and makes the connection safe as `server.tls` says; logs in nowhere. Rejects with `ManageSieveError`
 * (`connect`, `tls`, `timeout`, `bye`, `referral`, `protocol`, `limit`) or the signal's reason.
 */
export async function openManageSieve(
  server: ManageSieveServer,
  options: ManageSieveOptions = {},
): Promise<ManageSieveClient> {
  const { signal, connectTimeoutMs = 30_000, logger = silent, allowInsecure = false } = options
  signal?.throwIfAborted()
  const name = `${server.host}:${server.port}`
  const wireOptions = {
    name,
    logger,
    commandTimeoutMs: options.commandTimeoutMs ?? 60_000,
    maxScriptBytes: options.maxScriptBytes ?? 16 * 1024 * 1024,
  }
  // One clock for TCP, TLS and greeting: whoever sends a byte now and then does not hold us up.
  const ended = new AbortController()
  const timer = setTimeout(
    () => ended.abort(new ManageSieveError('timeout', `${name} was not ready after ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  )
  const onAbort = (): void => ended.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const { wire, socket, answer } = await greeted(server, wireOptions, ended.signal)
    // From here on only the caller's signal ends the connection, not the clock.
    ended.signal.throwIfAborted()
    const onLateAbort = (): void => wire.destroy(signal?.reason)
    signal?.addEventListener('abort', onLateAbort, { once: true })
    return new ManageSieveClient({
      wire,
      server: name,
      capabilities: capabilitiesOf(answer.lines),
      tls: tlsOf(socket),
      allowInsecure,
      maxScriptBytes: wireOptions.maxScriptBytes,
      onClose: () => signal?.removeEventListener('abort', onLateAbort),
    })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** {@link openManageSieve} and {@link ManageSieveClient.authenticate} in one. Rejects with what either does. */
export async function connectManageSieve(
  server: ManageSieveServer,
  login: ManageSieveLogin,
  options: ManageSieveOptions = {},
): Promise<ManageSieveClient> {
  const client = await openManageSieve(server, options)
  try {
    await client.authenticate(login)
    return client
  } catch (error) {
    client.close()
    throw error
  }
}

interface Greeted {
  readonly wire: Wire
  readonly socket: Socket
  readonly answer: Answer
}

async function greeted(
  server: ManageSieveServer,
  options: ConstructorParameters<typeof Wire>[1],
  signal: AbortSignal,
): Promise<Greeted> {
  const socket = await dial(server, signal)
  const plain = await greetedOn(socket, options, signal)
  if (server.tls !== 'starttls') return plain
  try {
    if (!capabilitiesOf(plain.answer.lines).startTls)
      throw new ManageSieveError('tls', `${options.name} does not offer STARTTLS`)
    const { response } = await abortable(plain.wire, signal, () =>
      plain.wire.command('STARTTLS', [], { isLast: true }),
    )
    if (response.status !== 'OK')
      throw new ManageSieveError('tls', `${options.name} refused STARTTLS: ${firstLine(response.text)}`, {
        serverText: response.text,
      })
    const secured = await upgrade(plain.wire.detach(), server, signal)
    // RFC 5804 §2.2: capabilities known before are forgotten; the server sends them again unasked.
    return await greetedOn(secured, options, signal)
  } catch (error) {
    plain.wire.destroy(error)
    throw error
  }
}

async function greetedOn(
  socket: Socket,
  options: ConstructorParameters<typeof Wire>[1],
  signal: AbortSignal,
): Promise<Greeted> {
  const wire = new Wire(socket, options)
  const answer = await abortable(wire, signal, () => wire.greeting())
  if (answer.response.status === 'OK') return { wire, socket, answer }
  const error = new ManageSieveError(
    'connect',
    `${options.name} does not want to talk: ${firstLine(answer.response.text)}`,
    { serverText: answer.response.text },
  )
  wire.destroy(error)
  throw error
}

async function abortable<Value>(wire: Wire, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  const onAbort = (): void => wire.destroy(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await work()
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function tlsOf(socket: Socket): ManageSieveTls | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  return { protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher()?.name ?? 'unknown' }
}
