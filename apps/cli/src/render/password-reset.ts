import type { PasswordResetReport } from '@iteg/migration'
import { visible } from '../ui/text.ts'
import { formatTime } from '../ui/units.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const passwords: Readonly<Record<PasswordResetReport['password'], string>> = {
  set: 'a new initial password is set on mailcow',
  resumed: 'the new password of an interrupted run is set on mailcow',
  planned: 'dry run: a new initial password would be set and mailed, nothing was done',
}

/** What became of a new password; never the password. */
export function renderPasswordReset(report: PasswordResetReport, style: RenderStyle): string {
  const { mailbox, password, changedAt, notice, next } = report
  const at = changedAt === undefined ? '' : ` (${formatTime(new Date(changedAt))})`
  return blocks([
    `${style.paint('bold', visible(mailbox))}  ${passwords[password]}${at}`,
    [
      ...(notice === undefined ? [] : [`  Its mail into the old mailbox: ${notice.outcome}`]),
      ...(notice?.message === undefined ? [] : [paragraph(notice.message, '    ', style)]),
      ...(notice?.remedy === undefined ? [] : [paragraph(style.typed(notice.remedy), '    ', style, '  → ')]),
      ...(notice?.letter === undefined
        ? []
        : [paragraph(`Print and pass on, it holds the password: ${notice.letter}`, '    ', style, '  ')]),
    ].join('\n'),
    nextLine(next, style).join('\n'),
  ])
}
