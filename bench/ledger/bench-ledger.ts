import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { statusApp } from '../../apps/cli/src/serve/app.ts'
import { ChangeFeed } from '../../apps/cli/src/serve/change-feed.ts'
import {
  domainDetails,
  moveReport,
  openMigration,
  parseConfig,
  status,
  watchWorkDir,
} from '../../packages/migration/src/index.ts'
import { type LedgerSize, type MadeLedger, makeLedger } from './make-ledger.ts'

export interface LedgerFigures {
  readonly schema: 'mailmove.bench-ledger/1'
  readonly size: LedgerSize
  readonly made: MadeLedger
  /** What it took on the clock and of the processor; the best of some rounds, and the first. */
  readonly timings: readonly Timing[]
  readonly pageBytes: number
  readonly peakMemoryBytes: number
}

interface Timing {
  readonly what: string
  readonly firstMs: number
  readonly bestMs: number
  readonly cpuMs: number
}

const ROUNDS = 5

const config = `old:
  imap: { host: old.example }
  master: { user: migrator, password: \${P} }
  inventory: [{ kind: file, path: inventory.csv }]
new:
  mailcow: { url: https://mailcow.example, apiKey: \${P} }
  master: { user: migrator@mailcow.local, password: \${P} }
`

/** Makes a ledger of that size and asks it what admins ask. */
export async function benchLedger(size: LedgerSize): Promise<LedgerFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'mailmove-bench-ledger-'))
  try {
    const workDir = join(folder, 'mailmove-data')
    const made = await makeLedger(workDir, size)
    const parsed = parseConfig(config, join(folder, 'mailmove.yaml'), { env: { P: 'x' } })
    await using migration = await openMigration(parsed)
    const timings: Timing[] = []
    const measure = async (what: string, work: () => Promise<unknown>) => {
      const rounds: { readonly ms: number; readonly cpuMs: number }[] = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
        await work()
        const used = process.cpuUsage(cpu)
        rounds.push({ ms: performance.now() - startedAt, cpuMs: (used.user + used.system) / 1000 })
      }
      timings.push({
        what,
        firstMs: rounds[0]?.ms ?? 0,
        bestMs: Math.min(...rounds.map(({ ms }) => ms)),
        cpuMs: Math.min(...rounds.map(({ cpuMs }) => cpuMs)),
      })
    }
    using feed = new ChangeFeed(watchWorkDir(migration))
    const access = { port: 7878, names: [] }
    const { signal } = new AbortController()
    // Not kept from one question to the next, as the program does.
    const data = {
      status: () => status(migration, []),
      domain: (name: string) => domainDetails(migration, name),
    }
    const app = statusApp({ data, feed, access, signal, onError: rethrow })
    let pageBytes = 0
    const page = async (path: string) => {
      const response = await app.request(path, { headers: { host: 'localhost' } })
      const text = await response.text()
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
      return text.length
    }
    const domain = 'domain-0000.example'
    await measure('status', () => status(migration, []))
    await measure('status of one domain', () => status(migration, [domain]))
    await measure('page of all domains', async () => {
      pageBytes = await page('/')
    })
    await measure('page of one domain', () => page(`/domains/${domain}`))
    await measure('report of one domain', () => moveReport(migration, domain))
    await measure('asking for changes', async () => feed.tick())
    return {
      schema: 'mailmove.bench-ledger/1',
      size,
      made,
      timings,
      pageBytes,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function rethrow(error: unknown): never {
  throw error
}
