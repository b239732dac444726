import { OldServerError } from '../errors.ts'
import type { Runner } from '../runner/runner.ts'
import { lookupList, type LookupEntry } from './lookup-list.ts'

/** The parameters of main.cf that decide where mail for a domain goes. */
const NAMES = [
  'virtual_mailbox_domains',
  'virtual_alias_domains',
  'virtual_mailbox_maps',
  'virtual_alias_maps',
  'relay_domains',
  'relay_recipient_maps',
  'transport_maps',
  'mydestination',
] as const

export type PostfixParameter = (typeof NAMES)[number]

const SINGLE = [
  'recipient_delimiter',
  'myorigin',
  'default_database_type',
  'config_directory',
  'queue_directory',
] as const

/** What main.cf says, all `$names` expanded. */
export interface PostfixParameters {
  /** Folder of main.cf, absolute. */
  readonly directory: string
  readonly lists: Readonly<Record<PostfixParameter, readonly LookupEntry[]>>
  readonly recipientDelimiter: string
  readonly myOrigin: string
  /** `hash`, `lmdb`, ... */
  readonly defaultDatabaseType: string
}

/**
 * Asks postconf(1); nothing is changed.
 * @throws {OldServerError} `postfix_unreadable`
 * @throws {RunnerError} when the machine cannot be reached or there is no Postfix
 */
export async function readParameters(
  runner: Runner,
  directory: string,
  signal?: AbortSignal,
): Promise<PostfixParameters> {
  const names = [...NAMES, ...SINGLE]
  const result = await runner.run(['postconf', '-c', directory, '-x', ...names], { signal })
  const values = new Map<string, string>()
  for (const line of result.stdout.split('\n')) {
    const match = /^(?<name>[\w-]+) =\s?(?<value>.*)$/.exec(line)
    if (match !== null) values.set(match.groups?.['name'] ?? '', (match.groups?.['value'] ?? '').trim())
  }
  if (result.code !== 0 || !names.every((name) => values.has(name)))
    throw new OldServerError(
      'postfix_unreadable',
      `postconf cannot read ${directory} on ${runner.where}: ${firstLine(result.stderr) || 'it does not know all parameters'}`,
    )
  const value = (name: string): string => values.get(name) ?? ''
  const listOf = (name: PostfixParameter): readonly LookupEntry[] => lookupList(value(name))
  return {
    directory: value('config_directory') || directory,
    lists: {
      virtual_mailbox_domains: listOf('virtual_mailbox_domains'),
      virtual_alias_domains: listOf('virtual_alias_domains'),
      virtual_mailbox_maps: listOf('virtual_mailbox_maps'),
      virtual_alias_maps: listOf('virtual_alias_maps'),
      relay_domains: listOf('relay_domains'),
      relay_recipient_maps: listOf('relay_recipient_maps'),
      transport_maps: listOf('transport_maps'),
      mydestination: listOf('mydestination'),
    },
    recipientDelimiter: value('recipient_delimiter'),
    myOrigin: value('myorigin'),
    defaultDatabaseType: value('default_database_type') || 'hash',
  }
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replaceAll(/\p{Cc}/gu, '').slice(0, 300)
}
