import { stringify } from 'yaml'
import type { Dovecot, Endpoint, MasterUser } from './dovecot/dovecot.ts'
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
): Environment {
  return {
    ...(oldMaster === undefined ? {} : { OLD_MASTER_PASSWORD: oldMaster.password }),
    NEW_MASTER_PASSWORD: newMaster.password,
    ...(mailcow === undefined ? {} : { MAILCOW_API_KEY: mailcow.apiKey }),
  }
}

export interface ConfigurationFacts {
  readonly old: Dovecot
  readonly new: Dovecot
  readonly mailcowUrl: string
  readonly caFile: string
  /** Where mailcow would hand on mail for the old server. */
  readonly smtp: Endpoint
  readonly inventory: string
  /** More of the file: whole sections by their names. */
  readonly sections: Readonly<Record<string, unknown>>
}

/** A complete `mailmove.yaml` for the servers that run, with TLS on every connection that can have it. */
export function configurationFile(facts: ConfigurationFacts): string {
  const { caFile } = facts
  const content = {
    workDir: './mailmove-data',
    secrets: { key: 'file:./mailmove.key' },
    old: {
      ...servers(facts.old, caFile),
      master: masterLogin(facts.old, 'OLD_MASTER_PASSWORD'),
      inventory: [{ kind: 'file', path: facts.inventory }],
      smtp: { host: facts.smtp.host, port: facts.smtp.port },
      outgoingAddresses: ['127.0.0.1'],
    },
    new: {
      mailcow: { url: facts.mailcowUrl, apiKey: '${MAILCOW_API_KEY}' },
      access: 'master',
      master: masterLogin(facts.new, 'NEW_MASTER_PASSWORD'),
      ...servers(facts.new, caFile),
    },
    dns: { kind: 'manual' },
    ...facts.sections,
  }
  return `# Made by the test bed for the servers that it runs.\n${stringify(content)}`
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
  return {
    dir: bed.dir,
    ...(bed.config === undefined ? {} : { config: bed.config }),
    env: bed.env,
    ca: bed.caFile,
    ...(bed.parts.has('imap') ? { old: describeDovecot(bed.old) } : {}),
    new: {
      ...describeDovecot(bed.new),
      ...(bed.parts.has('mailcow') ? { mailcow: mailcowFacts(bed.new.mailcow) } : {}),
    },
    sink: { host: bed.sink.host, port: bed.sink.port },
  }
}

function describeDovecot(dovecot: Dovecot): Record<string, unknown> {
  const { imap, imaps, pop3, sieve, lmtp, dovecotConfig, master } = dovecot
  return { imap, imaps, pop3, sieve, lmtp, dovecotConfig, master }
}

function mailcowFacts({ url, apiKey, readOnlyKey }: MailcowFacts): MailcowFacts {
  return { url, apiKey, readOnlyKey }
}
