import { countFindings, type ExportDomain, type ExportMailbox, type ExportReport } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { renderTable } from '../ui/table.ts'
import { count, visible } from '../ui/text.ts'
import { formatCount } from '../ui/units.ts'
import { renderFailedMailboxes } from './failed-mailboxes.ts'
import { findingsSummary, renderFindings } from './findings.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const colours: Readonly<Record<ExportMailbox['outcome'], Style>> = {
  done: 'green',
  unchanged: 'green',
  failed: 'red',
  planned: 'dim',
}

/** What was exported, mailbox by mailbox, and what will not work on the new server. */
export function renderExport(report: ExportReport, style: RenderStyle): string {
  return blocks([
    ...report.domains.map((domain) => renderDomain(domain, style)),
    where(report, style),
    ...report.domains.map(({ next }) => nextLine(next, style).join('\n')),
  ])
}

function renderDomain(domain: ExportDomain, style: RenderStyle): string {
  return blocks([
    `${style.paint('bold', visible(domain.domain))}  ${headline(domain)}`,
    mailboxTable(domain.mailboxes, style),
    [
      ...domain.mailboxes.flatMap((mailbox) => details(mailbox, style)),
      ...unchecked(domain.mailboxes, style),
    ].join('\n'),
    renderFailedMailboxes(domain.mailboxes, style),
    domain.findings.length === 0 ? '' : `  ${findingsSummary(countFindings(domain.findings))}`,
    renderFindings(domain.findings, style),
  ])
}

function headline({ outcome, totals, mailboxes }: ExportDomain): string {
  const failed = mailboxes.filter((mailbox) => mailbox.outcome === 'failed').length
  const amount = amounts(totals)
  switch (outcome) {
    case 'done':
      return `done: ${amount}`
    case 'unchanged':
      return `nothing to do: ${amount} exported already`
    case 'planned':
      return `dry run: ${amount} would be exported, nothing was written`
    case 'partial':
    case 'failed':
      return `${count(failed, 'mailbox', 'mailboxes')} of ${formatCount(mailboxes.length)} failed; ${amount} exported`
    default:
      return outcome satisfies never
  }
}

/** What is there: scripts always, contacts where there are any. */
function amounts({ scripts, contacts }: ExportDomain['totals']): string {
  return [count(scripts, 'Sieve script'), ...(contacts === 0 ? [] : [count(contacts, 'contact')])].join(
    ' and ',
  )
}

function mailboxTable(mailboxes: readonly ExportMailbox[], style: RenderStyle): string {
  const shown = mailboxes.filter(
    ({ filters, addressBooks, outcome }) =>
      outcome === 'failed' || filters?.scripts.length !== 0 || addressBooks !== undefined,
  )
  if (shown.length === 0) return ''
  return renderTable(
    [
      { title: 'mailbox' },
      { title: 'outcome' },
      { title: 'scripts', align: 'right' },
      { title: 'contacts', align: 'right' },
      { title: 'for mailcow', wraps: true, optional: true },
      { title: 'active', wraps: true, optional: true },
    ],
    shown.map((mailbox) => [
      mailbox.mailbox,
      { text: mailbox.outcome, style: colours[mailbox.outcome] },
      scriptCount(mailbox),
      contactCount(mailbox),
      verdicts(mailbox),
      activeScript(mailbox),
    ]),
    { ...style, indent: '  ' },
  )
}

function presentScripts({ filters }: ExportMailbox): NonNullable<ExportMailbox['filters']>['scripts'] {
  return (filters?.scripts ?? []).filter(({ state }) => state === 'present')
}

function scriptCount(mailbox: ExportMailbox): string {
  if (mailbox.filters === undefined) return '?'
  const removed = mailbox.filters.scripts.length - presentScripts(mailbox).length
  return `${formatCount(presentScripts(mailbox).length)}${removed === 0 ? '' : ` (${formatCount(removed)} gone)`}`
}

/** Of all books: the user's own, and what Roundcube collected. */
function contactCount({ addressBooks }: ExportMailbox): string {
  if (addressBooks === undefined) return ''
  return formatCount(addressBooks.books.reduce((sum, { contacts }) => sum + contacts, 0))
}

function activeScript(mailbox: ExportMailbox): string {
  return (
    presentScripts(mailbox).find(({ active }) => active)?.name ?? (mailbox.filters === undefined ? '' : '-')
  )
}

function verdicts(mailbox: ExportMailbox): string {
  const scripts = presentScripts(mailbox)
  return (['accepted', 'unchecked', 'refused'] as const)
    .map((verdict) => ({ verdict, number: scripts.filter((script) => script.verdict === verdict).length }))
    .filter(({ number }) => number > 0)
    .map(({ verdict, number }) => `${formatCount(number)} ${verdict}`)
    .join(', ')
}

function details(mailbox: ExportMailbox, style: RenderStyle): readonly string[] {
  return [
    ...(mailbox.filters?.warnings ?? []).map((warning) =>
      paragraph(
        `${mailbox.mailbox}: ${warning}`,
        '             ',
        style,
        `  ${style.paint('yellow', 'warning')}    `,
      ),
    ),
    ...installLine(mailbox, style),
    ...importLine(mailbox, style),
    ...(style.verbose ? [...scriptLines(mailbox, style), ...addressBookLines(mailbox, style)] : []),
  ]
}

/** Why mailcow did not check scripts; mostly one reason for many mailboxes. */
function unchecked(mailboxes: readonly ExportMailbox[], style: RenderStyle): readonly string[] {
  const byReason = new Map<string, Set<string>>()
  for (const mailbox of mailboxes) {
    // A failure says why by itself.
    const judged = mailbox.failure === undefined ? presentScripts(mailbox) : []
    for (const { reason } of judged)
      if (reason !== undefined) byReason.set(reason, (byReason.get(reason) ?? new Set()).add(mailbox.mailbox))
  }
  return Array.from(byReason, ([reason, names]) => {
    const [only] = names
    const whose = names.size === 1 && only !== undefined ? only : count(names.size, 'mailbox', 'mailboxes')
    return paragraph(`${whose}: ${reason}`, '             ', style, `  ${style.paint('dim', 'unchecked')}  `)
  })
}

/** Without a script that could be put there, nothing is worth a line. */
function installLine({ mailbox, filters, failure }: ExportMailbox, style: RenderStyle): readonly string[] {
  const { install } = filters ?? {}
  if (install === undefined || install.outcome === 'none' || failure !== undefined) return []
  return [
    paragraph(
      `${mailbox}: ${install.message}`,
      '             ',
      style,
      `  ${style.paint('green', 'mailcow')}    `,
    ),
  ]
}

function importLine(
  { mailbox, addressBooks, failure }: ExportMailbox,
  style: RenderStyle,
): readonly string[] {
  const found = addressBooks?.import
  if (found === undefined || found.outcome === 'none' || failure !== undefined) return []
  const books = style.verbose
    ? found.books.map(
        ({ name, present, written, updated, unchanged, changedThere, deletedThere, foreign, refused }) =>
          paragraph(
            present
              ? [
                  `${name}: ${formatCount(written)} written`,
                  `${formatCount(updated)} updated`,
                  `${formatCount(unchanged)} there already`,
                  `${formatCount(changedThere + deletedThere + foreign)} left as they are`,
                  `${formatCount(refused)} refused`,
                ].join(', ')
              : `${name}: the user removed this book; it stays removed.`,
            '               ',
            style,
            '             - ',
          ),
      )
    : []
  return [
    paragraph(
      `${mailbox}: ${found.message}`,
      '             ',
      style,
      `  ${style.paint('green', 'SOGo')}       `,
    ),
    ...books,
  ]
}

function scriptLines(mailbox: ExportMailbox, style: RenderStyle): readonly string[] {
  return (mailbox.filters?.scripts ?? []).flatMap(({ name, original, rewritten, changes, losses }) => [
    paragraph(`${mailbox.mailbox}: ${name}: ${original}`, '             ', style, '             '),
    ...(rewritten === undefined ? [] : [paragraph(rewritten, '               ', style)]),
    ...[...changes, ...losses].map((line) => paragraph(line, '               ', style, '             - ')),
  ])
}

function addressBookLines({ mailbox, addressBooks }: ExportMailbox, style: RenderStyle): readonly string[] {
  return (addressBooks?.files ?? []).map((file) =>
    paragraph(`${mailbox}: ${file}`, '             ', style, '             '),
  )
}

function where({ directory, domains, globalScripts, dryRun }: ExportReport, style: RenderStyle): string {
  const isEmpty = domains.every(({ mailboxes }) =>
    mailboxes.every((mailbox) => mailbox.directory === undefined),
  )
  if (dryRun || (isEmpty && globalScripts.length === 0)) return ''
  const own =
    globalScripts.length === 0 ? '' : ` (and ${count(globalScripts.length, 'script')} of the server itself)`
  return paragraph(`Files${own}: ${directory}`, '', style)
}
