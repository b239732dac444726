import {
  effectiveRecipients,
  type Inventory,
  type InventoryDomain,
  mergeInventories,
  OldServerError,
  parseUserPreferences,
  readInventoryFile,
  readPostfix,
  readPostfixAdmin,
  readUserPreferences,
  RunnerError,
  type SpamPreferences,
  type Verdict,
  withSpamPreferences,
} from '@iteg/old-server'
import { asciiAddress, asciiDomain, asciiInventory } from './ascii-names.ts'
import type { Config, InventorySource } from '../config/index.ts'
import { runnerFor } from './runner-for.ts'
import { ServerError, UsageError } from './errors.ts'
import { expandPattern } from './exporting/path-pattern.ts'
import { existingLedger } from './existing-ledger.ts'
import { withFrozenDomains } from './frozen-domains.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import { asSentence } from './sentence.ts'

/** One domain of the inventory with what becomes of each of its addresses. */
export interface DomainInventory {
  readonly inventory: Inventory
  readonly domain: InventoryDomain
  readonly verdicts: readonly Verdict[]
}

/**
 * Reads and merges every source of the configuration. Rejects with `UsageError` for what the admin repairs here (a file, the URL of
 * a database), with `ServerError` (`old.inventory`) for a database that cannot be reached.
 */
export async function loadInventory(migration: Migration, options: StageOptions): Promise<Inventory> {
  const inventories: Inventory[] = []
  for (const source of migration.config.old.inventory)
    inventories.push(await readSource(migration, source, options))
  const inventory = asciiInventory(
    await withSpamAssassin(migration.config, mergeInventories(inventories), options),
  )
  const ledger = await existingLedger(migration)
  return ledger === undefined ? inventory : withFrozenDomains(ledger, inventory)
}

/** With the preferences of SpamAssassin's users, from its table and from their files. */
async function withSpamAssassin(
  { old }: Config,
  inventory: Inventory,
  { signal }: StageOptions,
): Promise<Inventory> {
  const { url, userPrefs } = old.spamAssassin ?? {}
  const call = signal === undefined ? {} : { signal }
  try {
    const table = url === undefined ? undefined : await readUserPreferences(url.reveal(), call)
    const known = table === undefined ? inventory : withSpamPreferences(inventory, table)
    if (userPrefs === undefined) return known
    const runner = runnerFor(old.run, old.commands)
    const mailboxes = new Map<string, SpamPreferences>()
    for (const { address } of known.domains.flatMap((domain) => domain.mailboxes)) {
      const path = expandPattern(userPrefs, address)
      const text = path === undefined ? undefined : await runner.readFile(path, call)
      // SpamAssassin's files are read byte by byte; its lists are ASCII.
      if (text !== undefined) mailboxes.set(address, parseUserPreferences(text))
    }
    return withSpamPreferences(known, { domains: new Map(), mailboxes })
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof OldServerError) && !(error instanceof RunnerError)) throw error
    throw new ServerError('old.inventory', asSentence(error.message), {
      hint: 'Look at old.spamAssassin; nothing was changed.',
      cause: error,
    })
  }
}

async function readSource(
  migration: Migration,
  source: InventorySource,
  options: StageOptions,
): Promise<Inventory> {
  switch (source.kind) {
    case 'file':
      try {
        const { signal } = options
        return await readInventoryFile(source.path, {
          format: source.format,
          ...(signal === undefined ? {} : { signal }),
        })
      } catch (error) {
        options.signal?.throwIfAborted()
        if (!(error instanceof OldServerError)) throw error
        throw new UsageError(asSentence(error.message), {
          hint: 'Repair the inventory file; nothing was changed.',
          cause: error,
        })
      }
    case 'postfixadmin':
      return readDatabase(source.url.reveal(), options)
    case 'postfix':
      return readMaps(migration.config, source.directory, options)
    default:
      return source satisfies never
  }
}

/** The tables of the old server's Postfix, through its own commands. */
async function readMaps({ old }: Config, directory: string, options: StageOptions): Promise<Inventory> {
  const { signal } = options
  try {
    const runner = runnerFor(old.run, old.commands)
    return await readPostfix(runner, directory, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof RunnerError)
      throw new ServerError('old.inventory', asSentence(error.message), {
        hint: 'Look at old.run and at the directory of old.inventory; nothing was changed.',
        cause: error,
      })
    if (!(error instanceof OldServerError)) throw error
    throw new UsageError(asSentence(error.message), {
      hint: 'Correct the entry of kind postfix under old.inventory; nothing was changed.',
      cause: error,
    })
  }
}

async function readDatabase(url: string, { signal }: StageOptions): Promise<Inventory> {
  try {
    return await readPostfixAdmin(url, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof OldServerError)) throw error
    const message = asSentence(error.message)
    if (error.code === 'database_unreachable')
      throw new ServerError('old.inventory', message, {
        hint: 'Look whether the database runs and may be reached from here (url of old.inventory); nothing was changed.',
        cause: error,
      })
    throw new UsageError(message, {
      hint: 'Correct url of old.inventory, or what its user may read; nothing was changed.',
      cause: error,
    })
  }
}

/** The domain with its verdicts. Rejects with `UsageError` for one that the inventory does not have. */
export function domainInventory(inventory: Inventory, name: string): DomainInventory {
  const domain = inventory.domains.find((candidate) => candidate.domain === name)
  if (domain === undefined) throw unknownDomain(inventory, name)
  return { inventory, domain, verdicts: effectiveRecipients(inventory, name) }
}

function unknownDomain(inventory: Inventory, name: string): UsageError {
  const target = inventory.domains.find((domain) => domain.aliasDomains.includes(name))
  if (target !== undefined)
    return new UsageError(`${name} is an alias domain of ${target.domain} on the old server.`, {
      hint: `It moves with ${target.domain}: name that one.`,
    })
  const known = inventory.domains.map((domain) => domain.domain)
  const shown = known.slice(0, 10).join(', ')
  return new UsageError(`The inventory has no domain ${name}.`, {
    hint:
      known.length === 0 ? 'The inventory is empty.' : `It has ${shown}${known.length > 10 ? ', ...' : ''}.`,
  })
}

/** The domains asked for, lower-cased and each once; all of the inventory when none was named. */
export function chooseDomains(inventory: Inventory, names: readonly string[]): readonly string[] {
  if (names.length === 0) return inventory.domains.map((domain) => domain.domain)
  return [...new Set(names.map(asciiDomain))]
}

/** Rejects addresses that the domain does not have; `undefined` means all. */
export function chooseMailboxes(
  domain: InventoryDomain,
  addresses: readonly string[] | undefined,
): ReadonlySet<string> | undefined {
  if (addresses === undefined) return undefined
  const chosen = new Set(addresses.map((address) => asciiAddress(address.toLowerCase())))
  return new Set(domain.mailboxes.map((mailbox) => mailbox.address).filter((address) => chosen.has(address)))
}

/** Every address of `--mailbox` must be in one of the domains, or somebody mistyped it. */
export function assertMailboxesKnown(
  domains: readonly InventoryDomain[],
  addresses: readonly string[] | undefined,
): void {
  const known = new Set(domains.flatMap((domain) => domain.mailboxes.map((mailbox) => mailbox.address)))
  const missing = (addresses ?? []).filter((address) => !known.has(asciiAddress(address.toLowerCase())))
  if (missing.length > 0)
    throw new UsageError(`There is no mailbox ${missing.join(', ')} in the domains named.`, {
      hint: 'Look at the mailboxes with: mailmove status',
    })
}
