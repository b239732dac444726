import { space } from '../syntax/bytes.ts'
import { quote } from '../syntax/quote.ts'
import { commandsOf, stringsOf } from '../syntax/walk.ts'
import type { RewriteContext } from './context.ts'
import type { Change, Draft, Step } from './draft.ts'

/**
 * `fileinto :specialuse "\\Junk" "INBOX.Spam"` (RFC 8579) where the new server lacks the extension: it has a folder for
 * each special use, so that one is named.
 */
export function nameSpecialUseFolders(draft: Draft, context: RewriteContext): Step {
  const { offered, specialUseFolders, texts } = context
  if (!draft.meaning.extensions.has('special-use') || offered.has('special-use'))
    return { changes: [], notes: [] }
  const { source } = draft.script
  const changes: Change[] = []
  for (const command of commandsOf(draft.script)) {
    const sorted = command.name === 'fileinto' ? draft.meaning.argumentsOf(command) : undefined
    const use = draft.meaning.text(sorted?.tags.get('specialuse'))
    const folder = use === undefined ? undefined : specialUseFolders.get(use.toLowerCase())
    const tag = command.arguments.find(
      (argument) => argument.kind === 'tag' && argument.name === 'specialuse',
    )
    const [name] = stringsOf(sorted?.positional[0])
    const value = sorted?.tags.get('specialuse')
    if (use === undefined || folder === undefined || tag === undefined || value === undefined) continue
    if (name === undefined) continue
    const why = texts.specialUse(use, folder)
    const end = source[value.end] === space ? value.end + 1 : value.end
    changes.push({ kind: 'specialUse', start: tag.start, end, text: '', why })
    if (name.value !== folder) {
      changes.push({ kind: 'specialUse', start: name.start, end: name.end, text: quote(folder), why })
    }
  }
  return { changes, notes: [] }
}
