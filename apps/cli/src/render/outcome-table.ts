import type { Style } from '../ui/paint.ts'
import { renderTable } from '../ui/table.ts'
import { formatBytes, formatCount } from '../ui/units.ts'
import type { RenderStyle } from './style.ts'

export interface CountColumn<Mailbox> {
  readonly title: string
  readonly of: (mailbox: Mailbox) => number
  /** False: shown only where some mailbox has any. */
  readonly always: boolean
}

export interface OutcomeTableOptions<Mailbox, Outcome extends string> {
  readonly colours: Readonly<Record<Outcome, Style>>
  readonly bytes: (mailbox: Mailbox) => number
  readonly style: RenderStyle
}

/** A line a mailbox: how it ended, its counts, its size. */
export function outcomeTable<
  Outcome extends string,
  Mailbox extends { readonly mailbox: string; readonly outcome: Outcome },
>(
  mailboxes: readonly Mailbox[],
  columns: readonly CountColumn<Mailbox>[],
  { colours, bytes, style }: OutcomeTableOptions<Mailbox, Outcome>,
): string {
  const shown = columns.filter(({ of, always }) => always || mailboxes.some((mailbox) => of(mailbox) > 0))
  return renderTable(
    [
      { title: 'mailbox' },
      { title: 'outcome' },
      ...shown.map(({ title }) => ({ title, align: 'right' as const })),
      { title: 'size', align: 'right' },
    ],
    mailboxes.map((mailbox) => [
      mailbox.mailbox,
      { text: mailbox.outcome, style: colours[mailbox.outcome] },
      ...shown.map(({ of }) => formatCount(of(mailbox))),
      formatBytes(bytes(mailbox)),
    ]),
    { ...style, indent: '  ' },
  )
}
