import type { VerifyDomain, VerifyMailbox, VerifyReport } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { count, visible, wrap } from '../ui/text.ts'
import { formatBytes, formatCount } from '../ui/units.ts'
import { renderFailedMailboxes } from './failed-mailboxes.ts'
import { outcomeTable } from './outcome-table.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const colours: Readonly<Record<VerifyMailbox['outcome'], Style>> = {
  equal: 'green',
  different: 'red',
  failed: 'red',
}

const differencesShown = 20

/** Both servers side by side, and every difference by name. */
export function renderVerify(report: VerifyReport, style: RenderStyle): string {
  return blocks([
    ...report.domains.map((domain) => renderDomain(domain, style)),
    ...report.domains.map(({ next }) => nextLine(next, style).join('\n')),
  ])
}

function renderDomain(domain: VerifyDomain, style: RenderStyle): string {
  const { totals } = domain
  const headline =
    domain.outcome === 'equal'
      ? style.paint('green', 'verified') +
        `: all ${count(totals.sourceMessages, 'message')} (${formatBytes(totals.bytes)}) are on the new server, equal in content`
      : `${style.paint('red', domain.outcome)}: ${troubles(domain)}`
  return blocks([
    wrap(`${style.paint('bold', visible(domain.domain))}  ${headline}`, style.width - 2).join('\n  '),
    mailboxTable(domain.mailboxes, style),
    ...domain.mailboxes.map((mailbox) => details(mailbox, style)),
    renderFailedMailboxes(domain.mailboxes, style),
    domain.full ? '' : '  Only some mailboxes were compared: this is no evidence for the cut-over.',
    style.verbose && domain.digest !== undefined ? `  evidence  SHA-256 ${visible(domain.digest)}` : '',
  ])
}

function troubles({ mailboxes, totals }: VerifyDomain): string {
  const failed = mailboxes.filter(({ failure }) => failure !== undefined).length
  return [
    ...(totals.differences > 0 ? [count(totals.differences, 'unexplained difference')] : []),
    ...(failed > 0 ? [`${count(failed, 'mailbox', 'mailboxes')} could not be compared`] : []),
  ].join(', ')
}

function mailboxTable(mailboxes: readonly VerifyMailbox[], style: RenderStyle): string {
  const columns = [
    { title: 'old', of: (mailbox: VerifyMailbox) => mailbox.sourceMessages, always: true },
    { title: 'new', of: (mailbox: VerifyMailbox) => mailbox.targetMessages, always: true },
    { title: 'equal', of: (mailbox: VerifyMailbox) => mailbox.matched, always: true },
    { title: 'explained', of: (mailbox: VerifyMailbox) => mailbox.explained, always: false },
    { title: 'extras', of: (mailbox: VerifyMailbox) => mailbox.extras, always: false },
    { title: 'gone since', of: (mailbox: VerifyMailbox) => mailbox.goneSince, always: false },
    { title: 'differences', of: (mailbox: VerifyMailbox) => mailbox.differenceCount, always: false },
  ]
  return outcomeTable(mailboxes, columns, { colours, bytes: ({ bytes }) => bytes, style })
}

function details({ mailbox, differences, differenceCount }: VerifyMailbox, style: RenderStyle): string {
  const shown = style.verbose ? differences : differences.slice(0, differencesShown)
  const hidden = differenceCount - shown.length
  return [
    ...shown.map(({ kind, folder, uid, subject, detail }) =>
      paragraph(
        `${mailbox}: ${folder}${uid === undefined ? '' : `, UID ${uid}`}${
          subject === undefined ? '' : `, “${subject}”`
        }: ${detail}`,
        '                ',
        style,
        `  ${style.paint('red', kind.padEnd(12))}  `,
      ),
    ),
    ...(hidden > 0
      ? [`  and ${formatCount(hidden)} more${style.verbose ? '' : ' (--verbose, --json)'}`]
      : []),
  ].join('\n')
}
