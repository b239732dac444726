import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import {
  type Config,
  loadConfig,
  type MigrationEvent,
  openMigration,
  type Migration,
} from '../../src/index.ts'
import { createKeyFile } from '../../src/secrets/key-file.ts'
import type { InventoryText } from './bed.ts'

/** Both servers with their Postfixes and name servers, and a configuration that knows them. */
export interface MailFlowBed extends AsyncDisposable {
  readonly testbed: Testbed
  readonly config: Config
  /** Where the ledger is: the same for each, as for runs of one command after the other. */
  readonly folder: string
  readonly events: MigrationEvent[]
  open(options?: {
    readonly change?: (config: Config) => Config
    readonly now?: () => Date
  }): Promise<Migration>
}

export async function startMailFlowBed(
  inventory: InventoryText,
  options: { readonly dnsTtl?: number; readonly plainPostfix?: boolean } = {},
): Promise<MailFlowBed> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mailmove-cutover-'))
  const file = path.join(folder, 'inventory.yaml')
  await writeFile(file, JSON.stringify(inventory))
  const testbed = await startTestbed({ only: ['smtp'], inventory: file, dnsTtl: options.dnsTtl ?? 1 })
  if (testbed.config === undefined) throw new Error('the test bed has no configuration')
  const content: unknown = parse(await readFile(testbed.config, 'utf8'))
  const { host, port } = testbed.dns
  const bedConfig = path.join(testbed.dir, 'cutover.yaml')
  const key = path.join(folder, 'mailmove.key')
  await createKeyFile(key, { workDir: path.join(folder, 'data') })
  await writeFile(bedConfig, stringify(withMore(content, { host, port }, options.plainPostfix === true)))
  const loaded = await loadConfig(bedConfig, { env: testbed.env })
  const config: Config = { ...loaded, workDir: path.join(folder, 'data'), secrets: { key: { file: key } } }
  const events: MigrationEvent[] = []
  return {
    testbed,
    config,
    folder,
    events,
    open: ({ change, now } = {}) =>
      openMigration(change?.(config) ?? config, {
        onEvent: (event) => events.push(event),
        ...(now === undefined ? {} : { now }),
      }),
    [Symbol.asyncDispose]: async () => {
      await testbed.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const bedFile = z.looseObject({
  old: z.looseObject({ relay: z.looseObject({ directory: z.string() }) }),
  dns: z.looseObject({}),
})

function withMore(
  content: unknown,
  dns: { readonly host: string; readonly port: number },
  plainPostfix: boolean,
): unknown {
  const base = bedFile.parse(content)
  const inventory = [{ kind: 'postfix', directory: base.old.relay.directory }]
  return {
    ...base,
    ...(plainPostfix ? { old: { ...base.old, inventory } } : {}),
    dns: { ...base.dns, resolvers: [`${dns.host}:${dns.port}`], authoritativePort: dns.port },
    notify: { from: 'ITEG <admin@iteg.example>', warnDaysAhead: 5 },
  }
}
