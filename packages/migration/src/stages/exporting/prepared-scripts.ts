import type { FolderMap } from '@iteg/imap-sync'
import type { ServerFacts } from '@iteg/sieve-export'
import type { Judgement } from './check-scripts.ts'
import { digestOf } from './install.ts'
import type { WantedScript } from './install-plan.ts'
import type { OldNamespace } from './old-namespace.ts'
import type { OldScript } from './old-scripts.ts'
import { type Language, type Rewriting, rewriteScript } from './rewriting.ts'
import type { ScriptFiles } from './write-mailbox.ts'

/** One script on its way: as it was, as the new server gets it, and what that one says. */
export interface Prepared {
  readonly old: OldScript
  /** In the language of the report, and of the user. */
  readonly english: Rewriting
  readonly local: Rewriting
  readonly judgement: Judgement
}

/** What is known of the old server's folders, and where they are on the new one. */
export interface Folders {
  /** Absent when no survey has read the mailbox. */
  readonly folderMap: FolderMap | undefined
  readonly oldNamespace: OldNamespace | undefined
  /** Of the user: redirects to other ones are external. */
  readonly ownDomains: readonly string[]
}

const NO_FOLDERS: FolderMap = { entries: [], collisions: [], leftOut: [] }

/** Every script as the new server would get it. Pure. */
export function prepareAll(
  scripts: readonly OldScript[],
  { folderMap = NO_FOLDERS, oldNamespace, ownDomains }: Folders,
  server: ServerFacts,
  language: Language,
): readonly Omit<Prepared, 'judgement'>[] {
  const facts = { folderMap, oldNamespace, ownDomains, server }
  return scripts.map((old) => {
    const local = rewriteScript(old.content, { ...facts, language })
    const english = language === 'en' ? local : rewriteScript(old.content, { ...facts, language: 'en' })
    return { old, english, local }
  })
}

export const NONE_ACTIVE = 'No script is active on the old server.'

/** The active script with those that it includes, all of them, or the reason why none. */
export function wantedScripts(prepared: readonly Prepared[]): {
  readonly scripts: readonly (WantedScript & { readonly content: Uint8Array })[]
  readonly nothing: string
} {
  const main = prepared.find(({ old }) => old.active)
  if (main === undefined) return { scripts: [], nothing: NONE_ACTIVE }
  const chain = new Map<string, Prepared>()
  const obstacle = collect(main, prepared, chain)
  if (obstacle !== undefined) return { scripts: [], nothing: obstacle }
  const scripts = [...chain.values()].map(({ old, local }) => {
    const content = local.script ?? new Uint8Array()
    return { source: old.name, sha256: digestOf(content), fixedName: old.name !== main.old.name, content }
  })
  return { scripts, nothing: '' }
}

/** Depth first, so that every script is there before the one that needs it. */
function collect(
  script: Prepared,
  all: readonly Prepared[],
  chain: Map<string, Prepared>,
  above: ReadonlySet<string> = new Set(),
): string | undefined {
  const { name } = script.old
  if (chain.has(name) || above.has(name)) return undefined
  if (script.judgement.verdict !== 'accepted')
    return `mailcow does not take the script ${JSON.stringify(name)}.`
  for (const include of script.local.includes) {
    const found = all.find(({ old }) => old.name === include)
    // Missing on the old server too: it did nothing there.
    const obstacle = found === undefined ? undefined : collect(found, all, chain, new Set([...above, name]))
    if (obstacle !== undefined) return obstacle
  }
  chain.set(name, script)
  return undefined
}

/** What goes onto the disk of a script. Pure. */
export function scriptFiles({ old, english, local, judgement }: Prepared): ScriptFiles {
  const { verdict, remarks, reason } = judgement
  return {
    name: old.name,
    active: old.active,
    listed: old.listed,
    original: old.content,
    ...(local.script === undefined ? {} : { rewritten: local.script }),
    verdict,
    report: {
      ...(reason === undefined ? {} : { reason }),
      remarks,
      changes: english.changes,
      notes: english.notes,
      losses: english.losses,
      spamOnly: english.spamOnly,
    },
    sentences: { rules: local.rules, notes: local.notes, changes: local.changes, losses: local.losses },
  }
}
