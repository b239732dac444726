import type { StatusDomain, StatusMailbox, StatusReport } from '@iteg/migration'
import { renderTable } from '../ui/table.ts'
import { visible } from '../ui/text.ts'
import { formatBytes, formatCount, formatTime } from '../ui/units.ts'
import { blockedLine, findingsSummary } from './findings.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

/** Where every domain stands and what comes next; with `detailed`, every mailbox too. */
export function renderStatus(report: StatusReport, detailed: boolean, style: RenderStyle): string {
  if (report.domains.length === 0) return 'No domain yet. Start with: ' + style.typed('mailmove survey')
  return blocks([
    domainTable(report.domains, style),
    ...(detailed ? report.domains.map((domain) => renderDomain(domain, style)) : []),
    ...report.domains.map((domain) => todo(domain, detailed, style)),
  ])
}

function domainTable(domains: readonly StatusDomain[], style: RenderStyle): string {
  return renderTable(
    [
      { title: 'domain' },
      { title: 'stage' },
      { title: 'mailboxes', align: 'right' },
      { title: 'made', align: 'right' },
      { title: 'copied', align: 'right' },
      { title: 'verified', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'red', align: 'right' },
      { title: 'since', optional: true },
    ],
    domains.map(({ domain, stage, since, totals, counts }) => [
      domain,
      stage,
      formatCount(totals.mailboxes),
      formatCount(totals.provisioned),
      formatCount(totals.copied),
      formatCount(totals.verified),
      formatBytes(totals.size.bytes),
      counts.red === 0 ? '0' : { text: formatCount(counts.red), style: 'red' },
      since === undefined ? '' : formatTime(new Date(since)),
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
        { title: 'quota', align: 'right', optional: true },
        { title: 'last copy', optional: true },
        { title: 'scripts', align: 'right', optional: true },
        { title: 'note', wraps: true },
      ],
      mailboxes.map((mailbox) => [
        mailbox.mailbox,
        mailbox.state,
        mailbox.size === undefined ? '?' : formatCount(mailbox.size.messages),
        mailbox.size === undefined ? '?' : formatBytes(mailbox.size.bytes),
        mailbox.newQuotaBytes === undefined ? '' : formatBytes(mailbox.newQuotaBytes),
        mailbox.copied === undefined ? '' : formatTime(new Date(mailbox.copied.at)),
        mailbox.exported === undefined ? '' : formatCount(mailbox.exported.scripts),
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

// A domain with a hundred open findings must not push the others off the screen.
const actionsShown = 3

function todo(domain: StatusDomain, detailed: boolean, style: RenderStyle): string {
  const { running, blockedBy, openActions, next } = domain
  const name = visible(domain.domain)
  const shown = detailed ? openActions : openActions.slice(0, actionsShown)
  const hidden = openActions.length - shown.length
  return [
    ...(running === undefined ? [] : [paragraph(`${domain.domain}: ${running}`, '  ', style, '')]),
    ...(blockedBy.length === 0 ? [] : [style.paint('red', blockedLine(domain.domain, blockedBy))]),
    ...shown.flatMap(({ message, command, lines = [] }) => [
      paragraph(message, '    ', style, '  - '),
      ...lines.map((line) => `      ${visible(line)}`),
      ...(command === undefined ? [] : [`    ${visible(style.typed(command))}`]),
    ]),
    ...(hidden > 0 ? [`  and ${formatCount(hidden)} more: ${style.typed(`mailmove status ${name}`)}`] : []),
    ...waits(domain, style),
    next === undefined
      ? `${name}: ${openActions.length === 0 ? 'nothing left to do' : 'nothing more to run'}`
      : `${style.paint('bold', `Next for ${name}:`)} ${visible(style.typed(next))}`,
  ].join('\n')
}

/** What the cut-over would stop at, once it is its turn. */
function waits({ next, mailFlow, domain }: StatusDomain, style: RenderStyle): readonly string[] {
  if (next?.startsWith(`mailmove cutover ${domain}`) !== true) return []
  return (mailFlow?.waitsFor ?? []).map(({ message, until }) =>
    paragraph(`The cut-over waits until ${formatTime(new Date(until))}. ${message}`, '    ', style, '  - '),
  )
}
