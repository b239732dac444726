import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fillMailbox, startProxy } from '@iteg/testbed'
import type { Dovecot, Proxy, SampleMessage, Testbed } from '@iteg/testbed'
import { stringify } from 'yaml'
import { startApiGate } from './api-gate.ts'
import type { ApiGate } from './api-gate.ts'
import { expectExit, startCli } from './cli.ts'
import type { CliOptions, CliRun, RunningCli } from './cli.ts'
import { readMailbox } from './imap.ts'
import type { Snapshot } from './imap.ts'

interface WorldMailbox {
  /** By name without prefix, `.` between levels; `INBOX` is the inbox. */
  readonly folders?: Readonly<Record<string, readonly SampleMessage[]>>
  readonly subscriptions?: readonly string[]
  /** As the inventory has it. */
  readonly name?: string
  readonly quotaBytes?: number
  readonly active?: boolean
  /** False: the inventory has it, the old server does not know it. */
  readonly exists?: boolean
}

export interface WorldOptions {
  readonly domain: string
  /** By local part. */
  readonly mailboxes: Readonly<Record<string, WorldMailbox>>
  readonly aliases?: readonly { readonly address: string; readonly targets: readonly string[] }[]
  /** Laid over the configuration; `undefined` removes a key. */
  readonly config?: Tree
}

export interface Tree {
  readonly [key: string]: unknown
}

/** A result of `--json`. */
interface JsonRun<Document> {
  readonly code: number | null
  readonly document: Document
  readonly stderr: string
}

/**
 * A domain of its own on the servers of a shared test bed, with a working folder and a configuration of its own, whose
 * connections all pass proxies of its own.
 */
export interface World extends AsyncDisposable {
  readonly bed: Testbed
  readonly domain: string
  readonly dir: string
  readonly workDir: string
  readonly configFile: string
  /** Before the old server's IMAP, and the new one's. */
  readonly oldProxy: Proxy
  readonly newProxy: Proxy
  readonly api: ApiGate
  address(localPart: string): string
  start(args: readonly string[], options?: Partial<CliOptions>): RunningCli
  run(...args: readonly string[]): Promise<CliRun>
  /** With `--json`: stdout is exactly one document. */
  json<Document>(...args: readonly string[]): Promise<JsonRun<Document>>
  /** Survey and provision, which must succeed. */
  provisioned(): Promise<void>
  oldMailbox(localPart: string): Promise<Snapshot>
  newMailbox(localPart: string): Promise<Snapshot>
  /** Writes the configuration again with more laid over it. */
  configure(config: Tree): Promise<void>
}

export async function makeWorld(bed: Testbed, options: WorldOptions): Promise<World> {
  const { domain, mailboxes } = options
  const dir = path.join(bed.dir, 'worlds', domain)
  await mkdir(dir, { recursive: true })
  await using started = new AsyncDisposableStack()
  const oldProxy = started.use(await startProxy({ target: bed.old.imap }))
  const newProxy = started.use(await startProxy({ target: bed.new.imap }))
  const api = started.use(await startApiGate(bed.new.mailcow.url))
  const address = (localPart: string): string => `${localPart}@${domain}`
  const inventory = path.join(dir, 'inventory.yaml')
  await writeFile(inventory, inventoryFile(options))
  for (const [localPart, mailbox] of Object.entries(mailboxes)) {
    if (mailbox.exists === false) continue
    await bed.addOldMailbox(address(localPart), { active: mailbox.active === false ? 2 : 1 })
    const { folders = {}, subscriptions } = mailbox
    fillMailbox(
      bed.old,
      address(localPart),
      new Map(Object.entries(folders)),
      subscriptions === undefined ? {} : { subscriptions },
    )
  }
  await writeFile(
    path.join(dir, 'mailmove.key'),
    `mailmove-key-1 ${randomBytes(32).toString('base64url')}\n`,
    {
      mode: 0o600,
    },
  )
  const configFile = path.join(dir, 'mailmove.yaml')
  let content: Tree = baseConfig(bed, { oldProxy, newProxy, api, inventory })
  const configure = async (changes: Tree): Promise<void> => {
    content = laidOver(content, changes)
    await writeFile(configFile, stringify(content, { aliasDuplicateObjects: false }))
  }
  await configure(options.config ?? {})
  const start: World['start'] = (args, more = {}) => {
    const running = startCli(['--config', configFile, ...args], { cwd: dir, env: bed.env, ...more })
    return { ...running, done: running.done.then((outcome) => withoutSecrets(bed, outcome)) }
  }
  const run: World['run'] = (...args) => start(args).done
  const json: World['json'] = async (...args) => {
    const { code, stdout, stderr } = await run('--json', ...args)
    return { code, document: JSON.parse(stdout), stderr }
  }
  const view = ({ imap, master }: Dovecot, localPart: string): Promise<Snapshot> =>
    readMailbox(imap, {
      user: `${address(localPart)}${master.separator}${master.user}`,
      password: master.password,
    })
  const running = started.move()
  return {
    bed,
    domain,
    dir,
    workDir: path.join(dir, 'mailmove-data'),
    configFile,
    oldProxy,
    newProxy,
    api,
    address,
    start,
    run,
    json,
    provisioned: async () => {
      for (const stage of ['survey', 'provision']) expectExit(await run(stage, domain), 0)
    },
    oldMailbox: (localPart) => view(bed.old, localPart),
    newMailbox: (localPart) => view(bed.new, localPart),
    configure,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Every line of `text` that begins the file's line `number`, for tests that name lines. */
export async function lineOf(file: string, text: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  return lines.findIndex((line) => line.includes(text)) + 1
}

/** Whatever happens, no password and no API key is ever printed. */
function withoutSecrets(bed: Testbed, outcome: CliRun): CliRun {
  for (const [name, value] of Object.entries(bed.env))
    if (`${outcome.stdout}${outcome.stderr}`.includes(value)) throw new Error(`${name} was printed`)
  return outcome
}

function inventoryFile({ domain, mailboxes, aliases = [] }: WorldOptions): string {
  const rows = Object.entries(mailboxes).map(([localPart, { name, quotaBytes, active }]) => ({
    address: `${localPart}@${domain}`,
    ...(name === undefined ? {} : { name }),
    quotaBytes: quotaBytes ?? 100 * 1024 * 1024,
    ...(active === undefined ? {} : { active }),
  }))
  return stringify({ domains: [{ domain, mailboxes: rows, aliases }] })
}

interface Wiring {
  readonly oldProxy: Proxy
  readonly newProxy: Proxy
  readonly api: ApiGate
  readonly inventory: string
}

function plain({ host, port }: Proxy): Tree {
  return { host, port, tls: 'none', allowInsecure: true }
}

function baseConfig(bed: Testbed, { oldProxy, newProxy, api, inventory }: Wiring): Tree {
  return {
    workDir: './mailmove-data',
    secrets: { key: 'file:./mailmove.key' },
    old: {
      imap: plain(oldProxy),
      master: { user: bed.old.master.user, password: '${OLD_MASTER_PASSWORD}', separator: '*' },
      inventory: [{ kind: 'file', path: inventory }],
      smtp: { host: bed.sink.host, port: bed.sink.port },
      outgoingAddresses: ['127.0.0.1'],
    },
    new: {
      mailcow: { url: api.url, apiKey: '${MAILCOW_API_KEY}' },
      master: { user: bed.new.master.user, password: '${NEW_MASTER_PASSWORD}', separator: '*' },
      imap: plain(newProxy),
    },
    dns: { kind: 'manual' },
    copy: { mailboxesAtOnce: 2, lanesPerMailbox: 2 },
  }
}

function laidOver(base: Tree, changes: Tree): Tree {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(changes)) {
    const before = merged[key]
    if (value === undefined) delete merged[key]
    else merged[key] = isTree(value) && isTree(before) ? laidOver(before, value) : value
  }
  return merged
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
