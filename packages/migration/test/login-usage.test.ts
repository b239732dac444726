import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readLoginUsage } from '../src/stages/notifying/login-usage.ts'

const now = new Date('2026-11-24T12:00:00Z')
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailmove-logins-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

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

/** A folder of commands; each prints what it was called with into `calls` first. */
async function command(name: string, script: string): Promise<string> {
  const commands = join(folder, 'commands')
  await mkdir(commands, { recursive: true })
  const file = join(commands, name)
  await writeFile(file, `#!/bin/sh\nprintf '%s ' ${name} "$@" >> '${join(folder, 'calls')}'\n${script}\n`)
  await chmod(file, 0o755)
  return commands
}

// As `journalctl --output export` on Debian 12 prints it.
const journal = [
  '__CURSOR=s=7d1;i=1a2b;b=0c;m=5;t=6;x=9',
  `__REALTIME_TIMESTAMP=${new Date('2026-11-20T07:00:00Z').getTime()}000`,
  '_TRANSPORT=syslog',
  'PRIORITY=6',
  'SYSLOG_IDENTIFIER=dovecot',
  'MESSAGE=pop3-login: Login: user=<anna@example.at>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, TLS, session=<x>',
  '_PID=811',
  '_SYSTEMD_UNIT=dovecot.service',
  '',
  '',
].join('\n')

it.each(['local', 'ssh'] as const)(
  'reads the journal with the commands that it is told of (%s)',
  async (kind) => {
    await put('export', journal, now)
    const commands = await command('journalctl', `cat '${join(folder, 'export')}'`)
    const run = kind === 'local' ? ({ kind } as const) : await fakeSsh()
    const old = { loginLog: 'journal:', commands, master: { separator: '*' }, run }
    const { usage, problem } = await readLoginUsage({ file: join(folder, 'mailmove.yaml'), old }, now)
    expect(problem).toBeUndefined()
    expect([...(usage?.mailboxes ?? [])].map(([user, seen]) => [user, [...seen.keys()]])).toEqual([
      ['anna@example.at', ['pop3']],
    ])
    expect(await readFile(join(folder, 'calls'), 'utf8')).toContain(
      'journalctl --unit dovecot.service --output export --since -90d --no-pager ',
    )
  },
)

/** Hands the command to a shell, as sshd does. */
async function fakeSsh() {
  const commands = await command('ssh', 'for last do :; done\nexec sh -c "$last"')
  vi.stubEnv('PATH', `${commands}:${process.env['PATH'] ?? ''}`)
  return { kind: 'ssh', host: 'mailhaus.example', user: 'root' } as const
}

it('reads a log of another machine, rotated and compressed, and says what it cannot read', async () => {
  const run = await fakeSsh()
  const log = join(folder, "dove'cot.log")
  await put("dove'cot.log", line('2026-11-24 08:00:00', 'imap', 'anna@example.at'), now)
  await put("dove'cot.log.1", line('2026-11-20 08:00:00', 'pop3', 'anna@example.at'), new Date('2026-11-21'))
  const packed = gzipSync(line('2026-11-10 08:00:00', 'pop3', 'carl@example.at'))
  await put("dove'cot.log.2.gz", packed, new Date('2026-11-11'))
  await put("dove'cot.log.save", line('2026-11-10 08:00:00', 'pop3', 'no@example.at'), new Date('2026-11-11'))
  const there = (loginLog: string) =>
    readLoginUsage({ file: '/x.yaml', old: { loginLog, master: { separator: '*' }, run } }, now)
  const { usage, problem } = await there(log)
  expect(problem).toBeUndefined()
  expect([...(usage?.mailboxes.keys() ?? [])].toSorted()).toEqual(['anna@example.at', 'carl@example.at'])
  expect(usage?.since).toEqual(new Date(2026, 10, 10, 8))
  expect((await there('/nowhere/dovecot.log')).problem).toContain('is not on root@mailhaus.example')
  expect((await there('dovecot.log')).problem).toContain('no absolute path')
  await put("dove'cot.log.3.gz", 'no archive', new Date('2026-11-09'))
  expect((await there(log)).problem).toContain('gzip failed on root@mailhaus.example')
  await command('ssh', 'echo "Permission denied (publickey)." >&2; exit 255')
  expect((await there('journal:')).problem).toContain('cannot be reached by ssh: Permission denied')
})

it('ends the command when nobody reads on', async () => {
  const commands = await command('journalctl', `echo $$ > '${join(folder, 'pid')}'\nexec tail -f /dev/null`)
  const abort = new AbortController()
  const old = { loginLog: 'journal:', commands, master: { separator: '*' }, run: { kind: 'local' } as const }
  const reading = readLoginUsage({ file: '/x.yaml', old }, now, { signal: abort.signal })
  await vi.waitFor(async () => expect(await readFile(join(folder, 'pid'), 'utf8')).not.toBe(''))
  abort.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'))
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'))
})
