import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Config, domainConfig, loadConfig } from '../src/config/index.ts'
import { contract, env, read, small } from './config-support.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

/** As a plain value: maps become objects, secrets what they show. */
function plain(config: Config): unknown {
  return JSON.parse(
    JSON.stringify(config, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value)),
  )
}

describe('a complete configuration', () => {
  it('is read as documented, with paths, sizes and hours made definite', () => {
    const config = read(contract)
    expect(plain(config)).toMatchObject({
      file: '/etc/mailmove/mailmove.yaml',
      workDir: '/etc/mailmove/mailmove-data',
      secrets: { key: { file: '/etc/mailmove/mailmove.key' } },
      old: {
        imap: { host: 'mailhaus.example', port: 993, tls: 'implicit' },
        master: { user: 'migrator', password: '[secret]', separator: '*' },
        sieve: { host: 'mailhaus.example', port: 4190, tls: 'starttls' },
        inventory: [
          { kind: 'postfixadmin', url: '[secret]' },
          { kind: 'postfix', directory: '/etc/postfix' },
          { kind: 'file', path: '/etc/mailmove/inventory.yaml', format: 'yaml' },
        ],
        addressBooks: { kind: 'roundcube', url: '[secret]' },
        relay: { kind: 'postfix', directory: '/etc/postfix', nextHop: '[mailcow.example]:25' },
        loginLog: '/var/log/dovecot.log',
        smtp: { host: 'mailhaus.example', port: 25 },
        outgoingAddresses: ['192.0.2.10'],
        run: { kind: 'local' },
      },
      new: {
        mailcow: { url: 'https://mailcow.example', apiKey: '[secret]', timeoutMs: 60_000 },
        access: 'master',
        mx: [{ host: 'mailcow.example', priority: 10 }],
        run: { kind: 'ssh', user: 'root', host: 'mailcow.example' },
      },
      dns: {
        kind: 'rfc2136',
        server: '127.0.0.1',
        port: 53,
        key: { algorithm: 'hmac-sha256', secret: '[secret]' },
      },
      notify: { templates: '/etc/mailmove/templates', warnDaysAhead: 5, reminders: [3, 7, 14] },
      copy: {
        mailboxesAtOnce: 4,
        lanesPerMailbox: 4,
        maxBytesPerSecond: 0,
        oldConnections: 20,
        newConnections: 40,
        connectionsPerUser: 8,
        compress: 'auto',
      },
      quotas: { defaultBytes: 5 * 1024 ** 3, headroomPercent: 20 },
      passwords: { minLength: 12 },
      hours: [{ from: 20 * 60, to: 6 * 60 }],
      retire: { quietDays: 30 },
      retentionDays: 90,
      domains: {
        'example.at': {
          warn: 'contacts',
          contacts: ['chef@example.at'],
          sharedPassword: '[secret]',
          mailboxes: { 'anna@example.at': { quotaBytes: 20 * 1024 ** 3, language: 'en', skip: false } },
        },
      },
      warnings: [],
    })
    expect(config.old.master.password.reveal()).toBe('old-master')
    expect(config.new.mailcow.apiKey.reference).toBe('${MAILCOW_API_KEY}')
  })

  it('gives no secret away, however it is printed', () => {
    const config = read(contract)
    const printed = [
      inspect(config, { depth: 20, showHidden: true }),
      JSON.stringify(plain(config)),
      String(config.old.master.password),
    ]
    for (const text of printed) for (const secret of Object.values(env)) expect(text).not.toContain(secret)
  })
})

describe('defaults', () => {
  it('make a whole server of one host name', () => {
    expect(plain(read(small))).toMatchObject({
      old: {
        imap: { host: 'mailhaus.example', port: 993, tls: 'implicit' },
        sieve: { host: 'mailhaus.example', port: 4190, tls: 'starttls' },
        smtp: { host: 'mailhaus.example', port: 25 },
        inventory: [{ path: '/etc/mailmove/inventory.csv', format: 'csv' }],
        outgoingAddresses: [],
      },
      new: {
        access: 'master',
        imap: { host: 'mailcow.example', port: 993, tls: 'implicit' },
        sieve: { host: 'mailcow.example', port: 4190, tls: 'starttls' },
        mx: [{ host: 'mailcow.example', priority: 10 }],
      },
      dns: { kind: 'manual' },
      quotas: { defaultBytes: 5 * 1024 ** 3, headroomPercent: 20 },
    })
  })

  it('count a key without a value as absent, and a domain without settings as one with the defaults', () => {
    const config = read(`${small}notify:\nhours:\ndomains:\n  Example.AT:\n`)
    expect(config.notify).toBeUndefined()
    expect(config.domains.get('example.at')).toEqual(domainConfig(config, 'never-listed.at'))
    expect(domainConfig(config, 'EXAMPLE.at')).toBe(config.domains.get('example.at'))
  })

  it('hand the TLS settings of IMAP on to ManageSieve and SMTP of the same host', () => {
    const fingerprint = 'ab'.repeat(32)
    const { old } = read(
      small.replace(
        'host: mailhaus.example }',
        `host: mailhaus.example, tlsOptions: { fingerprint: ${fingerprint} } }`,
      ),
    )
    const tlsOptions = { fingerprint: Array.from({ length: 32 }, () => 'AB').join(':') }
    expect([old.imap.tlsOptions, old.sieve.tlsOptions, old.smtp.tlsOptions]).toEqual([
      tlsOptions,
      tlsOptions,
      tlsOptions,
    ])
  })
})

describe('loadConfig', () => {
  it.each([
    ['a missing file', 'missing.yaml', 'there is no such file (mailmove init writes one)'],
    ['a folder', '.', 'this is not a file'],
  ])('refuses %s', async (_, name, expected) => {
    const path = join(folder, name)
    await expect(loadConfig(path, { env })).rejects.toMatchObject({
      code: 'config_unreadable',
      message: `${path}:1:1: ${expected}`,
    })
  })

  it('refuses what is not UTF-8', async () => {
    const path = join(folder, 'latin1.yaml')
    await writeFile(path, Buffer.from('# Übersiedlung\n', 'latin1'))
    await expect(loadConfig(path, { env })).rejects.toMatchObject({
      code: 'config_unreadable',
      problems: [{ suggestion: 'save it as UTF-8' }],
    })
  })
})
