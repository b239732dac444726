import {
  type AnnounceReport,
  countFindings,
  type NoticeDomain,
  type NoticeResult,
  type WarnReport,
} from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { renderTable } from '../ui/table.ts'
import { count, visible } from '../ui/text.ts'
import { formatCount, formatTime } from '../ui/units.ts'
import { findingsSummary, renderFindings } from './findings.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const colours: Readonly<Record<NoticeResult['outcome'], Style>> = {
  sent: 'green',
  found: 'green',
  already: 'green',
  planned: 'dim',
  letter: 'yellow',
  refused: 'red',
  failed: 'red',
  'in-doubt': 'red',
}

/** Of many recipients only those that need somebody are named; `--verbose` and `--json` have all. */
const namedUpTo = 40

const ways: Readonly<Record<NoticeResult['via'], string>> = { append: 'old mailbox', smtp: 'mail' }

/** Who was told what, who was not and why, and whose letter is to be passed on. */
export function renderNotices(report: WarnReport | AnnounceReport, style: RenderStyle): string {
  return blocks([
    ...report.domains.map((domain) => renderDomain(domain, style)),
    ...report.domains.map(({ next }) => nextLine(next, style).join('\n')),
  ])
}

function renderDomain(domain: NoticeDomain, style: RenderStyle): string {
  return blocks([
    `${style.paint('bold', visible(domain.domain))}  ${headline(domain)}`,
    renderNoticeLines(domain.notices, style),
    silent(domain, style),
    gate(domain, style),
    domain.findings.length === 0 ? '' : `  ${findingsSummary(countFindings(domain.findings))}`,
    renderFindings(domain.findings, style),
  ])
}

function headline({ outcome, counts, notices }: NoticeDomain): string {
  const { sent, already, letters: printed, failed, inDoubt } = counts
  if (outcome === 'planned')
    return `dry run: ${count(notices.filter((each) => each.outcome === 'planned').length, 'notice')} would be sent, nothing was`
  const parts = [
    `${count(sent, 'notice')} sent`,
    ...(already > 0 ? [`${formatCount(already)} sent before`] : []),
    ...(printed > 0 ? [`${count(printed, 'letter')} to pass on`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(inDoubt > 0 ? [`${formatCount(inDoubt)} in doubt`] : []),
  ]
  return parts.join(', ')
}

/** The notices of one run: what became of each, what went wrong, which letters wait. */
export function renderNoticeLines(notices: readonly NoticeResult[], style: RenderStyle): string {
  return blocks([
    table({ notices }, style),
    problems({ notices }, style),
    leftOut({ notices }, style),
    letters({ notices }, style),
  ])
}

function table({ notices }: Pick<NoticeDomain, 'notices'>, style: RenderStyle): string {
  const shown =
    style.verbose || notices.length <= namedUpTo
      ? notices
      : notices.filter(({ outcome }) => outcome !== 'sent' && outcome !== 'already')
  if (shown.length === 0) return ''
  return renderTable(
    [
      { title: 'recipient' },
      { title: 'notice' },
      { title: 'language', optional: true },
      { title: 'way', optional: true },
      { title: 'outcome' },
    ],
    shown.map(({ recipient, kind, language, via, outcome }) => [
      recipient,
      kind,
      language,
      ways[via],
      { text: outcome, style: colours[outcome] },
    ]),
    { ...style, indent: '  ' },
  )
}

/** What a server said, and what helps: bounces known at sending are here too. */
function problems({ notices }: Pick<NoticeDomain, 'notices'>, style: RenderStyle): string {
  return notices
    .filter(({ outcome }) => outcome === 'refused' || outcome === 'failed' || outcome === 'in-doubt')
    .map(({ recipient, outcome, message = 'It is not known why.', remedy }) =>
      [
        paragraph(
          `${recipient}: ${message}`,
          '            ',
          style,
          `  ${style.paint('red', outcome.padEnd(8))}  `,
        ),
        ...(remedy === undefined
          ? []
          : [paragraph(style.typed(remedy), '            ', style, '          → ')]),
      ].join('\n'),
    )
    .join('\n')
}

/** Their owners have to get them in another way. */
function leftOut({ notices }: Pick<NoticeDomain, 'notices'>, style: RenderStyle): string {
  const lines = notices.flatMap(({ recipient, leftOut: files = [] }) =>
    files.length === 0 ? [] : [paragraph(`${recipient}: ${files.join(', ')}`, '    ', style)],
  )
  return lines.length === 0
    ? ''
    : ['  Too large for the mail (they are in the folder of the export):', ...lines].join('\n')
}

function letters({ notices }: Pick<NoticeDomain, 'notices'>, style: RenderStyle): string {
  const printed = notices.filter(({ letter }) => letter !== undefined)
  if (printed.length === 0) return ''
  return [
    '  Letters to print and pass on (they may hold a password):',
    ...printed.map(({ letter = '' }) => paragraph(letter, '    ', style)),
  ].join('\n')
}

function silent({ silent: quiet }: NoticeDomain, style: RenderStyle): string {
  if (quiet.length === 0) return ''
  const shown = style.verbose ? quiet : quiet.slice(0, 10)
  return [
    ...shown.map(({ recipient, reason }) => paragraph(`${recipient} gets none: ${reason}.`, '  ', style)),
    ...(shown.length < quiet.length
      ? [`  and ${quiet.length - shown.length} more (--verbose names them)`]
      : []),
  ].join('\n')
}

function gate({ gate: waiting }: NoticeDomain, style: RenderStyle): string {
  if (waiting === undefined) return ''
  const { warnedAt, daysAhead, cutoverFrom } = waiting
  return paragraph(
    `Warned on ${formatTime(new Date(warnedAt))}; ${count(daysAhead, 'day')} ahead: cut-over from ${formatTime(new Date(cutoverFrom))}.`,
    '  ',
    style,
  )
}
