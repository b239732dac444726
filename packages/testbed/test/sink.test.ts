import { connect } from 'node:net'
import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'
import { startSink } from '../src/index.ts'
import type { SmtpSink } from '../src/index.ts'

async function send(sink: SmtpSink, to: string | readonly string[], subject = 'x'): Promise<void> {
  const transport = createTransport({ host: sink.host, port: sink.port, ignoreTLS: true })
  await transport.sendMail({
    envelope: { from: 'a@b.example', to: [to].flat() },
    raw: `Subject: ${subject}\r\n\r\n.dot\r\n`,
  })
  transport.close()
}

test('it keeps what it is sent, for anybody, byte for byte', async () => {
  await using sink = await startSink()
  await send(sink, ['one@c.example', 'two@d.example'])
  expect(sink.messages()).toMatchObject([{ from: 'a@b.example', to: ['one@c.example', 'two@d.example'] }])
  expect(sink.messages()[0]?.raw.toString()).toBe('Subject: x\r\n\r\n.dot\r\n')
  sink.clear()
  expect(sink.messages()).toEqual([])
})

test('one can wait for a message that is there, or that comes', async () => {
  await using sink = await startSink()
  const later = sink.waitFor(({ raw }) => raw.includes('Subject: later'))
  await send(sink, 'one@c.example', 'now')
  await send(sink, 'one@c.example', 'later')
  expect((await later).raw.toString()).toContain('later')
  expect((await sink.waitFor(({ raw }) => raw.includes('Subject: now'))).raw.toString()).toContain('now')
})

test('waiting ends: with the limit, saying what came instead, or with the signal', async () => {
  await using sink = await startSink()
  await send(sink, 'somebody@c.example')
  await expect(sink.waitFor(() => false, { limitMs: 1 })).rejects.toThrow(
    'it holds mail to: somebody@c.example',
  )
  await expect(sink.waitFor(() => false, { signal: AbortSignal.abort() })).rejects.toThrow('no such message')
})

test('a client that hangs does not keep it from stopping', async () => {
  const sink = await startSink()
  const socket = connect(sink.port, sink.host)
  await new Promise((resolve) => {
    socket.once('data', resolve)
  })
  const closed = new Promise((resolve) => {
    socket.once('close', () => resolve('closed'))
  })
  await sink.stop()
  expect(await closed).toBe('closed')
})
