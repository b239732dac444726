import { array, assert, asyncProperty, nat, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Login } from './model.ts'
import { readLogins } from './read-logins.ts'

const before = new Date(2026, 10, 24, 12)

async function read(log: string | readonly Uint8Array[], options = {}): Promise<readonly Login[]> {
  const chunks = typeof log === 'string' ? [Buffer.from(log)] : log
  const found: Login[] = []
  for await (const login of readLogins(chunks, { before, ...options })) found.push(login)
  return found
}

describe('readLogins', () => {
  it.each([
    [
      'own log, 2.3',
      'Nov 24 08:50:13 imap-login: Info: Login: user=<anna@example.at>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=4, TLS, session=<aBc+/1>',
    ],
    [
      'own log, 2.4',
      '2026-11-24 08:50:13 imap-login: Info: Logged in: user=<anna@example.at>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=4, TLS, session=<aBc>',
    ],
    [
      'syslog',
      'Nov 24 08:50:13 mailhaus dovecot: imap-login: Login: user=<Anna@Example.at>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=4',
    ],
    [
      'syslog with number and priority',
      '<22>Nov 24 08:50:13 mailhaus.example dovecot[991]: imap-login: Login: user=<anna@example.at>, method=LOGIN, rip=192.0.2.7',
    ],
    [
      'Dovecot 2.2 with a process',
      'Nov 24 08:50:13 imap-login(77): Info: Login: user=<anna@example.at>, method=PLAIN, rip=192.0.2.7\r',
    ],
  ])('reads %s', async (_name, line) => {
    expect(await read(`something else\n${line}\n`)).toEqual([
      {
        time: new Date(2026, 10, 24, 8, 50, 13),
        user: 'anna@example.at',
        protocol: 'imap',
        remote: '192.0.2.7',
      },
    ])
  })

  it('tells the protocols apart, and knows IPv6', async () => {
    const services = ['imap', 'pop3', 'managesieve', 'submission']
    const lines = services.map(
      (service) =>
        `2026-11-24T08:50:13.5+01:00 h dovecot: ${service}-login: Login: user=<a@b.at>, method=PLAIN, rip=2001:db8::7, lip=::1\n`,
    )
    const found = await read(lines.join(''))
    expect(found.map(({ protocol }) => protocol)).toEqual(services)
    expect(found[0]).toMatchObject({ remote: '2001:db8::7', time: new Date('2026-11-24T07:50:13.500Z') })
  })

  it('gives a time without a year the newest one that is not in the future', async () => {
    const found = await read(
      ['Dec 31 23:59:59', 'Nov 24 11:00:00', 'Feb 29 10:00:00']
        .map((time) => `${time} pop3-login: Info: Login: user=<a@b.at>, method=PLAIN\n`)
        .join(''),
    )
    expect(found.map(({ time }) => time.getFullYear())).toEqual([2025, 2026, 2024])
  })

  it.each([
    'Nov 24 08:50:13 auth: Info: passwd-file(migrator,192.0.2.9,master,<sEss1>): Master user logging in as anna@example.at\nNov 24 08:50:13 imap-login: Info: Login: user=<anna@example.at>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, session=<sEss1>\n',
    'Nov 24 08:50:13 imap-login: Info: Login: user=<anna@example.at*migrator>, method=PLAIN, rip=192.0.2.9\n',
    'Nov 24 08:50:13 imap-login: Info: Login: user=<anna@example.at>, method=PLAIN, master=<migrator>, rip=192.0.2.9\n',
  ])('marks logins of a master user', async (log) => {
    expect(await read(log)).toMatchObject([
      { user: 'anna@example.at', master: 'migrator', remote: '192.0.2.9' },
    ])
  })

  it('takes the next login for it where auth tells no session, and no later one', async () => {
    const [one, two, later] = ['08:50:13', '08:50:14', '09:50:14'].map(
      (time) => `Nov 24 ${time} imap-login: Info: Login: user=<a@b.at>, method=PLAIN, session=<${time}>\n`,
    )
    const announced = 'Nov 24 08:50:13 auth: Info: Master user logging in as a@b.at\n'
    const found = await read(`${announced}${one}${two}${announced}${later}`)
    expect(found.map(({ master }) => master)).toEqual(['unknown', undefined, undefined])
  })

  it('forgets which session a master had once it has logged in', async () => {
    const login = 'Nov 24 08:50:13 imap-login: Info: Login: user=<a@b.at>, method=PLAIN, session=<same>\n'
    const log = `Nov 24 08:50:13 auth: Info: passwd-file(m,1.2.3.4,master,<same>): Master user logging in as a@b.at\n${login}${login}`
    expect((await read(log)).map(({ master }) => master)).toEqual(['m', undefined])
  })

  it('is not fooled by names that clients make up, nor by other services', async () => {
    const fake = 'imap-login: Info: Login: user=<boss@example.at>, method=PLAIN, rip=1.1.1.1'
    const lines = [
      `Nov 24 08:50:13 imap-login: Info: Disconnected (auth failed, 1 attempts): user=<x ${fake}>, method=PLAIN, rip=2.2.2.2`,
      `Nov 24 08:50:13 auth: Info: passwd-file(x ${fake},2.2.2.2,<s>): unknown user`,
      `Nov 24 08:50:13 host postfix/smtpd[1]: ${fake}`,
      `Nov 24 08:50:13 imap-login: Info: Aborted login (auth failed): ${fake}`,
      fake,
      `Foo 24 08:50:13 ${fake}`,
    ]
    expect(await read(`${lines.join('\n')}\n`)).toEqual([])
  })

  it('reads the journal, as export and as JSON', async () => {
    const message = 'imap-login: Login: user=<a@b.at>, method=PLAIN, rip=192.0.2.7, session=<x>'
    const stamp = '1764000000123456'
    const entry = `__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=${stamp}\nSYSLOG_IDENTIFIER=dovecot\nMESSAGE=${message}\n\n`
    const other = entry.replace('dovecot', 'sshd')
    const json = JSON.stringify({
      __REALTIME_TIMESTAMP: stamp,
      SYSLOG_IDENTIFIER: 'dovecot',
      MESSAGE: message,
    })
    const wanted = [{ time: new Date(1764000000123), user: 'a@b.at', protocol: 'imap', remote: '192.0.2.7' }]
    expect(await read(`${entry}${other}`)).toEqual(wanted)
    expect(await read(`${json}\n{"MESSAGE":[1,2]}\n{broken\n`)).toEqual(wanted)
  })

  it('passes over what is too long, and goes on behind it', async () => {
    const good = 'Nov 24 08:50:13 imap-login: Info: Login: user=<a@b.at>, method=PLAIN\n'
    const long = `Nov 24 08:50:13 imap-login: Info: Login: user=<l@b.at>, method=${'x'.repeat(20_000)}\n`
    expect((await read(`${long}${good}`)).map(({ user }) => user)).toEqual(['a@b.at'])
    const endless = Array.from({ length: 200 }, () => Buffer.alloc(64 * 1024, 'x'))
    expect(await read([...endless, Buffer.from(`\n${good}`)])).toHaveLength(1)
  })

  it('finds the same however the bytes are cut', async () => {
    const log = Buffer.from(
      [
        'Nov 24 08:50:13 imap-login: Info: Login: user=<ä@b.at>, method=PLAIN, rip=::1',
        'noise',
        'Nov 24 08:50:14 pop3-login: Info: Login: user=<c@b.at>, method=PLAIN, rip=1.2.3.4',
        '',
      ].join('\n'),
    )
    const whole = await read([log])
    expect(whole).toHaveLength(2)
    await assert(
      asyncProperty(array(nat(log.length)), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), log.length]
        const parts = at.slice(1).map((end, index) => Buffer.from(log.subarray(at[index], end)))
        expect(await read(parts)).toEqual(whole)
      }),
    )
  })

  it('survives any bytes', async () => {
    await assert(
      asyncProperty(array(uint8Array({ maxLength: 200 })), async (chunks) => {
        for (const login of await read(chunks)) expect(login.user).not.toBe('')
      }),
    )
  })
})
