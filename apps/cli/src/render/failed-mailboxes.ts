import type { CopyMailbox } from '@iteg/migration'
import { paragraph, type RenderStyle } from './style.ts'

interface FailedMailbox {
  readonly mailbox: string
  readonly failure?: NonNullable<CopyMailbox['failure']>
}

/** Every mailbox that failed, by name; those that failed alike share one explanation. */
export function renderFailedMailboxes(mailboxes: readonly FailedMailbox[], style: RenderStyle): string {
  const failed = mailboxes.flatMap(({ mailbox, failure }) =>
    failure === undefined ? [] : [{ mailbox, ...failure }],
  )
  const alike = Map.groupBy(failed, ({ message, remedy }) => JSON.stringify([message, remedy]))
  const indent = ' '.repeat(13)
  return Array.from(alike.values(), (group) => {
    const names = group.map(({ mailbox }) => mailbox).join(', ')
    const [first] = group
    return [
      paragraph(names, indent, style, `  ${style.paint('red', 'failed')}     `),
      paragraph(first?.message ?? '', indent, style),
      paragraph(style.typed(first?.remedy ?? ''), indent, style, `${' '.repeat(11)}→ `),
    ].join('\n')
  }).join('\n\n')
}
