import { type CopyDomain, type CopyMailbox, type CopyReport, rangeText } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { count, visible } from '../ui/text.ts'
import { formatBytes, formatCount, formatDuration } from '../ui/units.ts'
import { renderFailedMailboxes } from './failed-mailboxes.ts'
import { outcomeTable } from './outcome-table.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const colours: Readonly<Record<CopyMailbox['outcome'], Style>> = {
  done: 'green',
  unchanged: 'green',
  failed: 'red',
  planned: 'dim',
}

/** The fates of all messages, mailbox by mailbox, and everything that needs a look by name. */
export function renderCopy(report: CopyReport, style: RenderStyle): string {
  return blocks([
    ...report.domains.map((domain) => renderCopyDomain(domain, style, report.durationMs)),
    ...report.domains.map(({ next }) => nextLine(next, style).join('\n')),
  ])
}

/** `durationMs`: how long the whole run took, where it is to be told. */
export function renderCopyDomain(domain: CopyDomain, style: RenderStyle, durationMs?: number): string {
  return blocks([
    `${style.paint('bold', visible(domain.domain))}  ${headline(domain, durationMs)}`,
    mailboxTable(domain.mailboxes, style),
    ...domain.mailboxes.map((mailbox) => details(mailbox, style)),
    forecastLine(domain, style),
    wayOut(domain, style),
    renderFailedMailboxes(domain.mailboxes, style),
  ])
}

function headline({ outcome, totals, mailboxes }: CopyDomain, durationMs: number | undefined): string {
  const failed = mailboxes.filter((mailbox) => mailbox.outcome === 'failed').length
  const amount = `${count(totals.copied, 'message')} (${formatBytes(totals.bytesCopied)})`
  switch (outcome) {
    case 'done':
      return `done: ${amount} copied${durationMs === undefined ? '' : ` in ${formatDuration(durationMs)}`}`
    case 'unchanged':
      return `nothing to do: all ${count(totals.sourceMessages, 'message')} are there already`
    case 'planned':
      return 'dry run: nothing was copied'
    case 'partial':
    case 'failed':
      return `${count(failed, 'mailbox', 'mailboxes')} of ${formatCount(mailboxes.length)} failed; ${amount} copied`
    default:
      return outcome satisfies never
  }
}

function mailboxTable(mailboxes: readonly CopyMailbox[], style: RenderStyle): string {
  if (mailboxes.length === 0) return ''
  const columns = [
    { title: 'source', of: (mailbox: CopyMailbox) => mailbox.sourceMessages, always: true },
    { title: 'copied', of: (mailbox: CopyMailbox) => mailbox.fates.copied, always: true },
    { title: 'there', of: (mailbox: CopyMailbox) => mailbox.fates.alreadyThere, always: true },
    { title: 'set aside', of: (mailbox: CopyMailbox) => mailbox.fates.setAside, always: false },
    { title: 'excluded', of: (mailbox: CopyMailbox) => mailbox.fates.excluded, always: false },
    { title: 'vanished', of: (mailbox: CopyMailbox) => mailbox.fates.vanished, always: false },
  ]
  return outcomeTable(mailboxes, columns, { colours, bytes: ({ bytesCopied }) => bytesCopied, style })
}

/** The forecast held against the fact; of a small delta nobody wants to read it. */
function forecastLine({ forecast }: CopyDomain, style: RenderStyle): string {
  if (forecast === undefined || forecast.actualMs < 60_000) return ''
  const { actualMs, forecast: said, verdict } = forecast
  const how = verdict === 'within' ? 'as forecast' : `${verdict} than forecast`
  return paragraph(`It took ${formatDuration(actualMs)}, ${how} (${rangeText(said)}).`, '  ', style)
}

/** What is set aside fails nothing, and is not copied either: somebody has to say that this is as it should be. */
function wayOut({ domain, mailboxes }: CopyDomain, style: RenderStyle): string {
  const open = mailboxes.flatMap(({ setAside }) => setAside.filter(({ accepted }) => accepted === undefined))
  if (open.length === 0) return ''
  const command = `mailmove accept ${visible(domain)} message-set-aside --reason "..."`
  const what = `${count(open.length, 'message')} not copied. Once the owners have them, let that pass:`
  return `  ${what}\n  ${style.typed(command)}`
}

function details({ mailbox, warnings, setAside }: CopyMailbox, style: RenderStyle): string {
  return [
    ...warnings.map((warning) =>
      paragraph(
        `${mailbox}: ${warning}`,
        '             ',
        style,
        `  ${style.paint('yellow', 'warning')}    `,
      ),
    ),
    ...setAside.map(({ folder, uid, subject, reason, file, accepted }) =>
      paragraph(
        `${mailbox}: ${folder}, UID ${uid}${subject === undefined ? '' : `, “${subject}”`}: ${reason}${
          file === undefined ? '' : `; kept as ${file}`
        }${accepted === undefined ? '' : `; accepted: ${accepted}`}`,
        '             ',
        style,
        `  ${style.paint(accepted === undefined ? 'red' : 'yellow', 'set aside')}  `,
      ),
    ),
  ].join('\n')
}
