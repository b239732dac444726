import { readFile } from 'node:fs/promises'
import { type Dovecot, oddCertificates, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectManageSieve, type ManageSieveServer, masterLogin, openManageSieve } from '../src/index.ts'

const anna = 'anna@example.at'
const bernd = 'bernd@example.at'

let bed: Testbed
let ca: string
beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
  ca = await readFile(bed.caFile, 'utf8')
  for (const address of [anna, bernd]) {
    await bed.addOldMailbox(address)
    await bed.addNewMailbox(address)
  }
})
afterAll(() => bed.stop())

function server(side: Dovecot): ManageSieveServer {
  return { ...side.sieve, tls: 'starttls', tlsOptions: { ca } }
}

const connect = (side: Dovecot, mailbox: string) =>
  connectManageSieve(server(side), masterLogin(mailbox, side.master))

describe('the login', () => {
  it('works as the user, through the master user, and with an identity of its own', async () => {
    const { master } = bed.old
    const logins = [
      { user: anna, password: 'user-Passw0rd' },
      masterLogin(anna, master),
      { user: master.user, password: master.password, authorizationId: anna },
    ]
    for (const login of logins) {
      await using client = await connectManageSieve(server(bed.old), login)
      expect(client.tls?.protocol).toBe('TLSv1.3')
      expect(client.capabilities.extensions.has('fileinto')).toBe(true)
    }
  })

  it('is refused for a wrong password and for a mailbox that is not there', async () => {
    for (const login of [{ user: anna, password: 'wrong' }, masterLogin('nobody@example.at', bed.old.master)])
      await expect(connectManageSieve(server(bed.old), login)).rejects.toMatchObject({ code: 'login' })
  })

  it('names it when the server hangs up, as mailcow does for a mailbox that is not there', async () => {
    const login = masterLogin('nobody@example.at', bed.new.master)
    await expect(connectManageSieve(server(bed.new), login)).rejects.toMatchObject({ code: 'loginTemporary' })
  })

  it.each(Object.entries(oddCertificates))('trusts no certificate that is %s', async (_name, host) => {
    await expect(openManageSieve({ ...server(bed.old), host })).rejects.toMatchObject({ code: 'tls' })
  })
})

describe('scripts', () => {
  it('live a whole life: put, list, activate, get, rename, deactivate, delete', async () => {
    await using client = await connect(bed.old, anna)
    const name = 'Abwesenheit "ü" \\ 🏖'
    const script = Buffer.from(
      'require ["fileinto"];\r\n# Umlaut: ü\nif header :is "Subject" "x" { fileinto "INBOX.Foo"; }\r\n',
    )
    expect(await client.putScript(name, script)).toEqual({ warnings: [] })
    await client.putScript('second', 'keep;\n')
    await client.setActive(name)
    expect(new Map((await client.listScripts()).map(({ name: key, active }) => [key, active]))).toEqual(
      new Map([
        [name, true],
        ['second', false],
      ]),
    )
    expect(Buffer.from(await client.getScript(name)).equals(script)).toBe(true)
    await client.renameScript(name, 'renamed')
    await expect(client.deleteScript('renamed')).rejects.toMatchObject({
      code: 'refused',
      responseCode: 'ACTIVE',
    })
    await expect(client.renameScript('renamed', 'second')).rejects.toMatchObject({
      responseCode: 'ALREADYEXISTS',
    })
    await client.setActive(undefined)
    await client.deleteScript('renamed')
    expect(await client.listScripts()).toEqual([{ name: 'second', active: false }])
    await expect(client.getScript('renamed')).rejects.toMatchObject({
      code: 'refused',
      responseCode: 'NONEXISTENT',
    })
    await client.noop('tag "1"')
    await client.logout()
  })

  it('are judged with line and text, and with warnings', async () => {
    await using client = await connect(bed.new, anna)
    const broken = 'require ["fileinto"];\nif header :is "Subject" "x" {\n  fileinto "Foo"\n}\n'
    for (const verdict of [client.checkScript(broken), client.putScript('a: line 9: error: b', broken)])
      await expect(verdict).rejects.toMatchObject({
        code: 'script',
        problems: [
          { severity: 'error', line: 4, message: expect.stringMatching(/^expected end of command/) },
          {},
        ],
      })
    await expect(client.checkScript('require "vnd.dovecot.pipe";\n')).rejects.toMatchObject({
      code: 'script',
      problems: [{ line: 1, message: expect.stringContaining('vnd.dovecot.pipe') }, {}],
    })
    const { warnings } = await client.checkScript('require "include";\ninclude :personal "nowhere";\n')
    expect(warnings).toMatchObject([
      { severity: 'warning', line: 2, message: expect.stringContaining('nowhere') },
    ])
    expect(await client.listScripts()).toEqual([])
  })

  it('are refused for their names and sizes, and the session goes on', async () => {
    await using client = await connect(bed.new, bernd)
    await expect(client.putScript('a/b', 'keep;\n')).rejects.toMatchObject({ code: 'refused' })
    const large = `#${'x'.repeat(1024 * 1024)}\n`
    await expect(client.putScript('large', large)).rejects.toMatchObject({ responseCode: 'QUOTA/MAXSIZE' })
    await expect(client.haveSpace('large', 99_999_999)).rejects.toMatchObject({
      responseCode: 'QUOTA/MAXSIZE',
    })
    await client.haveSpace('small', 1000)
    const largest = `#${'x'.repeat(1024 * 1024 - 2)}\n`
    await client.putScript('largest', largest)
    expect(Buffer.from(await client.getScript('largest')).toString()).toBe(largest)
  })

  it('are named in answer to many calls at once', async () => {
    await using client = await connect(bed.old, bernd)
    const names = Array.from({ length: 50 }, (_, index) => `script ${index}`)
    await Promise.all(names.map((name) => client.putScript(name, `# ${name}\nkeep;\n`)))
    const contents = await Promise.all(names.map((name) => client.getScript(name)))
    expect(contents.map((bytes) => Buffer.from(bytes).toString())).toEqual(
      names.map((name) => `# ${name}\nkeep;\n`),
    )
    expect((await client.listScripts()).length).toBe(50)
  })
})

it('says so when the server goes away', async () => {
  await using client = await connect(bed.old, anna)
  await bed.old.halt()
  await expect(client.listScripts()).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:closed|bye)$/),
  })
  await expect(openManageSieve(server(bed.old))).rejects.toMatchObject({ code: 'connect' })
  await bed.old.resume()
  await using again = await connect(bed.old, anna)
  expect(again.isAlive).toBe(true)
})
