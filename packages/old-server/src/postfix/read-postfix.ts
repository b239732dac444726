import { OldServerError } from '../errors.ts'
import type { Inventory } from '../model.ts'
import type { Runner } from '../runner/runner.ts'
import { inventoryOfMaps, type PostfixMaps } from './inventory-of-maps.ts'
import { readParameters, type PostfixParameter } from './parameters.ts'
import { readEntries } from './read-entries.ts'

/** What `readPostfix` takes. */
export interface ReadPostfixOptions {
  readonly signal?: AbortSignal
}

/**
 * Reads the maps of a plain Postfix: which domains it hosts, their mailboxes and aliases. It only asks (`postconf`, the sources of
 * the tables, `postmap -s`) and writes nothing. Tables that cannot be listed (pcre, mysql, ldap, ...) are issues of every domain.
 *
 * @param directory folder of main.cf, as the server sees it
 * @throws {OldServerError} `postfix_unreadable`
 * @throws {RunnerError} when the machine cannot be reached
 */
export async function readPostfix(
  runner: Runner,
  directory: string,
  options: ReadPostfixOptions = {},
): Promise<Inventory> {
  const parameters = await readParameters(runner, directory, options.signal)
  const read = (name: PostfixParameter): ReturnType<typeof readEntries> =>
    readEntries(runner, parameters, name, options.signal)
  const maps: PostfixMaps = {
    parameters,
    mailboxDomains: await read('virtual_mailbox_domains'),
    aliasDomains: await read('virtual_alias_domains'),
    mailboxes: await read('virtual_mailbox_maps'),
    aliases: await read('virtual_alias_maps'),
  }
  const inventory = inventoryOfMaps(maps)
  const [unlisted] = [...maps.mailboxDomains.unlisted, ...maps.aliasDomains.unlisted]
  if (inventory.domains.length === 0 && unlisted !== undefined)
    throw new OldServerError(
      'postfix_unreadable',
      `Postfix looks its domains up in ${unlisted}, which cannot be listed; name the database behind it (kind: postfixadmin)`,
    )
  return inventory
}
