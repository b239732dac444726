import { quote } from '../syntax/quote.ts'
import type { Argument, StringArgument } from '../syntax/tree.ts'
import { nodesOf, stringsOf } from '../syntax/walk.ts'
import type { RewriteContext } from './context.ts'
import type { Change, Draft, Note, Step } from './draft.ts'
import { mapName, mapNameWithVariables } from './folder-name.ts'

/** Names of folders in `fileinto` and in all tests that ask about folders. */
export function rewriteFolders(draft: Draft, context: RewriteContext): Step {
  const changes: Change[] = []
  const notes: Note[] = []
  for (const string of folderStrings(draft)) {
    const one = rewriteFolder(string, draft, context)
    changes.push(...one.changes)
    notes.push(...one.notes)
  }
  return { changes, notes }
}

/** All strings of a script that name folders. */
function folderStrings({ script, meaning }: Pick<Draft, 'script' | 'meaning'>): readonly StringArgument[] {
  const found: Argument[] = []
  for (const node of nodesOf(script))
    for (const { rule, value } of meaning.positional(node))
      if (rule.check === 'folder' || rule.check === 'folderInTest') found.push(value)
  return found.flatMap(stringsOf)
}

function rewriteFolder(string: StringArgument, draft: Draft, context: RewriteContext): Step {
  const { naming, texts } = context
  const { text: name, literal } = draft.meaning.interpret(string)
  const note = (
    code: Note['code'],
    severity: Note['severity'],
    says: Pick<Note, 'message' | 'remedy'>,
  ): Note => ({
    code,
    severity,
    offset: string.start,
    ...says,
  })
  if (string.invalidAt !== undefined) {
    return { changes: [], notes: [note('folderEncoding', 'error', texts.folderEncoding(name))] }
  }
  if (!literal) {
    const target = mapNameWithVariables(name, naming)
    const changes = target === undefined ? [] : replaced(string, name, target, texts.folderWithVariables)
    return { changes, notes: [note('variableFolder', 'warning', texts.variableFolder(name, target))] }
  }
  const verdict = mapName(name, naming)
  switch (verdict.how) {
    case 'same':
      return { changes: [], notes: [] }
    case 'target':
      return { changes: [], notes: [note('folderWithoutPrefix', 'info', texts.newName(name))] }
    case 'unknown':
      return { changes: [], notes: [note('unknownFolder', 'warning', texts.unknownFolder(name))] }
    case 'map':
      return { changes: replaced(string, name, verdict.target, texts.folderMapped), notes: [] }
    case 'mutf7': {
      const notes = [note('mutf7Folder', 'warning', texts.mutf7Folder(name, verdict.target))]
      return { changes: replaced(string, name, verdict.target, texts.folderMapped), notes }
    }
    case 'withoutPrefix': {
      const notes = [note('folderWithoutPrefix', 'warning', texts.folderWithoutPrefix(name, verdict.target))]
      return { changes: replaced(string, name, verdict.target, texts.folderMapped), notes }
    }
    case 'parts': {
      const notes = [note('unknownFolder', 'warning', texts.newFolder(name, verdict.target))]
      return { changes: replaced(string, name, verdict.target, texts.folderMapped), notes }
    }
    default:
      return { changes: [], notes: [] }
  }
}

function replaced(
  { start, end }: StringArgument,
  name: string,
  target: string,
  why: string,
): readonly Change[] {
  return name === target ? [] : [{ kind: 'folder', start, end, text: quote(target), why }]
}
