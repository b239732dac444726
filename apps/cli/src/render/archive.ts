import type { ArchiveDomain, ArchivedMailbox, ArchiveReport, RestoreReport } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { renderTable } from '../ui/table.ts'
import { count, visible } from '../ui/text.ts'
import { formatBytes, formatCount } from '../ui/units.ts'
import { renderFailedMailboxes } from './failed-mailboxes.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

const colours: Readonly<Record<ArchivedMailbox['outcome'], Style>> = {
  done: 'green',
  unchanged: 'green',
  partial: 'yellow',
  failed: 'red',
  planned: 'dim',
}

/** Each mailbox with its archive, and what is missing in it. */
export function renderArchive({ domains }: ArchiveReport, style: RenderStyle): string {
  return blocks(domains.map((domain) => renderDomain(domain, style)))
}

function renderDomain({ domain, folder, mailboxes }: ArchiveDomain, style: RenderStyle): string {
  return blocks([
    `${style.paint('bold', visible(domain))}  ${visible(folder)}`,
    renderTable(
      [
        { title: 'mailbox' },
        { title: 'outcome' },
        { title: 'messages', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'archive', align: 'right' },
      ],
      mailboxes.map(({ mailbox, outcome, messages, bytes, fileBytes }) => [
        mailbox,
        { text: outcome, style: colours[outcome] },
        messages === undefined ? '' : formatCount(messages),
        bytes === undefined ? '' : formatBytes(bytes),
        fileBytes === undefined ? '' : formatBytes(fileBytes),
      ]),
      { ...style, indent: '  ' },
    ),
    mailboxes.flatMap((mailbox) => missing(mailbox, style)).join('\n'),
    renderFailedMailboxes(mailboxes, style),
  ])
}

function missing(
  { mailbox, unreadable = 0, refusedFolders = [] }: ArchivedMailbox,
  style: RenderStyle,
): readonly string[] {
  const parts = [
    ...(unreadable > 0
      ? [`${count(unreadable, 'message')} that the old server lists and does not give`]
      : []),
    ...(refusedFolders.length > 0
      ? [`folders that the old server does not open: ${refusedFolders.join(', ')}`]
      : []),
  ]
  if (parts.length === 0) return []
  return [paragraph(`${mailbox}: not in the archive: ${parts.join('; ')}`, '  ', style)]
}

/** What was put back, folder by folder. */
export function renderRestore(report: RestoreReport, style: RenderStyle): string {
  const { totals, dryRun, folders, missing: lost, changed, refusals } = report
  const when = new Date(report.archivedAt).toLocaleString('sv-SE')
  return blocks([
    [
      style.paint('bold', visible(report.archive)),
      `  ${visible(report.mailbox)} of ${when}: ${count(totals.messages, 'message')}, checked`,
      `  → ${visible(report.to)} on ${visible(report.server)}`,
    ].join('\n'),
    renderTable(
      [
        { title: 'old folder', wraps: true },
        { title: 'new folder', wraps: true },
        { title: 'restored', align: 'right' },
        { title: 'were there', align: 'right' },
        { title: 'failed', align: 'right' },
      ],
      folders.map((folder) => [
        folder.source,
        folder.target,
        formatCount(folder.restored),
        formatCount(folder.alreadyThere),
        formatCount(folder.failed),
      ]),
      { ...style, indent: '  ' },
    ),
    dryRun
      ? 'Dry run: the archive was checked, nothing was written.'
      : `${count(totals.restored, 'message')} restored, ${formatCount(totals.alreadyThere)} were there. Read again: ${
          lost === 0 && changed === 0
            ? 'all of it is there, with flags and dates.'
            : `${formatCount(lost)} missing, ${formatCount(changed)} with other flags or dates.`
        }`,
    refusals.map((text) => paragraph(`The server said: ${text}`, '  ', style)).join('\n'),
  ])
}
