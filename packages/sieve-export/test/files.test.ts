import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { deliver, homeDirectory, startTestbed } from '@iteg/testbed'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  connectManageSieve,
  masterLogin,
  readScriptFolder,
  readScripts,
  type ReadScriptsOptions,
  type StoredScripts,
} from '../src/index.ts'

let top: string
let home: string
beforeEach(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'mailmove-scripts-'))
  home = path.join(top, 'home')
  await mkdir(path.join(home, 'sieve/tmp'), { recursive: true })
})
afterEach(() => rm(top, { recursive: true, force: true }))

const put = (name: string, content: string | Buffer = `# ${name}\n`): Promise<void> =>
  writeFile(path.join(home, name), content)
const link = (target: string, name: string): Promise<void> => symlink(target, path.join(home, name))

function shown({ scripts }: StoredScripts): readonly string[] {
  return scripts.map(
    ({ name, active, listed }) => `${name}${active ? ' ACTIVE' : ''}${listed ? '' : ' unlisted'}`,
  )
}
const reasons = ({ problems }: StoredScripts): readonly string[] =>
  problems.map(({ file, reason }) => `${path.basename(file)}: ${reason}`)

async function read(options: ReadScriptsOptions = {}): Promise<StoredScripts> {
  return readScripts(home, options)
}

describe('readScripts', () => {
  it('finds stored scripts and the active one, and nothing else', async () => {
    await put('sieve/main.sieve', Buffer.from([0xef, 0xbb, 0xbf, 0, 0xff, 10]))
    await put('sieve/Abwesenheit "ü".sieve')
    await put('sieve/main.svbin')
    await put('sieve/.hidden.sieve')
    await put('sieve/.dovecot.lda-dupes')
    await link('sieve/main.sieve', '.dovecot.sieve')
    const found = await read()
    expect(shown(found)).toEqual(['Abwesenheit "ü"', 'main ACTIVE'])
    expect(reasons(found)).toEqual([])
    expect([...(found.scripts[1]?.content ?? [])]).toEqual([0xef, 0xbb, 0xbf, 0, 0xff, 10])
  })

  it('finds a script that is active although nobody lists it', async () => {
    await put('sieve/dovecot.sieve')
    await put('.dovecot.sieve', 'keep;\n')
    expect(shown(await read())).toEqual(['dovecot', 'dovecot (2) ACTIVE unlisted'])
    await rm(path.join(home, '.dovecot.sieve'))
    await put('old.filter', 'keep;\n')
    await link('old.filter', '.dovecot.sieve')
    expect(shown(await read())).toEqual(['dovecot', 'old.filter ACTIVE unlisted'])
  })

  it('takes a user without scripts for what he is, and a missing home for an error', async () => {
    await rm(path.join(home, 'sieve'), { recursive: true })
    expect(await read()).toEqual({ scripts: [], problems: [] })
    await expect(readScripts(path.join(top, 'nobody'))).rejects.toMatchObject({ code: 'missing' })
  })

  it('reads folders and links elsewhere when the admin says so', async () => {
    const scripts = path.join(top, 'scripts/anna')
    const active = path.join(top, 'active')
    await mkdir(scripts, { recursive: true })
    await mkdir(active)
    await writeFile(path.join(scripts, 'main.sieve'), 'keep;\n')
    await symlink('../scripts/anna/main.sieve', path.join(active, 'anna.sieve'))
    const options = { directory: scripts, active: path.join(active, 'anna.sieve') }
    expect(shown(await read(options))).toEqual(['main ACTIVE'])
  })

  it("reads the server's own scripts, and says when there are none", async () => {
    await put('sieve/before.sieve', 'keep;\n')
    await link('/etc/passwd', 'sieve/passwd.sieve')
    const found = await readScriptFolder(path.join(home, 'sieve'))
    expect([shown(found), reasons(found)]).toEqual([['before'], ['passwd.sieve: outside']])
    await expect(readScriptFolder(path.join(home, 'nothing'))).rejects.toMatchObject({ code: 'missing' })
  })

  it('follows no link out of the folder', async () => {
    await writeFile(path.join(top, 'secret.sieve'), 'secret')
    await put('sieve/own.sieve')
    await link('own.sieve', 'sieve/inside.sieve')
    await link('../../secret.sieve', 'sieve/relative.sieve')
    await link(path.join(top, 'secret.sieve'), 'sieve/absolute.sieve')
    await link('/etc/passwd', 'sieve/passwd.sieve')
    await link('nowhere', 'sieve/broken.sieve')
    await link('loop.sieve', 'sieve/loop.sieve')
    await link('../secret.sieve', '.dovecot.sieve')
    const found = await read()
    expect(shown(found)).toEqual(['inside', 'own'])
    expect(reasons(found).toSorted()).toEqual([
      '.dovecot.sieve: outside',
      'absolute.sieve: outside',
      'broken.sieve: brokenLink',
      'loop.sieve: brokenLink',
      'passwd.sieve: outside',
      'relative.sieve: outside',
    ])
  })

  it('does not read scripts from a folder that is a link out of the home', async () => {
    await mkdir(path.join(top, 'elsewhere'))
    await writeFile(path.join(top, 'elsewhere/x.sieve'), 'secret')
    await rm(path.join(home, 'sieve'), { recursive: true })
    await link('../elsewhere', 'sieve')
    const found = await read()
    expect([shown(found), reasons(found)]).toEqual([[], ['sieve: outside']])
  })

  it('waits for no pipe, and takes no folder for a file', async () => {
    await promisify(execFile)('mkfifo', [
      path.join(home, 'sieve/pipe.sieve'),
      path.join(home, '.dovecot.sieve'),
    ])
    await mkdir(path.join(home, 'sieve/folder.sieve'))
    await put('sieve/good.sieve')
    const found = await read()
    expect(shown(found)).toEqual(['good'])
    expect(reasons(found).toSorted()).toEqual([
      '.dovecot.sieve: notAFile',
      'folder.sieve: notAFile',
      'pipe.sieve: notAFile',
    ])
  })

  it('has limits for sizes and numbers', async () => {
    await put('sieve/large.sieve')
    await truncate(path.join(home, 'sieve/large.sieve'), 1001)
    await put('sieve/small.sieve', 'x'.repeat(1000))
    const found = await read({ maxScriptBytes: 1000 })
    expect([shown(found), reasons(found)]).toEqual([['small'], ['large.sieve: tooLarge']])
    await expect(read({ maxScripts: 1 })).rejects.toMatchObject({ code: 'limit' })
  })

  it('does not take a name that is no text for another one', async () => {
    const folder = Buffer.from(path.join(home, 'sieve/'))
    await writeFile(Buffer.concat([folder, Buffer.from('Entw\xfcrfe.sieve', 'latin1')]), 'keep;\n')
    const found = await read()
    expect([shown(found), reasons(found)]).toEqual([[], ['Entw\ufffdrfe.sieve: undecodableName']])
  })

  it('ends when aborted', async () => {
    const reason = new Error('enough')
    await expect(read({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

it('agrees with what Dovecot itself says and does', async () => {
  await using bed = await startTestbed({ only: ['imap'] })
  const [anna, bernd] = ['anna@example.at', 'bernd@example.at']
  await bed.addOldMailbox(anna)
  await bed.addOldMailbox(bernd)
  const server = { ...bed.old.sieve, tls: 'none' } as const
  const login = (mailbox: string) =>
    connectManageSieve(server, masterLogin(mailbox, bed.old.master), { allowInsecure: true })
  await using client = await login(anna)
  await client.putScript('Urlaub ü "1"', 'keep;\n')
  await client.putScript('main', 'discard;\n')
  await client.setActive('main')
  const mine = await readScripts(homeDirectory(bed.old, anna))
  expect(mine.scripts.map(({ name, active }) => ({ name, active }))).toEqual(
    (await client.listScripts()).toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  )
  // A hand-made one: ManageSieve knows of nothing, and yet it decides what is delivered.
  const berndsHome = homeDirectory(bed.old, bernd)
  await deliver(bed.old.lmtp, { to: bernd, raw: 'Subject: before\r\n\r\nx\r\n' })
  await writeFile(path.join(berndsHome, '.dovecot.sieve'), 'discard;\n')
  await deliver(bed.old.lmtp, { to: bernd, raw: 'Subject: after\r\n\r\nx\r\n' })
  await using his = await login(bernd)
  expect(await his.listScripts()).toEqual([])
  expect(shown(await readScripts(berndsHome))).toEqual(['dovecot ACTIVE unlisted'])
  expect(await bed.old.doveadm('mailbox', 'status', '-u', bernd, 'messages', 'INBOX')).toContain('messages=1')
})
