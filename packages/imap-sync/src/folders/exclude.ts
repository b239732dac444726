import type { ExcludeRule } from '../sync/options.ts'
import type { FolderMapEntry } from './types.ts'

type FolderRule = Extract<ExcludeRule, { kind: 'folder' }>

/** The first rule that leaves the folder out. Pure. */
export function folderRuleFor(
  rules: readonly ExcludeRule[],
  { source }: Pick<FolderMapEntry, 'source'>,
): FolderRule | undefined {
  return rules.find((rule): rule is FolderRule => rule.kind === 'folder' && matches(rule.folder, source))
}

/** `*` stands for any characters, separators too; everything else for itself. Linear: no expression with two ways to go. */
export function matches(pattern: string, folder: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === folder
  if (!folder.startsWith(first) || folder.length < first.length + last.length || !folder.endsWith(last))
    return false
  let at = first.length
  for (const piece of rest) {
    const found = folder.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return at <= folder.length - last.length
}
