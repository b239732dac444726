import { quote } from '../syntax/quote.ts'
import { commandsOf, stringsOf } from '../syntax/walk.ts'
import type { RewriteContext } from './context.ts'
import type { Change, Draft, Note, Step } from './draft.ts'

/** `include :global`: the old server's scripts for all are not on the new one, unless the caller installs them. */
export function rewriteIncludes(draft: Draft, context: RewriteContext): Step {
  const { texts, globalScript, server } = context
  const changes: Change[] = []
  const notes: Note[] = []
  for (const command of commandsOf(draft.script)) {
    const sorted = command.name === 'include' ? draft.meaning.argumentsOf(command) : undefined
    const [script] = stringsOf(sorted?.positional[0])
    if (sorted === undefined || script === undefined) continue
    const name = draft.meaning.interpret(script).text
    const offset = command.start
    if (!sorted.tags.has('global')) {
      if (!sorted.tags.has('optional'))
        notes.push({ code: 'personalInclude', severity: 'info', offset, ...texts.personalInclude(name) })
      continue
    }
    const personal = globalScript(name)
    if (personal !== undefined) {
      const tag = command.arguments.find((argument) => argument.kind === 'tag' && argument.name === 'global')
      const why = texts.globalScriptInstalled(name, personal)
      if (tag !== undefined)
        changes.push({ kind: 'include', start: tag.start, end: tag.end, text: ':personal', why })
      if (personal !== name)
        changes.push({ kind: 'include', start: script.start, end: script.end, text: quote(personal), why })
    } else if (server.includes?.global !== true) {
      notes.push({ code: 'globalInclude', severity: 'error', offset, ...texts.globalInclude(name) })
    }
  }
  return { changes, notes }
}
