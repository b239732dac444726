import type { FolderMapEntry } from '../folders/types.ts'
import { folderRuleFor } from '../folders/exclude.ts'
import type { ExcludeRule } from '../sync/options.ts'
import type { SourceMessage } from './compare.ts'
import type { KnownSetAside, VerifyMailbox } from './options.ts'

/** Why a source message need not be on the target, or undefined when it should be. Pure. */
export function explain(
  message: SourceMessage,
  entry: FolderMapEntry | undefined,
  { setAside = [], excluded = [] }: Pick<VerifyMailbox, 'setAside' | 'excluded'>,
): string | undefined {
  const aside = setAside.find((record) => isThat(record, message))
  if (aside !== undefined) return `set aside: ${aside.reason}`
  const rule = excluded.find((one) => applies(one, message, entry))
  return rule === undefined ? undefined : `excluded: ${rule.name}`
}

function isThat({ sourceWire, uid }: KnownSetAside, message: SourceMessage): boolean {
  return sourceWire === message.folder && uid === message.uid
}

function applies(rule: ExcludeRule, message: SourceMessage, entry: FolderMapEntry | undefined): boolean {
  switch (rule.kind) {
    case 'deleted':
      return message.flags.split(' ').includes('\\deleted')
    case 'folder':
      return entry !== undefined && folderRuleFor([rule], entry) !== undefined
    case 'content':
      return rule.hashes.includes(message.hash)
    default:
      return rule satisfies never
  }
}
