import { mailcowServer, type ServerFacts } from '../check/options.ts'
import type { FolderNaming } from './folder-name.ts'
import type { RewriteOptions } from './options.ts'
import { rewriteTexts, type RewriteTexts } from './texts.ts'

/** Options with their defaults, as the steps need them. */
export interface RewriteContext {
  readonly naming: FolderNaming
  readonly server: ServerFacts
  readonly offered: ReadonlySet<string>
  readonly specialUseFolders: ReadonlyMap<string, string>
  readonly globalScript: (name: string) => string | undefined
  readonly texts: RewriteTexts
}

/** The folders that mailcow makes for each mailbox. */
const mailcowFolders = {
  '\\Archive': 'Archive',
  '\\Drafts': 'Drafts',
  '\\Junk': 'Junk',
  '\\Sent': 'Sent',
  '\\Trash': 'Trash',
}

export function rewriteContext(options: RewriteOptions): RewriteContext {
  const specialUses = Object.entries(options.specialUseFolders ?? mailcowFolders)
  const extensions = [...(options.targetExtensions ?? mailcowServer.extensions)]
  return {
    naming: {
      mapFolder: options.mapFolder,
      knownTargets: new Set([...(options.knownTargets ?? []), ...specialUses.map(([, folder]) => folder)]),
      oldNamespace: options.oldNamespace,
      separator: options.separator ?? '/',
    },
    server: { ...mailcowServer, ...options.server, extensions },
    offered: new Set(extensions),
    specialUseFolders: new Map(specialUses.map(([use, folder]) => [use.toLowerCase(), folder])),
    globalScript: options.globalScript ?? (() => undefined),
    texts: rewriteTexts[options.language ?? 'en'],
  }
}
