import type { Meaning } from '../meaning/read-meaning.ts'
import type { Command, Script } from '../syntax/tree.ts'
import { commandsOf, nodesOf, stringsOf } from '../syntax/walk.ts'
import { bareAddress } from '../values/address.ts'
import { decodeWords } from '../values/encoded-words.ts'
import { periodOf } from './dates.ts'
import type { Expression } from './expression.ts'
import type { FolderUse, Include, Place, Redirect, Vacation } from './options.ts'
import { liveBranches, type Branch, type Step } from './statement.ts'

export type Locate = (offset: number) => Place

/** All folders that a script names, in its order. */
export function foldersOf(script: Script, meaning: Meaning, locate: Locate): readonly FolderUse[] {
  const uses: FolderUse[] = []
  for (const node of nodesOf(script)) {
    const files = node.name === 'fileinto'
    const create = meaning.argumentsOf(node)?.tags.has('create') === true
    for (const { rule, value } of meaning.positional(node)) {
      if (rule.check !== 'folder' && rule.check !== 'folderInTest') continue
      for (const string of stringsOf(value)) {
        const { text, literal } = meaning.interpret(string)
        uses.push({ name: text, variable: !literal, files, create, ...locate(string.start) })
      }
    }
  }
  return uses
}

export function includesOf(script: Script, meaning: Meaning, locate: Locate): readonly Include[] {
  return [...commandsOf(script)].flatMap((command): readonly Include[] => {
    const sorted = command.name === 'include' ? meaning.argumentsOf(command) : undefined
    const name = meaning.text(sorted?.positional[0])
    if (sorted === undefined || name === undefined) return []
    const location = sorted.tags.has('global') ? 'global' : 'personal'
    return [{ name, location, optional: sorted.tags.has('optional'), ...locate(command.start) }]
  })
}

/** A command with what has to hold for it to run. */
interface Found {
  readonly command: Command
  readonly conditions: readonly Expression[]
  /** Its siblings and itself. */
  readonly block: readonly Step[]
  readonly active: boolean
}

/** Commands of one name, also in branches that are switched off. */
function find(
  name: string,
  steps: readonly Step[],
  conditions: readonly Expression[] = [],
  active = true,
): readonly Found[] {
  return steps.flatMap((step): readonly Found[] => {
    switch (step.kind) {
      case 'act':
        return step.command.name === name ? [{ command: step.command, conditions, block: steps, active }] : []
      case 'eachPart':
        return find(name, step.steps, conditions, active)
      case 'choose': {
        const live = new Set<Branch>(liveBranches(step.branches))
        return step.branches.flatMap((branch) => {
          const more = branch.condition === undefined ? conditions : [...conditions, branch.condition]
          return find(name, branch.steps, more, active && live.has(branch))
        })
      }
      case 'leave':
      default:
        return []
    }
  })
}

export function redirectsOf(
  steps: readonly Step[],
  meaning: Meaning,
  locate: Locate,
  ownDomains: ReadonlySet<string> | undefined,
): readonly Redirect[] {
  return find('redirect', steps).map(({ command, block, active }) => {
    const sorted = meaning.argumentsOf(command)
    const address = bareAddress(meaning.text(sorted?.positional[0]) ?? '')
    const stays = block.some(
      (step) => step.kind === 'act' && (step.action.kind === 'keep' || step.action.kind === 'file'),
    )
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
    return {
      address,
      keepsCopy: sorted?.tags.has('copy') === true || stays,
      external: ownDomains === undefined ? undefined : !ownDomains.has(domain),
      active,
      ...locate(command.start),
    }
  })
}

export function vacationsOf(steps: readonly Step[], meaning: Meaning, locate: Locate): readonly Vacation[] {
  return find('vacation', steps).flatMap(({ command, conditions, active }) => {
    const sorted = meaning.argumentsOf(command)
    if (sorted === undefined) return []
    const { tags, positional } = sorted
    const subject = meaning.text(tags.get('subject'))
    const from = meaning.text(tags.get('from'))
    const days = tags.get('days')
    const seconds = tags.get('seconds')
    return [
      {
        text: meaning.text(positional[0]) ?? '',
        mime: tags.has('mime'),
        addresses: meaning.texts(tags.get('addresses')),
        active,
        ...(subject === undefined ? {} : { subject: decodeWords(subject) }),
        ...(from === undefined ? {} : { from }),
        ...(days?.kind === 'number' ? { days: days.value } : {}),
        ...(seconds?.kind === 'number' ? { seconds: seconds.value } : {}),
        ...periodOf(conditions),
        ...locate(command.start),
      },
    ]
  })
}
