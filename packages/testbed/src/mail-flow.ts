import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { writeCommands } from './commands.ts'
import type { Commands } from './commands.ts'
import { startNameServers } from './dns/dns.ts'
import type { NameServers } from './dns/dns.ts'
import { hostNames, zoneFiles } from './dns/zones.ts'
import type { Dovecot } from './dovecot/dovecot.ts'
import { TestbedError } from './errors.ts'
import type { HostedDomain } from './inventory/hosted-domains.ts'
import type { MailcowState } from './mailcow/state.ts'
import { addTenant, stayingDomain, tenant } from './neighbours.ts'
import type { BedNetwork } from './network/network.ts'
import { outsideWorld } from './outside.ts'
import type { Outside } from './outside.ts'
import { mailcowMaps } from './postfix/mailcow-maps.ts'
import { newServices, newSettings } from './postfix/new-side.ts'
import { oldMaps } from './postfix/old-maps.ts'
import { oldServices, oldSettings } from './postfix/old-side.ts'
import { startPostfix } from './postfix/postfix.ts'
import type { Postfix } from './postfix/postfix.ts'
import { postfixAdminMaps } from './postfix/postfixadmin-maps.ts'
import { startReputation } from './postfix/reputation.ts'
import { startLookupServer } from './postfix/lookup-server.ts'
import { currentIdentity } from './sandbox/identity.ts'
import type { Sandbox } from './sandbox/sandbox.ts'
import type { SmtpSink } from './sink.ts'

/** The old Postfix, whose files an admin edits. */
export interface OldPostfix extends Postfix {
  /** Hosts exactly these domains from now on (`stay.example` stays): the maps are written anew. */
  host(domains: readonly HostedDomain[]): Promise<void>
  /**
   * From now on a database of PostfixAdmin (`mysql:` URL, see `bed.mariaDb()`) says what is hosted, with the queries of
   * PostfixAdmin's documentation; only `stay.example` stays in the files.
   */
  usePostfixAdmin(url: string): Promise<void>
}

export interface MailFlow extends AsyncDisposable {
  readonly old: OldPostfix
  readonly new: Postfix
  readonly commands: Commands
  readonly outside: Outside
  /**
   * Resolves when no Postfix holds a message any more: everything is tried at once, again and again. A message that is
   * held back, or cannot be delivered for now, makes it fail after `limitMs` (30 s).
   */
  settled(options?: { readonly limitMs?: number }): Promise<void>
}

function withStayingDomain(domains: readonly HostedDomain[]): readonly HostedDomain[] {
  return domains.some(({ domain }) => domain === stayingDomain.domain) ? domains : [...domains, stayingDomain]
}

export interface DnsOptions {
  readonly sandbox: Sandbox
  readonly network: BedNetwork
  readonly domains: readonly HostedDomain[]
  readonly ttl: number
}

/** Starts the name servers, and makes them the resolver of everything in the sandbox. */
export async function startDns({ sandbox, network, domains, ttl }: DnsOptions): Promise<NameServers> {
  const onOld = [
    ...new Set(withStayingDomain(domains).flatMap(({ domain, aliasDomains }) => [domain, ...aliasDomains])),
  ]
  const zones = zoneFiles({ network, ttl, onOld, onNew: [tenant.domain] })
  const dns = await startNameServers({ sandbox, network, zones, mailZones: [...onOld, tenant.domain] })
  if (dns.port === 53) {
    const file = path.join(sandbox.dir, 'sandbox/resolv.conf')
    await writeFile(file, `nameserver ${dns.host}\noptions timeout:2 attempts:3\n`)
    await sandbox.succeed('mount', ['--bind', file, '/etc/resolv.conf'])
  }
  return dns
}

export interface MailFlowOptions {
  readonly sandbox: Sandbox
  readonly usr: string | undefined
  readonly network: BedNetwork
  readonly certificates: string
  readonly old: Dovecot
  readonly new: Dovecot
  readonly mailcow: { readonly url: string; readonly apiKey: string; readonly state: MailcowState }
  readonly dns: NameServers
  readonly sink: SmtpSink
  readonly domains: readonly HostedDomain[]
  readonly now: () => Date
}

/** Says why, before anything was started, when this user cannot have it. */
export function requireRoot(): void {
  if (!currentIdentity().isRoot)
    throw new TestbedError(
      'usage',
      'The SMTP servers of the test bed need root: Postfix works as several users of the machine, and mail exchangers listen on port 25.',
    )
}

/** Both Postfixes, the commands to steer them, and the world outside. */
export async function startMailFlow(options: MailFlowOptions): Promise<MailFlow> {
  const { sandbox, network, mailcow, dns, sink, domains } = options
  await using started = new AsyncDisposableStack()
  await sink.alsoAt({ host: network.outside, port: 25 }).catch((cause: unknown) => {
    throw new TestbedError('sink', `port 25 of ${network.outside} is taken`, { cause })
  })
  const newDir = path.join(sandbox.dir, 'new/postfix')
  await mkdir(newDir, { recursive: true })
  const lmtp = `lmtp:inet:127.0.0.1:${options.new.lmtp.port}`
  const maps = started.use(await startLookupServer(newDir, mailcowMaps(mailcow.state, options.now, lmtp)))
  const policy = started.use(await startReputation(path.join(newDir, 'policy'), mailcow.state, dns.resolver))
  const common = { sandbox, usr: options.usr, certificates: options.certificates }
  const [oldPostfix, newPostfix] = await Promise.all([
    startOld(options, common),
    startPostfix({
      ...common,
      ...sideOf(options.new, newDir),
      name: hostNames.newServer,
      address: network.newServer,
      settings: newSettings(maps.table, policy.socket),
      services: newServices(maps.table),
      maps: new Map([['aliases', 'null: /dev/null\nham: /dev/null\nspam: /dev/null\n']]),
    }),
    addTenant(mailcow, firstMailbox(domains)),
  ])
  const commands = await writeCommands(sandbox, newPostfix.configDirectory)
  const running = started.move()
  return {
    old: oldPostfix,
    new: newPostfix,
    commands,
    outside: outsideWorld(dns.resolver, network.outside),
    settled: (settling) => settled([newPostfix, oldPostfix], settling),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/**
 * So many looks in a row have to find empty queues and logs that say nothing new: what one server hands to the other is in neither
 * queue for an instant, and in a loop that is so all the time.
 */
const quietLooks = 3
const betweenLooksMs = 50

async function settled(servers: readonly Postfix[], { limitMs = 30_000 } = {}): Promise<void> {
  const deadline = performance.now() + limitMs
  let said = -1
  for (let quiet = 0; quiet < quietLooks;) {
    const queues = await Promise.all(servers.map((server) => server.queue()))
    const logs = await Promise.all(servers.map((server) => server.log()))
    const length = logs.reduce((sum, log) => sum + log.length, 0)
    quiet = queues.every((queue) => queue.length === 0) && length === said ? quiet + 1 : 0
    said = length
    if (performance.now() > deadline)
      throw new TestbedError('timeout', `mail still waits: ${JSON.stringify(queues.flat()).slice(0, 2000)}`)
    for (const [index, queue] of queues.entries())
      if (queue.some((message) => message.queue_name === 'deferred'))
        await servers[index]?.run('postqueue', '-f')
    await pause(betweenLooksMs)
  }
}

type Common = Pick<MailFlowOptions, 'sandbox' | 'usr' | 'certificates'>

async function startOld(options: MailFlowOptions, common: Common): Promise<OldPostfix> {
  const dir = path.join(options.sandbox.dir, 'old/postfix')
  const postfix = await startPostfix({
    ...common,
    ...sideOf(options.old, dir),
    name: hostNames.oldServer,
    address: options.network.oldServer,
    settings: oldSettings(path.join(dir, 'etc')),
    services: oldServices,
    maps: oldMaps(withStayingDomain(options.domains)),
  })
  const etc = postfix.configDirectory
  const succeed = async (...[command, ...args]: Parameters<Postfix['run']>): Promise<void> => {
    const { code, stderr } = await postfix.run(command, ...args)
    if (code !== 0) throw new TestbedError('postfix', `${command} ended with ${code}: ${stderr.trim()}`)
  }
  const host = async (domains: readonly HostedDomain[]): Promise<void> => {
    const files = oldMaps(withStayingDomain(domains))
    for (const [name, text] of files) await writeFile(path.join(etc, name), text)
    const names = [...files.keys()].filter((name) => name !== 'aliases')
    await succeed('postmap', ...names.map((name) => `hash:${path.join(etc, name)}`))
    await succeed('postalias', `hash:${path.join(etc, 'aliases')}`)
    await succeed('postfix', 'reload')
  }
  return {
    ...postfix,
    host,
    usePostfixAdmin: async (url) => {
      const { files, parameters } = postfixAdminMaps(url, etc)
      for (const [name, text] of files) await writeFile(path.join(etc, name), text, { mode: 0o644 })
      await succeed('postconf', ...parameters)
      await host([])
    },
  }
}

function sideOf({ sideDirectory, lmtp }: Dovecot, dir: string) {
  return { dir, lmtpPort: lmtp.port, saslSocket: path.join(sideDirectory, 'run/auth-smtp') }
}

function firstMailbox(domains: readonly HostedDomain[]): string {
  return (
    domains.flatMap(({ mailboxes }) => mailboxes)[0]?.address ?? stayingDomain.mailboxes[0]?.address ?? ''
  )
}
