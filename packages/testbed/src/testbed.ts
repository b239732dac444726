import { randomBytes } from 'node:crypto'
import { copyFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureServicePackages, ensureTestbedPackages } from '../../../tools/setup/debian.mjs'
import { dovecotAccountStore } from './accounts/dovecot-account-store.ts'
import { startCardDav } from './carddav.ts'
import type { CardDavServer } from './carddav.ts'
import { makeDemoAddressBooks } from './demo/address-books.ts'
import { demoInventoryFile, fillWithDemo } from './demo/fill.ts'
import type { Docker } from './commands.ts'
import { demoInventory, demoSections } from './demo/inventory.ts'
import type { NameServers } from './dns/dns.ts'
import { hostNames } from './dns/zones.ts'
import { makeCertificates } from './certificates.ts'
import { configurationFile, testbedEnvironment } from './configuration.ts'
import type { Environment, MailcowFacts } from './configuration.ts'
import type { OddCertificate } from './dovecot/config.ts'
import { startDovecot } from './dovecot/dovecot.ts'
import type { Dovecot } from './dovecot/dovecot.ts'
import type { Endpoint } from './endpoint.ts'
import { TestbedError } from './errors.ts'
import type { HostedDomain } from './inventory/hosted-domains.ts'
import { domainsFrom, readDomains } from './inventory/read-domains.ts'
import { requireRoot, startDns, startMailFlow } from './mail-flow.ts'
import type { MailFlow, OldPostfix } from './mail-flow.ts'
import { startMailcowDouble } from './mailcow/index.ts'
import type { MailcowDouble, MailcowDoubleOptions } from './mailcow/index.ts'
import { startMariaDb } from './mariadb.ts'
import type { MariaDb } from './mariadb.ts'
import { startPostgreSql } from './postgresql.ts'
import type { PostgreSql } from './postgresql.ts'
import { stayingDomain, stayingPassword } from './neighbours.ts'
import { takeNetwork } from './network/network.ts'
import type { Outside } from './outside.ts'
import type { Postfix } from './postfix/postfix.ts'
import { startSandbox } from './sandbox/sandbox.ts'
import type { CommandResult, Sandbox } from './sandbox/sandbox.ts'
import { startSink } from './sink.ts'
import type { SmtpSink } from './sink.ts'
import { startSogo } from './sogo.ts'
import { startTlsFront } from './tls-front.ts'
import type { TlsFront } from './tls-front.ts'

/**
 * `imap`: both Dovecots. `mailcow`: the double, with the new Dovecot whose accounts it makes. `dns`: two authoritative
 * name servers. `smtp`: both Postfixes, with all of the others. The sink always runs.
 */
export type Part = 'imap' | 'mailcow' | 'dns' | 'smtp'

const everyPart: readonly Part[] = ['imap', 'mailcow', 'dns', 'smtp']

export interface TestbedOptions {
  /** Default: `imap` and `mailcow`. */
  readonly only?: readonly Part[]
  /** An inventory file: the old server hosts its domains, empty, and the configuration names it. */
  readonly inventory?: string
  /** Seconds that the records of hosted domains may be remembered. Default 3600. */
  readonly dnsTtl?: number
  /** The old server holds the demo's domains with their mail (see `demoInventory`, `demoPassword`). */
  readonly demo?: boolean
  /** Where to work; made here, or empty. Default: a folder of its own in the system's temporary folder. */
  readonly dir?: string
  /** More Dovecot settings for one side, read last: they win. */
  readonly oldSettings?: string
  readonly newSettings?: string
  /** `as-mailcow`: the new side keeps mail encrypted and compressed, as mailcow does. Default: plain. */
  readonly storage?: 'plain' | 'as-mailcow'
  /** Stops the bed, or its start. */
  readonly signal?: AbortSignal
  /** More options for the mailcow double. */
  readonly mailcow?: Partial<Omit<MailcowDoubleOptions, 'accounts' | 'apiKey' | 'readOnlyKey'>>
}

export interface MailboxOptions {
  readonly password?: string
  /** 0, the default: unlimited. */
  readonly quotaBytes?: number
  /** 2: the user cannot log in, the master user can. 0: nobody can. Default 1. */
  readonly active?: 0 | 1 | 2
}

export interface NewMailbox {
  readonly address: string
  readonly password: string
}

/** Real servers on free ports of the loopback. `stop()`, or the end of this process, ends and removes everything. */
export interface Testbed extends AsyncDisposable {
  readonly dir: string
  readonly parts: ReadonlySet<Part>
  /** A `mailmove.yaml` that fits the running servers; absent unless all parts run. */
  readonly config: string | undefined
  /** What the configuration's `${...}` stand for. */
  readonly env: Environment
  /** PEM file of the CA that signed every good certificate here. */
  readonly caFile: string
  readonly old: Dovecot & { readonly postfix: OldPostfix }
  readonly new: Dovecot & {
    readonly mailcow: MailcowDouble & MailcowFacts
    readonly postfix: Postfix
    /** The `docker` that the configuration's `new.run` finds. */
    readonly docker: Docker
  }
  readonly dns: NameServers
  readonly outside: Outside
  /** Resolves when neither Postfix holds mail any more; tries again what was deferred. */
  settled: MailFlow['settled']
  /** Folder of the commands that run where the servers run: postconf, postmap, postfix, doveadm, docker... */
  readonly commands: string
  readonly sink: SmtpSink
  /** A mailbox on the old server, ready for the next login. Repeated: replaces password, quota and state. */
  addOldMailbox(address: string, options?: MailboxOptions): Promise<NewMailbox>
  /** A mailbox on the new Dovecot of which the mailcow double knows nothing. */
  addNewMailbox(address: string, options?: MailboxOptions): Promise<NewMailbox>
  /** A CardDAV server, started when first asked for; ends with the bed. */
  cardDav(): Promise<CardDavServer>
  /** A MariaDB, started when first asked for; ends with the bed. */
  mariaDb(): Promise<MariaDb>
  /** A PostgreSQL, started when first asked for; ends with the bed. */
  postgreSql(): Promise<PostgreSql>
  /** Puts SOGo behind the mailcow double (`URL/SOGo/dav/`), which checks passwords as mailcow does; ends with the bed. */
  sogo(): Promise<void>
  /** TLS in front of a plain server of the bed, with a good certificate or a bad one. Ends with the bed. */
  behindTls(target: Endpoint, certificate?: OddCertificate | 'server'): Promise<TlsFront>
  /** Runs a command where the servers run. */
  run(command: string, args: readonly string[], options?: { readonly input?: string }): Promise<CommandResult>
  /** The command line that does it, for who starts the command himself (to measure it, say). */
  inside(command: string, args: readonly string[]): { readonly command: string; readonly args: string[] }
  stop(): Promise<void>
}

/** Starts the servers and resolves when all of them accept connections. */
export async function startTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const { signal } = options
  signal?.throwIfAborted()
  const asked = options.only ?? ['imap', 'mailcow']
  const parts: ReadonlySet<Part> = new Set(asked.includes('smtp') ? everyPart : asked)
  if (parts.has('smtp')) requireRoot()
  const dir = checkedFolder(
    options.dir ?? path.join(tmpdir(), `mailmove-testbed-${randomBytes(4).toString('hex')}`),
  )
  const hosted =
    options.inventory === undefined
      ? domainsFrom({ domains: options.demo === true ? demoInventory : [] })
      : await readDomains(options.inventory)
  const { usr } = await ensureTestbedPackages()
  await using started = new AsyncDisposableStack()
  const network = parts.has('dns') ? started.use(await takeNetwork()) : undefined
  const sink = started.use(await startSink())
  const sandbox = started.use(await startSandbox({ dir, usr }))
  const certificates = path.join(dir, 'certificates')
  await makeCertificates(certificates, sandbox, {
    names: Object.values(hostNames),
    addresses: network?.addresses ?? [],
  })
  const start = (side: 'old' | 'new', user: string, extra = ''): Promise<Dovecot> =>
    startDovecot({
      sandbox,
      side,
      certificates,
      submission:
        network !== undefined && parts.has('smtp')
          ? { host: side === 'old' ? network.oldServer : network.newServer, port: 588 }
          : sink,
      storage: side === 'new' ? (options.storage ?? 'plain') : 'plain',
      extra,
      master: { user, password: secret(), separator: '*' },
    })
  const [oldSide, newSide, dns] = await Promise.all([
    parts.has('imap') ? start('old', 'migrator', options.oldSettings) : undefined,
    start('new', 'migrator@mailcow.local', options.newSettings),
    network === undefined
      ? undefined
      : startDns({ sandbox, network, domains: hosted, ttl: options.dnsTtl ?? 3600 }),
  ])
  const mailcow = parts.has('mailcow') ? started.use(await startMailcow(newSide, options.mailcow)) : undefined
  const caFile = path.join(certificates, 'ca.pem')
  let config: string | undefined
  let mailFlow: MailFlow | undefined
  if (oldSide !== undefined) {
    const content = await fillOldServer(oldSide, dir, options, hosted)
    if (mailcow !== undefined) {
      if (parts.has('smtp') && network !== undefined && dns !== undefined) {
        await addStayingMailboxes(oldSide)
        const now = options.mailcow?.now ?? (() => new Date())
        const servers = { old: oldSide, new: newSide, mailcow, dns, sink }
        mailFlow = started.use(
          await startMailFlow({ sandbox, usr, network, certificates, ...servers, domains: hosted, now }),
        )
      }
      config = path.join(dir, 'mailmove.yaml')
      const facts = {
        old: oldSide,
        new: newSide,
        caFile,
        mailcowUrl: mailcow.url,
        sink,
        dns,
        mailFlow,
        ...content,
      }
      await writeFile(config, configurationFile(facts))
      await writeFile(
        path.join(dir, 'mailmove.key'),
        `mailmove-key-1 ${randomBytes(32).toString('base64url')}\n`,
        {
          mode: 0o600,
        },
      )
    }
  }
  signal?.throwIfAborted()
  const running = started.move()
  const stop = (): Promise<void> => running.disposeAsync()
  // In a namespace of their own, over the packages that most beds do without.
  let services: Promise<Sandbox> | undefined
  const openServices = (): Promise<Sandbox> =>
    (services ??= (async () => {
      const packages = await ensureServicePackages()
      return running.use(await startSandbox({ dir: path.join(dir, 'services'), usr: packages.usr }))
    })())
  let cardDav: Promise<CardDavServer> | undefined
  let mariaDb: Promise<MariaDb> | undefined
  let postgreSql: Promise<PostgreSql> | undefined
  let sogo: Promise<void> | undefined
  const openMariaDb = (): Promise<MariaDb> => (mariaDb ??= openServices().then(startMariaDb))
  const openSogo = async (): Promise<void> => {
    const double = present(mailcow, 'mailcow')
    double.serveSogo(await startSogo(await openServices(), await openMariaDb()))
  }
  signal?.addEventListener('abort', () => void stop(), { once: true })
  const old =
    oldSide === undefined
      ? undefined
      : {
          ...oldSide,
          get postfix() {
            return present(mailFlow, 'smtp').old
          },
        }
  return {
    dir,
    parts,
    config,
    env: testbedEnvironment(oldSide?.master, newSide.master, mailcow, dns),
    caFile,
    get old() {
      return present(old, 'imap')
    },
    new: {
      ...newSide,
      get mailcow() {
        return present(mailcow, 'mailcow')
      },
      get postfix() {
        return present(mailFlow, 'smtp').new
      },
      get docker() {
        return present(mailFlow, 'smtp').commands.docker
      },
    },
    get dns() {
      return present(dns, 'dns')
    },
    get outside() {
      return present(mailFlow, 'smtp').outside
    },
    settled: (settling) => present(mailFlow, 'smtp').settled(settling),
    get commands() {
      return present(mailFlow, 'smtp').commands.directory
    },
    sink,
    addOldMailbox: (address, mailbox) => addMailbox(present(oldSide, 'imap'), address, mailbox),
    addNewMailbox: (address, mailbox) => addMailbox(newSide, address, mailbox),
    cardDav: () => (cardDav ??= openServices().then(startCardDav)),
    mariaDb: openMariaDb,
    postgreSql: () => (postgreSql ??= openServices().then(startPostgreSql)),
    sogo: () => (sogo ??= openSogo()),
    behindTls: async (target, certificate) =>
      running.use(await startTlsFront(target, certificates, certificate)),
    run: (command, args, input) => sandbox.run(command, args, input),
    inside: (command, args) => sandbox.inside(command, args),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Puts mailboxes on the old server, and says where their inventory is. */
async function fillOldServer(
  dovecot: Dovecot,
  dir: string,
  options: TestbedOptions,
  hosted: readonly HostedDomain[],
): Promise<{ inventory: string; sections: Readonly<Record<string, unknown>>; addressBooks?: string }> {
  if (options.inventory === undefined) {
    const inventory = path.join(dir, 'inventory.yaml')
    if (options.demo !== true) {
      await writeFile(inventory, 'domains: []\n')
      return { inventory, sections: {} }
    }
    await fillWithDemo(dovecot)
    await writeFile(inventory, demoInventoryFile())
    const addressBooks = path.join(dir, 'roundcube.sqlite')
    makeDemoAddressBooks(addressBooks)
    return { inventory, sections: demoSections, addressBooks }
  }
  const inventory = path.join(dir, `inventory${path.extname(options.inventory)}`)
  for (const { address, active, quotaBytes } of hosted.flatMap(({ mailboxes }) => mailboxes))
    await addMailbox(dovecot, address, { active: active ? 1 : 2, quotaBytes })
  await copyFile(options.inventory, inventory)
  return { inventory, sections: {} }
}

async function addStayingMailboxes(dovecot: Dovecot): Promise<void> {
  for (const { address } of stayingDomain.mailboxes)
    if (dovecot.accounts.get(address) === undefined)
      await addMailbox(dovecot, address, { password: stayingPassword })
}

/** The path stands in Dovecot's configuration, which gives a meaning to several characters. */
function checkedFolder(dir: string): string {
  const absolute = path.resolve(dir)
  // Dovecot keeps Unix sockets below, whose paths may have 107 bytes.
  if (absolute.length > 70) throw new TestbedError('usage', `${absolute} is too long a path for the test bed`)
  if (!/^[\w./+@-]+$/.test(absolute))
    throw new TestbedError(
      'usage',
      `${absolute} cannot be used: the path may have letters, digits and . _ - + @ only`,
    )
  return absolute
}

function secret(): string {
  return randomBytes(16).toString('hex')
}

async function startMailcow(
  dovecot: Dovecot,
  options: TestbedOptions['mailcow'],
): Promise<MailcowDouble & MailcowFacts> {
  const keys = { apiKey: secret(), readOnlyKey: secret() }
  const double = await startMailcowDouble({ ...options, ...keys, accounts: dovecotAccountStore(dovecot) })
  return Object.assign(double, keys)
}

async function addMailbox(
  dovecot: Dovecot,
  address: string,
  options: MailboxOptions = {},
): Promise<NewMailbox> {
  const { password = 'user-Passw0rd', quotaBytes = 0, active = 1 } = options
  const passwords = [{ hash: `{PLAIN}${password}`, protocols: ['imap', 'pop3', 'smtp', 'sieve'] }]
  await dovecot.accounts.set(address.toLowerCase(), { active, quotaBytes, passwords })
  return { address, password }
}

function present<T>(part: T | undefined, name: Part): T {
  if (part === undefined) throw new TestbedError('usage', `the part ${name} was not started in this test bed`)
  return part
}
