import { X509Certificate } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { startSink } from '@iteg/testbed'
import { simpleParser } from 'mailparser'
import { expect, onTestFinished, test } from 'vitest'
import {
  composeMessage,
  isNotifyError,
  loadTemplates,
  newMessageId,
  NoticeUsageError,
  openSmtp,
  renderNotice,
  sampleData,
  SmtpError,
  type SmtpOptions,
} from '../src/index.ts'
import { certificate, startServer } from './support/smtp-server.ts'

const message = new TextEncoder().encode(
  'From: a@iteg.example\r\nTo: b@example.at\r\nSubject: x\r\n\r\n.dot\r\nlast line\r\n',
)
const envelope = { from: 'a@iteg.example', to: ['b@example.at'] }
const auth = { user: 'admin', password: 'Geheim-Wort-99' }

async function failure(promise: Promise<unknown>): Promise<SmtpError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SmtpError)) throw new Error('no SmtpError', { cause: error })
  expect(isNotifyError(error)).toBe(true)
  return error
}

function open(options: Partial<SmtpOptions> & { port: number }) {
  const delivery = openSmtp({ host: 'localhost', tls: 'none', ratePerSecond: 0, timeoutMs: 5000, ...options })
  onTestFinished(() => delivery.close())
  return delivery
}

test('a notice arrives whole at a real server', async () => {
  const sink = await startSink()
  onTestFinished(() => sink.stop())
  const templates = await loadTemplates()
  const rendered = renderNotice(templates, {
    kind: 'pre-warning-contact',
    language: 'de',
    data: sampleData('pre-warning-contact'),
  })
  const messageId = newMessageId(['example.at', 'chef@example.at'], 'iteg.example')
  const bytes = await composeMessage({
    rendered,
    from: 'ITEG <admin@iteg.example>',
    to: 'chef@example.at',
    messageId,
    date: new Date('2026-11-24T10:00:00Z'),
  })
  const result = await open({ port: sink.port, host: sink.host }).send(bytes, {
    from: 'admin@iteg.example',
    to: ['chef@example.at'],
  })
  expect(result).toMatchObject({ accepted: ['chef@example.at'], rejected: [], dsnRequested: false })
  const [arrived] = sink.messages()
  if (arrived === undefined) throw new Error('nothing arrived')
  expect(arrived).toMatchObject({ from: 'admin@iteg.example', to: ['chef@example.at'] })
  expect(arrived.raw.equals(Buffer.from(bytes))).toBe(true)
  const mail = await simpleParser(arrived.raw)
  expect(mail).toMatchObject({
    messageId,
    subject: rendered.subject,
    text: rendered.text,
    html: rendered.html,
  })
  const links = [...String(mail.html).matchAll(/href="([^"]+)"/g)].map(([, href]) => href)
  expect(links).toEqual(['mailto:admin@iteg.example', 'https://www.iteg.example/mail-umstellung'])
})

test.each(['starttls', 'implicit'] as const)('TLS (%s) is verified, then the login is sent', async (tls) => {
  const server = await startServer(tls === 'implicit' ? { secure: true } : {})
  const ca = await certificate('ca.pem')
  const result = await open({ port: server.port, tls, auth, tlsOptions: { ca } }).send(message, envelope)
  expect(result).toMatchObject({
    accepted: ['b@example.at'],
    response: expect.stringMatching(/queued as 42/),
  })
  expect(server.received).toMatchObject([
    { user: 'admin', secure: true, raw: Buffer.from(message).toString('latin1') },
  ])
})

test.each(['starttls', 'implicit'] as const)(
  'a certificate that nobody vouches for is refused before the login (%s)',
  async (tls) => {
    const server = await startServer(tls === 'implicit' ? { secure: true } : {})
    const error = await failure(open({ port: server.port, tls, auth }).send(message, envelope))
    expect(error).toMatchObject({ code: 'tls', outcome: 'not-sent', retryable: false })
    expect(server.logins).toEqual([])
  },
)

test('a certificate for another name is refused', async () => {
  const server = await startServer()
  const tlsOptions = { ca: await certificate('ca.pem'), serverName: 'mail.example.net' }
  const error = await failure(
    open({ port: server.port, tls: 'starttls', auth, tlsOptions }).send(message, envelope),
  )
  expect(error.code).toBe('tls')
  expect(server.logins).toEqual([])
})

test.each(['starttls', 'implicit'] as const)(
  'a fingerprint stands for exactly one certificate (%s)',
  async (tls) => {
    const server = await startServer(tls === 'implicit' ? { secure: true } : {})
    const { fingerprint256 } = new X509Certificate(await certificate('server.pem'))
    const right = open({ port: server.port, tls, auth, tlsOptions: { fingerprint: fingerprint256 } })
    await expect(right.send(message, envelope)).resolves.toMatchObject({ accepted: ['b@example.at'] })
    const fingerprint = fingerprint256.replace(/^../, fingerprint256.startsWith('00') ? '11' : '00')
    const wrong = open({ port: server.port, tls, auth, tlsOptions: { fingerprint } })
    expect((await failure(wrong.send(message, envelope))).code).toBe('tls')
    expect(server.logins).toEqual(['admin'])
  },
)

test('without STARTTLS at the server nothing is sent', async () => {
  const server = await startServer({ disabledCommands: ['STARTTLS'] })
  const error = await failure(open({ port: server.port, tls: 'starttls', auth }).send(message, envelope))
  expect(error).toMatchObject({ code: 'tls', outcome: 'not-sent' })
  expect(server.logins).toEqual([])
})

test('a password does not leave without TLS unless that is said', async () => {
  expect(() => openSmtp({ host: 'localhost', port: 25, tls: 'none', auth })).toThrow(NoticeUsageError)
  const server = await startServer({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
  await open({ port: server.port, auth, allowInsecure: true }).send(message, envelope)
  expect(server.received).toMatchObject([{ user: 'admin', secure: false }])
})

test('a refused login is an error without the password, even where the server repeats it', async () => {
  const server = await startServer()
  const ca = await certificate('ca.pem')
  const password = 'falsches-Wort-7'
  const delivery = open({
    port: server.port,
    tls: 'starttls',
    tlsOptions: { ca },
    auth: { user: 'admin', password },
  })
  for (const call of [() => delivery.send(message, envelope), () => delivery.verify()]) {
    const error = await failure(call())
    expect(error).toMatchObject({ code: 'login', responseCode: 535, outcome: 'not-sent' })
    expect(`${error.message} ${error.response} ${JSON.stringify(error)}`).not.toContain(password)
  }
  expect(server.logins).toEqual(['admin', 'admin'])
})

test('verify logs in and sends nothing', async () => {
  const server = await startServer()
  await open({
    port: server.port,
    tls: 'starttls',
    auth,
    tlsOptions: { ca: await certificate('ca.pem') },
  }).verify()
  expect([server.logins, server.received]).toEqual([['admin'], []])
})

test('a recipient that is refused is named, the others get the message', async () => {
  const server = await startServer({
    onRcptTo: ({ address }, _, done) => {
      if (address.startsWith('full'))
        done(Object.assign(new Error('4.2.2 mailbox full'), { responseCode: 452 }))
      else if (address.startsWith('gone'))
        done(Object.assign(new Error('5.1.1 unknown'), { responseCode: 550 }))
      else done()
    },
  })
  const delivery = open({ port: server.port })
  const to = ['b@example.at', 'full@example.at', 'gone@example.at']
  expect(await delivery.send(message, { ...envelope, to })).toMatchObject({
    accepted: ['b@example.at'],
    rejected: [
      { address: 'full@example.at', responseCode: 452, permanent: false },
      { address: 'gone@example.at', responseCode: 550, permanent: true },
    ],
  })
  const gone = await failure(delivery.send(message, { ...envelope, to: ['gone@example.at'] }))
  expect(gone).toMatchObject({ code: 'refused', outcome: 'not-sent', responseCode: 550, retryable: false })
  expect(gone.rejected).toMatchObject([{ address: 'gone@example.at', permanent: true }])
  const full = await failure(delivery.send(message, { ...envelope, to: ['full@example.at'] }))
  expect(full).toMatchObject({ code: 'busy', outcome: 'not-sent', retryable: true })
})

test('a message that is refused after it was sent is not there; its connection goes on', async () => {
  let refuse = true
  const server = await startServer({
    onData: (stream, _, done) => {
      stream.resume()
      stream.once('end', () => {
        if (refuse) done(Object.assign(new Error('5.7.1 spam'), { responseCode: 554 }))
        else done(null, 'ok')
      })
    },
  })
  const delivery = open({ port: server.port })
  expect(await failure(delivery.send(message, envelope))).toMatchObject({
    code: 'refused',
    outcome: 'not-sent',
    response: expect.stringMatching(/spam/),
  })
  refuse = false
  await expect(delivery.send(message, envelope)).resolves.toMatchObject({ accepted: ['b@example.at'] })
})

test('a connection that breaks before the answer leaves it open whether the message is there; it is not sent again', async () => {
  let messages = 0
  const server = await startServer({
    onData: (stream) => {
      messages += 1
      stream.resume()
      stream.once('end', () => server.dropAll())
    },
  })
  expect(await failure(open({ port: server.port }).send(message, envelope))).toMatchObject({
    code: 'connect',
    outcome: 'unknown',
  })
  expect(messages).toBe(1)
})

test('a connection that the server ended between two messages is made anew', async () => {
  const server = await startServer()
  const delivery = open({ port: server.port, connections: 1 })
  await delivery.send(message, envelope)
  server.dropAll()
  await delivery.send(message, envelope)
  expect(server.received).toHaveLength(2)
})

test('nobody there is an error that may be tried again', async () => {
  const free = createServer()
  const port = await new Promise<number>((resolve) => {
    free.listen(0, 'localhost', () => {
      const address = free.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await new Promise((resolve) => free.close(resolve))
  const error = await failure(open({ port }).send(message, envelope))
  expect(error).toMatchObject({ code: 'connect', outcome: 'not-sent', retryable: true })
  expect(error.message).toMatch(/^localhost:\d+ cannot be reached, or ended the connection \(ECONNREFUSED\)$/)
})

/** A server that greets as told and then says nothing. */
async function rawServer(greeting: string): Promise<{ port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write(greeting)
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return new Promise((resolve) => {
    server.listen(0, 'localhost', () => {
      const address = server.address()
      resolve({ port: typeof address === 'object' && address !== null ? address.port : 0 })
    })
  })
}

test('a server that speaks something else, or answers without end, is an error', async () => {
  const web = await rawServer('HTTP/1.1 400 Bad Request\r\n\r\n')
  expect((await failure(open(web).send(message, envelope))).outcome).toBe('not-sent')
  const endless = await rawServer(`220-${'x'.repeat(200_000)}`)
  const error = await failure(open(endless).send(message, envelope))
  expect(error.message.length).toBeLessThan(600)
})

test('an aborted send rejects with the reason, before and while a server is silent', async () => {
  const silent = await rawServer('')
  const controller = new AbortController()
  const sending = open(silent).send(message, envelope, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(sending).rejects.toThrow('enough')
  await expect(
    open(silent).send(message, envelope, { signal: AbortSignal.abort(new Error('never')) }),
  ).rejects.toThrow('never')
})

test('DSN is asked for where it is offered, with our name for the message', async () => {
  const server = await startServer({ hideDSN: false })
  const { dsnRequested } = await open({ port: server.port }).send(message, envelope, {
    envelopeId: 'example.at-7',
  })
  expect(dsnRequested).toBe(true)
  expect(JSON.stringify(server.received[0]?.dsn)).toMatch(/example\.at-7/)
  const { dsnRequested: again } = await open({ port: server.port, dsn: false }).send(message, envelope)
  expect(again).toBe(false)
})

test('many messages go over few connections, and all arrive once', async () => {
  const server = await startServer()
  const delivery = open({ port: server.port, connections: 2 })
  const recipients = Array.from({ length: 40 }, (_, index) => `m${index}@example.at`)
  await Promise.all(recipients.map((to) => delivery.send(message, { from: envelope.from, to: [to] })))
  expect(server.received.flatMap(({ to }) => to).toSorted()).toEqual(recipients.toSorted())
  expect(server.connections()).toBeLessThanOrEqual(2)
})

test('a closed delivery says so; closing twice is the same as once', async () => {
  const server = await startServer()
  const delivery = open({ port: server.port })
  await delivery.send(message, envelope)
  await delivery.close()
  await delivery.close()
  await expect(delivery.send(message, envelope)).rejects.toThrow(NoticeUsageError)
})

test('an address that would be a command of its own is refused', async () => {
  const server = await startServer()
  const delivery = open({ port: server.port })
  for (const to of [['b@example.at>\r\nDATA'], ['b'], []])
    await expect(delivery.send(message, { from: '', to })).rejects.toThrow(NoticeUsageError)
  expect(server.received).toEqual([])
})
