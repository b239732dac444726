import type { StatusDomain, StatusMailbox, StatusReport } from '@iteg/migration'
import { renderTable } from '../ui/table.ts'
import { visible } from '../ui/text.ts'
import { formatBytes, formatCount, formatTime } from '../ui/units.ts'
import { blockedLine, findingsSummary, renderFindings } from './findings.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

/** Where every domain stands and what comes next; with `detailed`, every mailbox too. */
export function renderStatus(report: StatusReport, detailed: boolean, style: RenderStyle): string {
  if (report.domains.length === 0) return 'No domain yet. Start with: ' + style.typed('mailmove survey')
  return blocks([
    domainTable(report.domains, style),
    ...(detailed ? report.domains.map((domain) => renderDomain(domain, style)) : []),
    ...report.domains.map((domain) => todo(domain, style)),
  ])
}

function domainTable(domains: readonly StatusDomain[], style: RenderStyle): string {
  return renderTable(
    [
      { title: 'domain' },
      { title: 'stage' },
      { title: 'since' },
      { title: 'mailboxes', align: 'right' },
      { title: 'made', align: 'right' },
      { title: 'copied', align: 'right' },
      { title: 'verified', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'red', align: 'right' },
    ],
    domains.map(({ domain, stage, since, totals, counts }) => [
      domain,
      stage,
      since === undefined ? '' : formatTime(new Date(since)),
      formatCount(totals.mailboxes),
      formatCount(totals.provisioned),
      formatCount(totals.copied),
      formatCount(totals.verified),
      formatBytes(totals.size.bytes),
      counts.red === 0 ? '0' : { text: formatCount(counts.red), style: 'red' },
    ]),
    style,
  )
}

function renderDomain({ domain, mailboxes, counts }: StatusDomain, style: RenderStyle): string {
  return blocks([
    `${style.paint('bold', visible(domain))}  ${findingsSummary(counts)}`,
    renderTable(
      [
        { title: 'mailbox' },
        { title: 'state' },
        { title: 'messages', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'quota', align: 'right' },
        { title: 'last copy' },
        { title: 'note', wraps: true },
      ],
      mailboxes.map((mailbox) => [
        mailbox.mailbox,
        mailbox.state,
        mailbox.size === undefined ? '?' : formatCount(mailbox.size.messages),
        mailbox.size === undefined ? '?' : formatBytes(mailbox.size.bytes),
        mailbox.newQuotaBytes === undefined ? '' : formatBytes(mailbox.newQuotaBytes),
        mailbox.copied === undefined ? '' : formatTime(new Date(mailbox.copied.at)),
        note(mailbox),
      ]),
      { ...style, indent: '  ' },
    ),
  ])
}

function note({ problem, copied, verified }: StatusMailbox): string {
  return [
    ...(problem === undefined ? [] : [problem]),
    ...(copied === undefined || copied.setAside === 0 ? [] : [`${formatCount(copied.setAside)} set aside`]),
    ...(verified === undefined || verified.equal ? [] : ['verify found differences']),
  ].join('; ')
}

function todo({ domain, running, blockedBy, openActions, next }: StatusDomain, style: RenderStyle): string {
  return [
    ...(running === undefined ? [] : [paragraph(`${domain}: ${running}`, '  ', style, '')]),
    ...(blockedBy.length === 0
      ? []
      : [style.paint('red', blockedLine(domain, blockedBy)), '', renderFindings(blockedBy, style), '']),
    ...openActions.map(({ message, command }) =>
      [
        paragraph(`${domain}: ${message}`, '  ', style, ''),
        ...(command === undefined ? [] : [`  ${visible(style.typed(command))}`]),
      ].join('\n'),
    ),
    next === undefined
      ? `${visible(domain)}: nothing left to do`
      : `${style.paint('bold', `Next for ${visible(domain)}:`)} ${visible(style.typed(next))}`,
  ].join('\n')
}
