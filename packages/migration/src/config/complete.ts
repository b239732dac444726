import { foldCase } from '@iteg/old-server'
import type {
  Config,
  ConfigProblem,
  DomainConfig,
  InventorySource,
  RelayConfig,
  ServerConfig,
  SmtpConfig,
} from './config.ts'
import type { ParsedConfig } from './schema.ts'

/** Fills in what follows from other values: one host name is enough for a whole server. */
export function completeConfig(
  parsed: ParsedConfig,
  file: string,
  warnings: readonly ConfigProblem[],
): Config {
  const { adopt, copy, dns, hours, notify, passwords, quotas, retentionDays, retire, secrets, workDir } =
    parsed
  const newImap: ServerConfig = parsed.new.imap ?? {
    host: new URL(parsed.new.mailcow.url).hostname,
    port: 993,
    tls: 'implicit',
    ...tlsOptionsOf(parsed.new.mailcow),
  }
  return {
    file,
    workDir,
    secrets: { key: { file: secrets.key } },
    old: completeOld(parsed.old, newImap.host),
    new: completeNew(parsed.new, newImap),
    dns,
    ...(notify === undefined ? {} : { notify }),
    copy,
    quotas: { defaultBytes: quotas.default, headroomPercent: quotas.headroomPercent },
    passwords,
    ...(hours === undefined ? {} : { hours }),
    adopt,
    retire,
    retentionDays,
    domains: new Map(
      Object.entries(parsed.domains).map(([name, domain]) => [foldCase(name), completeDomain(domain)]),
    ),
    warnings,
  }
}

function completeOld(old: ParsedConfig['old'], newHost: string): Config['old'] {
  const { relay, inventory, ...rest } = old
  return {
    ...rest,
    sieve: old.sieve ?? siblingSieve(old.imap),
    smtp: old.smtp ?? siblingSmtp(old.imap),
    inventory: inventory.map((source): InventorySource =>
      source.kind === 'file' ? { ...source, format: formatOf(source) } : source,
    ),
    ...(relay === undefined
      ? {}
      : { relay: { ...relay, nextHop: relay.nextHop ?? `[${newHost}]:25` } satisfies RelayConfig }),
  }
}

function completeNew(section: ParsedConfig['new'], imap: ServerConfig): Config['new'] {
  const { url, apiKey, timeout, tlsOptions } = section.mailcow
  const { mailcow: _, mx, cardDav, ...rest } = section
  const ca = cardDav?.tlsOptions?.ca ?? tlsOptions?.ca
  return {
    ...rest,
    mailcow: { url, apiKey, timeoutMs: timeout, ...(tlsOptions === undefined ? {} : { tlsOptions }) },
    imap,
    sieve: section.sieve ?? siblingSieve(imap),
    cardDav: {
      url: cardDav?.url ?? `${url}/SOGo/dav/%u/Contacts/`,
      ...(ca === undefined ? {} : { ca }),
    },
    smtp: section.smtp ?? siblingSmtp(imap),
    mx: mx ?? [{ host: new URL(url).hostname, priority: 10 }],
  }
}

function completeDomain(domain: ParsedConfig['domains'][string]): DomainConfig {
  return {
    ...domain,
    mailboxes: new Map(
      Object.entries(domain.mailboxes).map(([address, { quota, ...mailbox }]) => [
        foldCase(address),
        { ...mailbox, ...(quota === undefined ? {} : { quotaBytes: quota }) },
      ]),
    ),
  }
}

/** The settings of a domain that the configuration does not list. */
export const defaultDomain: DomainConfig = {
  language: 'de',
  warn: 'mailboxes',
  contacts: [],
  publish: false,
  dns: 'ours',
  filters: 'export',
  activateFilters: true,
  importContacts: false,
  mailboxes: new Map(),
}

function siblingSieve(imap: ServerConfig): ServerConfig {
  // Without TLS on purpose: then there is none for ManageSieve either.
  return {
    host: imap.host,
    port: 4190,
    tls: imap.tls === 'none' ? 'none' : 'starttls',
    ...tlsOptionsOf(imap),
  }
}

function siblingSmtp(imap: ServerConfig): SmtpConfig {
  return { host: imap.host, port: 25, ...tlsOptionsOf(imap) }
}

function tlsOptionsOf({ tlsOptions }: Pick<ServerConfig, 'tlsOptions'>): Pick<ServerConfig, 'tlsOptions'> {
  return tlsOptions === undefined ? {} : { tlsOptions }
}

function formatOf(source: { readonly path: string; readonly format?: 'yaml' | 'csv' }): 'yaml' | 'csv' {
  return source.format ?? (/\.csv$/iu.test(source.path) ? 'csv' : 'yaml')
}
