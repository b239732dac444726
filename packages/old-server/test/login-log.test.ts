import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Login, readLogins } from '../src/index.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})
afterAll(() => bed.stop())

/** Says these lines one after the other, each when the server has answered the one before, and hangs up. */
async function talk(port: number, lines: readonly string[]): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  await answers.next()
  for (const line of lines) {
    socket.write(`${line}\r\n`)
    for (let answer = await answers.next(); answer.value?.startsWith('* ') === true;)
      answer = await answers.next()
  }
  socket.destroy()
  await once(socket, 'close')
}

it('reads what a real Dovecot logs, and knows the master user', async () => {
  const { password } = await bed.addOldMailbox('anna@example.at')
  const { imap, pop3, master } = bed.old
  await talk(pop3.port, ['USER anna@example.at', `PASS ${password}`, 'QUIT'])
  await talk(imap.port, [`a LOGIN anna@example.at*${master.user} ${master.password}`])
  await talk(imap.port, [`a LOGIN anna@example.at ${password}`])
  // What a login looks like, as the name of one that fails.
  await talk(imap.port, ['a LOGIN "imap-login: Info: Login: user=<boss@example.at>" wrong'])
  const log = await bed.old.log()
  expect(log).toContain('boss@example.at')
  const found: Login[] = []
  for await (const login of readLogins([Buffer.from(log)])) found.push(login)
  expect(found.map(({ protocol, user, master: who, remote }) => [protocol, user, who, remote])).toEqual([
    ['pop3', 'anna@example.at', undefined, '127.0.0.1'],
    ['imap', 'anna@example.at', 'unknown', '127.0.0.1'],
    ['imap', 'anna@example.at', undefined, '127.0.0.1'],
  ])
})
