import { describe, expect, it } from 'vitest'
import {
  type Config,
  type ConfigAnswers,
  parseConfig,
  sampleConfig,
  sampleVariables,
} from '../src/config/index.ts'

const base: ConfigAnswers = {
  oldHost: 'mailhaus.example',
  oldMasterUser: 'migrator',
  inventory: { kind: 'file', path: './inventory.yaml' },
  mailcowUrl: 'https://mailcow.example',
  access: 'master',
}

function value(name: string): string {
  return name.endsWith('URL') ? 'mysql://reader:x@db.example/pfa' : 'secret'
}

/** Loads it with exactly the variables that it says it needs. */
function load(answers: ConfigAnswers): Config {
  const env = Object.fromEntries(sampleVariables(answers).map((name) => [name, value(name)]))
  return parseConfig(sampleConfig(answers), '/etc/mailmove/mailmove.yaml', { env })
}

function plain(config: Config): unknown {
  return JSON.parse(JSON.stringify(config))
}

describe('sampleConfig', () => {
  it.each<[string, ConfigAnswers]>([
    ['the usual answers', base],
    ['an app password for each mailbox', { ...base, access: 'appPassword' }],
    ['PostfixAdmin', { ...base, inventory: { kind: 'postfixadmin' } }],
    ['Postfix maps', { ...base, inventory: { kind: 'postfix', directory: '/etc/postfix' } }],
    [
      'STARTTLS, addresses and domains',
      {
        ...base,
        oldTls: 'starttls',
        outgoingAddresses: ['192.0.2.10', '2001:db8::1'],
        domains: ['example.at', 'on.at'],
      },
    ],
    ['no TLS on another port', { ...base, oldTls: 'none', oldPort: 10_143 }],
    [
      'names that YAML would read as something else',
      { ...base, oldMasterUser: 'true', inventory: { kind: 'file', path: './a: #b "c" .csv' } },
    ],
  ])('loads with %s', (_, answers) => {
    const config = load(answers)
    expect(config).toMatchObject({
      old: {
        imap: { host: 'mailhaus.example', tls: answers.oldTls ?? 'implicit' },
        master: { user: answers.oldMasterUser },
        outgoingAddresses: answers.outgoingAddresses ?? [],
      },
      new: { access: answers.access, mailcow: { url: 'https://mailcow.example' } },
      warnings: [],
    })
    expect([...config.domains.keys()]).toEqual(answers.domains ?? [])
  })

  it('says of the defaults what they are', () => {
    const written = load(base)
    const bare = parseConfig(
      `old:
  imap: { host: mailhaus.example }
  master: { user: migrator, password: "\${A}" }
  inventory: [{ kind: file, path: inventory.yaml }]
new:
  mailcow: { url: https://mailcow.example, apiKey: "\${A}" }
  master: { user: migrator@mailcow.local, password: "\${A}" }
`,
      written.file,
      { env: { A: 'secret' } },
    )
    expect(plain(written)).toEqual(plain(bare))
  })

  it('shows commented lines that load when the # is taken away', () => {
    const text = sampleConfig(base)
      .replace('dns:\n  kind: manual\n', '')
      .replaceAll(/^# (?=(?:dns|notify|hours|domains):| {2})/gmu, '')
      .replaceAll(/^#(?= {2})/gmu, '')
      .replaceAll(/^( +)# (?=(?:outgoingAddresses|tlsOptions|imap|sieve|mx|run):)/gmu, '$1')
      .replace(/ca: [^,]+, fingerprint: "[^"]+", /u, '')
    const names = [...sampleVariables(base), 'TSIG_SECRET']
    const env = Object.fromEntries(names.map((name) => [name, value(name)]))
    expect(parseConfig(text, '/etc/mailmove/mailmove.yaml', { env })).toMatchObject({
      old: { imap: { tlsOptions: { minVersion: 'TLSv1.2' } }, outgoingAddresses: ['192.0.2.10'] },
      new: { run: { kind: 'ssh' }, imap: { port: 993 }, mx: [{ priority: 10 }] },
      dns: { kind: 'rfc2136' },
      notify: { from: 'ITEG <admin@iteg.example>', smtp: { port: 587 } },
      hours: [{ from: 1200, to: 360 }],
      domains: new Map([['example.at', { warn: 'contacts', contacts: ['chef@example.at'] }]]),
    })
  })
})
