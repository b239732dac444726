import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readLoginUsage } from '../src/stages/notifying/login-usage.ts'

const now = new Date('2026-11-24T12:00:00Z')
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailmove-logins-'))
})
afterEach(() => rm(folder, { recursive: true }))

function line(time: string, service: string, user: string): string {
  return `${time} ${service}-login: Info: Login: user=<${user}>, method=PLAIN, rip=192.0.2.7\n`
}

async function put(name: string, content: string | Buffer, changedAt: Date): Promise<void> {
  await writeFile(join(folder, name), content)
  await utimes(join(folder, name), changedAt, changedAt)
}

function read(loginLog: string) {
  const old = { loginLog, master: { separator: '*' }, run: { kind: 'local' } as const }
  return readLoginUsage({ file: join(folder, 'mailmove.yaml'), old }, now)
}

it('reads a log with what logrotate left of it, oldest first, and leaves master logins out', async () => {
  const today =
    line('2026-11-24 08:00:00', 'imap', 'anna@example.at') +
    line('2026-11-24 09:00:00', 'imap', 'bob@example.at*migrator')
  await put('dovecot.log', today, now)
  await put('dovecot.log.1', line('2026-11-20 08:00:00', 'pop3', 'anna@example.at'), new Date('2026-11-21'))
  await put(
    'dovecot.log.2.gz',
    gzipSync(line('2026-11-10 08:00:00', 'pop3', 'carl@example.at')),
    new Date('2026-11-11'),
  )
  await put(
    'dovecot.log.9.gz',
    gzipSync(line('2026-01-10 08:00:00', 'pop3', 'old@example.at')),
    new Date('2026-01-11'),
  )
  await put('dovecot.logbook', line('2026-11-24 08:00:00', 'imap', 'other@example.at'), now)
  const { usage, problem } = await read('dovecot.log')
  expect(problem).toBeUndefined()
  expect([...(usage?.mailboxes.keys() ?? [])].toSorted()).toEqual(['anna@example.at', 'carl@example.at'])
  expect([...(usage?.mailboxes.get('anna@example.at')?.keys() ?? [])].toSorted()).toEqual(['imap', 'pop3'])
  expect(usage?.since).toEqual(new Date(2026, 10, 10, 8))
})

it('says in a sentence what it cannot read', async () => {
  expect((await read('missing.log')).problem).toContain('ENOENT')
  await put('broken.log', line('2026-11-24 08:00:00', 'imap', 'anna@example.at'), now)
  await put('broken.log.1.gz', 'no archive', new Date('2026-11-20'))
  expect((await read('broken.log')).problem).toContain('broken.log')
})
