import { OldServerError } from '../errors.ts'
import type { Runner } from '../runner/runner.ts'
import type { LookupEntry } from './lookup-list.ts'
import type { PostfixParameter, PostfixParameters } from './parameters.ts'
import { entriesOf, parseTable, type TableEntry } from './table-file.ts'

/** An entry of one of the tables of a parameter, with the file it stands in. */
export interface ListedEntry extends TableEntry {
  readonly file: string
}

/** What a parameter lists, in Postfix' order: the first table that has a key decides. */
export interface Listed {
  readonly entries: readonly ListedEntry[]
  /** Tables that cannot be listed, as main.cf names them. */
  readonly unlisted: readonly string[]
}

/** @throws {OldServerError} `postfix_unreadable` */
export async function readEntries(
  runner: Runner,
  parameters: PostfixParameters,
  name: PostfixParameter,
  signal?: AbortSignal,
): Promise<Listed> {
  const entries: ListedEntry[] = []
  const unlisted: string[] = []
  for (const entry of parameters.lists[name]) {
    if (entry.kind === 'opaque') unlisted.push(entry.text)
    else if (entry.kind === 'name')
      entries.push({ key: entry.name, value: '', line: 1, file: `${parameters.directory}/main.cf` })
    else entries.push(...(await sourceEntries(runner, entry, signal)))
  }
  return { entries, unlisted }
}

async function sourceEntries(
  runner: Runner,
  entry: Extract<LookupEntry, { kind: 'table' | 'file' }>,
  signal: AbortSignal | undefined,
): Promise<readonly ListedEntry[]> {
  const source = await runner.readFile(entry.path, { signal })
  if (source !== undefined)
    return entriesOf(parseTable(source)).map((found) => ({ ...found, file: entry.path }))
  // Somebody may have kept the compiled table only.
  const listing =
    entry.kind === 'table'
      ? await runner.run(['postmap', '-s', `${entry.type}:${entry.path}`], { signal })
      : undefined
  if (listing?.code !== 0)
    throw new OldServerError(
      'postfix_unreadable',
      `${entry.path}, named in main.cf, does not exist on ${runner.where}`,
    )
  return entriesOf(parseTable(listing.stdout)).map((found) => ({ ...found, file: entry.path }))
}
