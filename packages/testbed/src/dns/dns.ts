import { randomBytes } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Endpoint } from '../endpoint.ts'
import { TestbedError } from '../errors.ts'
import type { BedNetwork } from '../network/network.ts'
import { freePorts } from '../ports.ts'
import { currentIdentity } from '../sandbox/identity.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { knotConfig, zoneFileName } from './knot.ts'

export interface TsigKey {
  readonly name: string
  readonly algorithm: 'hmac-sha256'
  /** base64 */
  readonly secret: string
}

/** The second authoritative server of every zone. */
export interface SecondaryServer extends Endpoint {
  /** From now on it keeps what it has and hears nothing of changes, like a server whose transfers fail. */
  holdBack(): Promise<void>
  /** It follows again, and has caught up with the primary when this resolves. */
  catchUp(): Promise<void>
}

/** Two authoritative name servers; every name of the world has an answer here (see zones.ts). */
export interface NameServers extends Endpoint {
  /** `host` and `port` are the primary's, which takes updates. */
  readonly key: TsigKey
  readonly secondary: SecondaryServer
  /** All of them, for whoever asks every authoritative server. */
  readonly servers: readonly Endpoint[]
  /** The zones of the domains that have mail here. */
  readonly zones: readonly string[]
  /**
   * Changes a zone as somebody else would who has the key: lines of nsupdate, `update delete example.at. MX`.
   * Rejects when the server refuses; resolves when the primary has it (the secondary follows on its own).
   */
  update(zone: string, lines: readonly string[]): Promise<void>
  /** Resolves when the secondary has what the primary has. */
  followed(): Promise<void>
  /** Asks the primary. */
  readonly resolver: Resolver
  log(): Promise<string>
}

export interface NameServerOptions {
  readonly sandbox: Sandbox
  readonly network: BedNetwork
  readonly zones: ReadonlyMap<string, string>
  /** Of these, the domains with mail. */
  readonly mailZones: readonly string[]
}

const startLimitMs = 20_000
const startScript = 'knotd -c "$1/knot.conf" >"$1/knot.log" 2>&1 </dev/null & echo $!'

export async function startNameServers({
  sandbox,
  network,
  zones,
  mailZones,
}: NameServerOptions): Promise<NameServers> {
  const [primary, secondary] = network.nameServers
  // libresolv asks port 53 only, which is root's; without root nobody in here has to resolve anything.
  const [free = 0] = currentIdentity().isRoot ? [53] : await freePorts(1)
  const key = { name: 'mailmove', secret: randomBytes(32).toString('base64') }
  const directory = (role: string): string => path.join(sandbox.dir, 'dns', role)
  const start = async (role: 'primary' | 'secondary', address: string, other: string): Promise<Resolver> => {
    const dir = directory(role)
    for (const folder of ['run', 'db', 'zones']) await mkdir(path.join(dir, folder), { recursive: true })
    for (const [zone, text] of zones) await writeFile(path.join(dir, 'zones', zoneFileName(zone)), text)
    const facts = { dir, address, port: free, zones: [...zones.keys()], key, other, role }
    await writeFile(path.join(dir, 'knot.conf'), knotConfig(facts), { mode: 0o600 })
    const pid = (await sandbox.succeed('sh', ['-c', startScript, 'start', dir])).trim()
    const alive = async (): Promise<boolean> => (await sandbox.run('kill', ['-s', '0', pid])).code === 0
    const resolver = new Resolver({ timeout: 200, tries: 1 })
    resolver.setServers([`${address}:${free}`])
    for (const zone of zones.keys())
      if (!(await answers(resolver, zone, alive))) throw await startError(path.join(dir, 'knot.log'), address)
    return resolver
  }
  const [resolver, secondaryResolver] = await Promise.all([
    start('primary', primary, secondary),
    start('secondary', secondary, primary),
  ])
  const knotc = (...args: readonly string[]): Promise<string> =>
    sandbox.succeed('knotc', ['-s', path.join(directory('secondary'), 'run/knot.sock'), ...args])
  const followed = async (): Promise<void> => {
    await Promise.all(
      mailZones.map(async (zone) => {
        const { serial } = await resolver.resolveSoa(zone)
        const deadline = performance.now() + startLimitMs
        while ((await secondaryResolver.resolveSoa(zone)).serial !== serial)
          if (performance.now() > deadline)
            throw new TestbedError('dns', `the secondary did not follow ${zone}`)
      }),
    )
  }
  const update = async (zone: string, lines: readonly string[]): Promise<void> => {
    const head = [`server ${primary} ${free}`, `key hmac-sha256:${key.name} ${key.secret}`, `zone ${zone}.`]
    const input = [...head, ...lines, 'send', 'answer', 'quit', ''].join('\n')
    const { stdout, stderr } = await sandbox.run('knsupdate', [], { input })
    // it ends with 0 whatever the server says
    if (!stdout.includes('status: NOERROR'))
      throw new TestbedError(
        'dns',
        `the update of ${zone} was refused: ${`${stdout}${stderr}`.trim().slice(0, 500)}`,
      )
  }
  return {
    update,
    followed,
    host: primary,
    port: free,
    key: { ...key, algorithm: 'hmac-sha256' },
    secondary: {
      host: secondary,
      port: free,
      holdBack: async () => {
        await knotc('-b', 'zone-freeze')
      },
      catchUp: async () => {
        await knotc('-b', 'zone-thaw')
        await knotc('zone-refresh')
        await followed()
      },
    },
    servers: network.nameServers.map((host) => ({ host, port: free })),
    zones: mailZones,
    resolver,
    log: async () =>
      (
        await Promise.all(
          ['primary', 'secondary'].map((role) => readFile(path.join(directory(role), 'knot.log'), 'utf8')),
        )
      ).join(''),
  }
}

async function answers(resolver: Resolver, zone: string, alive: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + startLimitMs
  while (performance.now() < deadline) {
    const there = await resolver.resolveSoa(zone === '.' ? '' : zone).then(
      () => true,
      () => false,
    )
    if (there) return true
    if (!(await alive())) return false
  }
  return false
}

async function startError(log: string, address: string): Promise<TestbedError> {
  const said = (await readFile(log, 'utf8').catch(() => '')).trim().slice(-1000)
  return /already in use/i.test(said)
    ? new TestbedError(
        'dns',
        `port 53 of ${address} is taken: a name server of this machine listens on all addresses, and the test bed's cannot`,
      )
    : new TestbedError('dns', `knotd did not start: ${said}`)
}
