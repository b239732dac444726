import { rangeText, type SurveyDomain, type SurveyMailbox, type SurveyReport } from '@iteg/migration'
import { renderTable } from '../ui/table.ts'
import { count, visible } from '../ui/text.ts'
import { formatBytes, formatCount } from '../ui/units.ts'
import { findingsSummary, renderFindings } from './findings.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const onMailcow = { absent: [], ours: ['on mailcow'], foreign: ['on mailcow, not ours'] } as const

/** A table of mailboxes and the findings by severity, domain by domain. */
export function renderSurvey(report: SurveyReport, style: RenderStyle): string {
  return blocks([
    ...report.domains.map((domain) => renderDomain(domain, style)),
    report.skipped
      .map(({ domain, reason }) =>
        paragraph(`${domain}: ${reason}`, '  ', style, `${style.paint('yellow', 'skipped')}  `),
      )
      .join('\n'),
    nextLine(report.next, style).join('\n'),
  ])
}

function renderDomain(domain: SurveyDomain, style: RenderStyle): string {
  return blocks([
    heading(domain, style),
    mailboxTable(domain, style),
    style.verbose ? folderTable(domain, style) : '',
    renderFindings(domain.findings, style),
  ])
}

function heading(domain: SurveyDomain, style: RenderStyle): string {
  const { totals } = domain
  const facts = [
    count(totals.mailboxes, 'mailbox', 'mailboxes'),
    count(totals.messages, 'message'),
    formatBytes(totals.bytes),
    count(domain.aliases, 'alias', 'aliases'),
    ...(domain.forwards > 0 ? [count(domain.forwards, 'forward')] : []),
    ...(totals.filters > 0 ? [`${count(totals.filters, 'mailbox', 'mailboxes')} with filters`] : []),
    ...(totals.contacts > 0
      ? [`${count(totals.contacts, 'contact')} in ${count(totals.addressBooks, 'address book')}`]
      : []),
    ...(domain.catchAll ? ['catch-all'] : []),
    ...(domain.aliasDomains.length > 0
      ? [`alias domains ${domain.aliasDomains.map(visible).join(', ')}`]
      : []),
    findingsSummary(domain.counts),
  ]
  return [
    style.paint('bold', visible(domain.domain)),
    paragraph(facts.join(' · '), '  ', style),
    ...forecastLines(domain, style),
  ].join('\n')
}

/** How long it will take, and whether that is known or a guess. */
function forecastLines({ forecast, totals }: SurveyDomain, style: RenderStyle): string[] {
  if (forecast === undefined || totals.messages === 0) return []
  const { copy, lastDelta, basis, copies } = forecast
  const by =
    basis === 'measured' ? `by ${count(copies, 'copy', 'copies')} measured here` : 'nothing measured here yet'
  return [paragraph(`copy: ${rangeText(copy)}; last delta: ${rangeText(lastDelta)} (${by})`, '  ', style)]
}

function mailboxTable({ mailboxes }: SurveyDomain, style: RenderStyle): string {
  if (mailboxes.length === 0) return '  no mailboxes'
  return renderTable(
    [
      { title: 'mailbox' },
      { title: 'messages', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'folders', align: 'right', optional: true },
      { title: 'old quota', align: 'right', optional: true },
      { title: 'new quota', align: 'right' },
      { title: 'filters', optional: true },
      { title: 'contacts', align: 'right', optional: true },
      { title: 'note', wraps: true },
    ],
    mailboxes.map((mailbox) => [
      mailbox.address,
      mailbox.size === undefined ? '?' : formatCount(mailbox.size.messages),
      mailbox.size === undefined ? '?' : formatBytes(mailbox.size.bytes),
      mailbox.size === undefined ? '?' : formatCount(mailbox.folders.length),
      mailbox.oldQuotaBytes === null ? 'unlimited' : formatBytes(mailbox.oldQuotaBytes),
      formatBytes(mailbox.newQuotaBytes),
      filters(mailbox),
      contacts(mailbox),
      note(mailbox),
    ]),
    { ...style, indent: '  ' },
  )
}

/** What the active script does; `off` when there are scripts, but none is active. */
function filters({ filters: found }: SurveyMailbox): string {
  if (found === undefined || found.scripts === 0) return ''
  return found.kinds?.join(', ') ?? 'off'
}

/** The user's own, and those that Roundcube collected. */
function contacts({ addressBooks }: SurveyMailbox): string {
  if (addressBooks === undefined || addressBooks.books === 0) return ''
  const { contacts: own, collected } = addressBooks
  return `${formatCount(own)}${collected === 0 ? '' : ` + ${formatCount(collected)}`}`
}

function note(mailbox: SurveyMailbox): string {
  const notes = [
    ...(mailbox.skipped ? ['skipped'] : []),
    ...(mailbox.active ? [] : ['inactive']),
    ...(mailbox.size === undefined && !mailbox.skipped ? ['not read'] : []),
    ...(mailbox.logins?.usesPop3 === true ? ['POP3'] : []),
    ...onMailcow[mailbox.onMailcow],
  ]
  return notes.join(', ')
}

function folderTable({ mailboxes }: SurveyDomain, style: RenderStyle): string {
  const rows = mailboxes.flatMap(({ address, folders }) =>
    folders.map((folder) => [
      address,
      folder.source,
      folder.target ?? '(left out)',
      formatCount(folder.messages),
    ]),
  )
  if (rows.length === 0) return ''
  return renderTable(
    [
      { title: 'mailbox' },
      { title: 'old folder', wraps: true },
      { title: 'new folder', wraps: true },
      { title: 'messages', align: 'right' },
    ],
    rows,
    { ...style, indent: '  ' },
  )
}
