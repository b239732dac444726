import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { channel } from 'node:diagnostics_channel'
import process from 'node:process'
import { loadConfig, openMigration, provision, survey } from '../../packages/migration/src/index.ts'
import { startTestbed, type RecordedCall } from '../../packages/testbed/src/index.ts'

export interface ApiBenchOptions {
  readonly domains: number
  readonly mailboxes: number
}

/** One run of provision over all domains. */
interface ApiPass {
  readonly name: 'provision' | 'provision again'
  readonly seconds: number
  readonly calls: number
  readonly reads: number
  readonly writes: number
  /** TCP connections opened for them. */
  readonly connections: number
  /** How often each route was called, the most frequent first. */
  readonly routes: readonly { readonly route: string; readonly calls: number }[]
}

export interface ApiBenchReport {
  readonly schema: 'mailmove.bench.api/1'
  readonly machine: string
  readonly options: ApiBenchOptions
  readonly passes: readonly ApiPass[]
}

/**
 * Provisions many small domains on the mailcow double, whose accounts the bed's new Dovecot takes, and then once more with
 * nothing left to do. What is not provision (the survey, which reads the old mailboxes) is not measured.
 */
export async function benchApi(options: ApiBenchOptions): Promise<ApiBenchReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mailmove-bench-'))
  try {
    const inventory = path.join(folder, 'inventory.yaml')
    const domains = inventoryOf(options)
    await writeFile(inventory, JSON.stringify({ domains }))
    await using bed = await startTestbed({ inventory })
    if (bed.config === undefined) throw new Error('the test bed has no configuration')
    await using migration = await openMigration(await loadConfig(bed.config, { env: bed.env }), {})
    const names = domains.map(({ domain }) => domain)
    process.stderr.write(
      `survey of ${options.mailboxes} mailboxes in ${options.domains} domains (not measured)\n`,
    )
    await survey(migration, names)
    const measured = async (name: ApiPass['name']): Promise<ApiPass> => {
      process.stderr.write(`${name}\n`)
      const from = bed.new.mailcow.requests.length
      const connections = countConnections()
      const start = performance.now()
      const report = await provision(migration, names)
      const seconds = (performance.now() - start) / 1000
      if (!report.ok) throw new Error(`${name} failed`)
      return {
        name,
        seconds,
        connections: connections.stop(),
        ...counted(bed.new.mailcow.requests.slice(from)),
      }
    }
    const passes = [await measured('provision'), await measured('provision again')]
    const made = bed.new.mailcow.state.mailboxes.length
    if (made !== options.mailboxes) throw new Error(`${made} of ${options.mailboxes} mailboxes were made`)
    const [cpu] = cpus()
    return {
      schema: 'mailmove.bench.api/1',
      machine: `${cpus().length} x ${cpu?.model ?? 'unknown'}, Node ${process.versions.node}`,
      options,
      passes,
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Every third mailbox is reached by an alias, every fifth forwards and keeps a copy. */
function inventoryOf({ domains, mailboxes }: ApiBenchOptions) {
  return Array.from({ length: domains }, (_, at) => {
    const domain = `domain-${at}.example`
    const share = Math.floor(mailboxes / domains) + (at < mailboxes % domains ? 1 : 0)
    const addresses = Array.from({ length: share }, (_each, box) => `user-${box}@${domain}`)
    return {
      domain,
      mailboxes: addresses.map((address) => ({ address, quotaBytes: 1024 ** 3 })),
      aliases: addresses.flatMap((address, box) => [
        ...(box % 3 === 0 ? [{ address: `alias-${box}@${domain}`, targets: [address] }] : []),
        ...(box % 5 === 0 ? [{ address, targets: [address, `far-${box}@elsewhere.example`] }] : []),
      ]),
    }
  })
}

function countConnections(): { stop(): number } {
  const connected = channel('undici:client:connected')
  let count = 0
  const listener = (): void => {
    count += 1
  }
  connected.subscribe(listener)
  return {
    stop: () => {
      connected.unsubscribe(listener)
      return count
    },
  }
}

function counted(calls: readonly RecordedCall[]): Pick<ApiPass, 'calls' | 'reads' | 'writes' | 'routes'> {
  const routes = new Map<string, number>()
  for (const call of calls) {
    // Names of objects are no part of the route.
    const route = call.path
      .split('/')
      .filter((part) => !/[.@]|^\d+$/.test(part))
      .join('/')
    routes.set(route, (routes.get(route) ?? 0) + 1)
  }
  const reads = calls.filter((call) => call.method === 'GET').length
  return {
    calls: calls.length,
    reads,
    writes: calls.length - reads,
    routes: [...routes]
      .map(([route, count]) => ({ route, calls: count }))
      .toSorted((a, b) => b.calls - a.calls),
  }
}
