import { visible } from '../ui/text.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

export interface InitDocument {
  readonly schema: 'mailmove.init/1'
  readonly dryRun: false
  readonly config: string
  readonly key: string
  readonly written: readonly string[]
  readonly kept: readonly string[]
  /** Environment variables that the configuration refers to. */
  readonly variables: readonly string[]
  /** Inventory files that are not there yet. */
  readonly missing: readonly string[]
  readonly next: string
}

/** What was written, what was left alone, and what the admin does next. */
export function renderInit(document: InitDocument, style: RenderStyle): string {
  const { written, kept, key, variables, missing } = document
  const todo = [
    ...(written.includes(key) ? ['Keep a copy of the key elsewhere: it opens the initial passwords.'] : []),
    ...(variables.length === 0
      ? []
      : [`Set ${variables.join(', ')} in the environment (read -rs NAME; export NAME).`]),
    ...missing.map(
      (file) => `Write the inventory, ${file}: the old server's domains, mailboxes and aliases.`,
    ),
  ]
  return blocks([
    [
      ...written.map((file) => `${style.paint('green', 'written')}  ${visible(file)}`),
      ...kept.map((file) => `kept     ${visible(file)} (it was there already)`),
    ].join('\n'),
    todo.map((line, index) => paragraph(line, '   ', style, `${index + 1}. `)).join('\n'),
    nextLine(document.next, style).join('\n'),
  ])
}
