import { stringify } from 'yaml'
import type { Dovecot, MasterUser } from './dovecot/dovecot.ts'
import type { Endpoint } from './endpoint.ts'
import type { NameServers } from './dns/dns.ts'
import type { MailFlow } from './mail-flow.ts'
import type { Postfix } from './postfix/postfix.ts'
import type { Testbed } from './testbed.ts'

/** What `${...}` in the configuration stands for. */
export type Environment = Readonly<Record<string, string>>

export interface MailcowFacts {
  readonly url: string
  readonly apiKey: string
  readonly readOnlyKey: string
}

export function testbedEnvironment(
  oldMaster: MasterUser | undefined,
  newMaster: MasterUser,
  mailcow: MailcowFacts | undefined,
  dns: NameServers | undefined,
): Environment {
  return {
    ...(oldMaster === undefined ? {} : { OLD_MASTER_PASSWORD: oldMaster.password }),
    NEW_MASTER_PASSWORD: newMaster.password,
    ...(mailcow === undefined ? {} : { MAILCOW_API_KEY: mailcow.apiKey }),
    ...(dns === undefined ? {} : { TSIG_SECRET: dns.key.secret }),
  }
}

export interface ConfigurationFacts {
  readonly old: Dovecot
  readonly new: Dovecot
  readonly mailcowUrl: string
  readonly caFile: string
  /** Takes all mail where no Postfix runs. */
  readonly sink: Endpoint
  readonly dns: NameServers | undefined
  readonly mailFlow: MailFlow | undefined
  readonly inventory: string
  /** Roundcube's database, a file; absent: the old server has no webmail. */
  readonly addressBooks?: string
  /** More of the file: whole sections by their names. */
  readonly sections: Readonly<Record<string, unknown>>
}

/** A complete `mailmove.yaml` for the servers that run, with TLS on every connection that can have it. */
export function configurationFile(facts: ConfigurationFacts): string {
  const { caFile, dns, mailFlow, sink } = facts
  const postfix = mailFlow?.old
  const smtp = postfix?.smtp ?? sink
  const content = {
    workDir: './mailmove-data',
    secrets: { key: 'file:./mailmove.key' },
    old: {
      ...servers(facts.old, caFile),
      master: masterLogin(facts.old, 'OLD_MASTER_PASSWORD'),
      inventory: [{ kind: 'file', path: facts.inventory }],
      ...(facts.addressBooks === undefined
        ? {}
        : { addressBooks: { kind: 'roundcube', url: `sqlite:${facts.addressBooks}` } }),
      smtp: {
        host: smtp.host,
        port: smtp.port,
        ...(mailFlow === undefined ? {} : { tlsOptions: { ca: caFile } }),
      },
      outgoingAddresses: [smtp.host],
      ...(mailFlow === undefined
        ? {}
        : {
            relay: {
              kind: 'postfix',
              directory: mailFlow.old.configDirectory,
              nextHop: `[${mailFlow.new.smtp.host}]:${mailFlow.new.smtp.port}`,
            },
            commands: mailFlow.commands.directory,
          }),
    },
    new: {
      mailcow: { url: facts.mailcowUrl, apiKey: '${MAILCOW_API_KEY}' },
      access: 'master',
      master: masterLogin(facts.new, 'NEW_MASTER_PASSWORD'),
      ...servers(facts.new, caFile),
      ...(mailFlow === undefined
        ? {}
        : {
            smtp: { ...mailFlow.new.smtp, tlsOptions: { ca: caFile } },
            mx: [{ host: mailFlow.new.name, priority: 10 }],
            run: 'local',
            commands: mailFlow.commands.directory,
          }),
    },
    dns: dns === undefined ? { kind: 'manual' } : updates(dns),
    ...facts.sections,
  }
  return `# Made by the test bed for the servers that it runs.\n${stringify(content)}`
}

function updates({ host, port, key: { name, algorithm } }: NameServers): Record<string, unknown> {
  return { kind: 'rfc2136', server: host, port, key: { name, algorithm, secret: '${TSIG_SECRET}' } }
}

function servers({ imaps, sieve }: Dovecot, ca: string): Record<string, unknown> {
  return {
    imap: { ...imaps, tls: 'implicit', tlsOptions: { ca } },
    sieve: { ...sieve, tls: 'starttls', tlsOptions: { ca } },
  }
}

function masterLogin({ master: { user, separator } }: Dovecot, passwordName: string): Record<string, string> {
  return { user, password: `\${${passwordName}}`, separator }
}

/** What `npm run testbed -- --json` prints: where everything is. */
export function describeTestbed(bed: Testbed): Record<string, unknown> {
  const smtp = bed.parts.has('smtp')
  return {
    dir: bed.dir,
    ...(bed.config === undefined ? {} : { config: bed.config }),
    env: bed.env,
    ca: bed.caFile,
    ...(bed.parts.has('imap')
      ? { old: { ...describeDovecot(bed.old), ...(smtp ? describePostfix(bed.old.postfix) : {}) } }
      : {}),
    new: {
      ...describeDovecot(bed.new),
      ...(smtp ? describePostfix(bed.new.postfix) : {}),
      ...(bed.parts.has('mailcow') ? { mailcow: mailcowFacts(bed.new.mailcow) } : {}),
    },
    ...(smtp ? { commands: bed.commands } : {}),
    ...(bed.parts.has('dns') ? { dns: describeDns(bed.dns) } : {}),
    sink: { host: bed.sink.host, port: bed.sink.port },
  }
}

function describeDovecot(dovecot: Dovecot): Record<string, unknown> {
  const { imap, imaps, pop3, sieve, lmtp, dovecotConfig, master } = dovecot
  return { imap, imaps, pop3, sieve, lmtp, dovecotConfig, master }
}

function describePostfix({ name, smtp, submission, configDirectory }: Postfix): Record<string, unknown> {
  return { name, smtp, submission, postfixDirectory: configDirectory }
}

/** `zone` is the first domain's; `zones` are all. */
function describeDns(dns: NameServers): Record<string, unknown> {
  const { host, port, zones, key } = dns
  return { host, port, zone: zones[0], zones, servers: dns.servers, key }
}

function mailcowFacts({ url, apiKey, readOnlyKey }: MailcowFacts): MailcowFacts {
  return { url, apiKey, readOnlyKey }
}
