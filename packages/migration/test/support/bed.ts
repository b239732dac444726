import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestbed, type Testbed, type TestbedOptions } from '@iteg/testbed'
import {
  type Config,
  loadConfig,
  type MigrationEvent,
  openMigration,
  type Migration,
} from '../../src/index.ts'
import { createKeyFile } from '../../src/secrets/key-file.ts'

/** A test bed with a configuration that fits it, and a key file. */
export interface Bed extends AsyncDisposable {
  readonly testbed: Testbed
  /** `sections` replace whole sections of the bed's `mailmove.yaml`; each call has a working folder of its own. */
  migration(options?: MigrationOptions): Promise<OpenedMigration>
}

/** As an inventory file has it; more keys of its mailboxes and aliases go along. */
export interface InventoryText {
  readonly domains: readonly {
    readonly domain: string
    readonly mailboxes: readonly { readonly address: string }[]
    readonly aliases?: readonly { readonly address: string; readonly targets: readonly string[] }[]
    readonly aliasDomains?: readonly string[]
  }[]
}

interface MigrationOptions {
  /** Changes to the loaded configuration. */
  readonly change?: (config: Config) => Config
  /** Share the working folder (and so the ledger) of another one. */
  readonly workDir?: string
}

export interface OpenedMigration extends AsyncDisposable {
  readonly migration: Migration
  readonly config: Config
  readonly events: readonly MigrationEvent[]
  readonly workDir: string
}

export interface BedOptions extends TestbedOptions {
  /** Mailboxes of the inventory that the old server does not have. */
  readonly absent?: readonly string[]
}

/** With an inventory: the old server has its mailboxes, empty. Without: the demo's domains with their mail. */
export async function startBed(inventory?: InventoryText, options: BedOptions = {}): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'mailmove-stages-'))
  const testbed = await startTestbed({ ...options, demo: inventory === undefined })
  if (inventory !== undefined) {
    await writeFile(join(testbed.dir, 'inventory.yaml'), JSON.stringify(inventory))
    for (const { address } of inventory.domains.flatMap((domain) => domain.mailboxes))
      if (options.absent?.includes(address) !== true) await testbed.addOldMailbox(address)
  }
  const { config: path, env } = testbed
  if (path === undefined) throw new Error('the test bed runs without all of its parts')
  const loaded = await loadConfig(path, { env })
  const key = join(folder, 'mailmove.key')
  await createKeyFile(key, { workDir: join(folder, 'elsewhere') })
  let count = 0
  return {
    testbed,
    migration: async ({ change, workDir } = {}) => {
      count += 1
      const own = workDir ?? join(folder, `data-${count}`)
      const base: Config = { ...loaded, workDir: own, secrets: { key: { file: key } } }
      const config = change?.(base) ?? base
      const events: MigrationEvent[] = []
      const migration = await openMigration(config, { onEvent: (event) => events.push(event) })
      return {
        migration,
        config,
        events,
        workDir: own,
        [Symbol.asyncDispose]: () => migration.close(),
      }
    },
    [Symbol.asyncDispose]: async () => {
      await testbed.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Writes that the double has seen since `from`, as `add/domain`. */
export function writesSince(testbed: Testbed, from: number): readonly string[] {
  return testbed.new.mailcow.requests
    .slice(from)
    .map((call) => call.path)
    .filter((path) => !path.startsWith('get/'))
}
