import type { MigrateDomain, MigrateReport, MigrateStageResult } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { visible } from '../ui/text.ts'
import { formatTime } from '../ui/units.ts'
import { blockedLine } from './findings.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const marks: Readonly<Record<MigrateStageResult['outcome'], readonly [mark: string, style: Style]>> = {
  done: ['done   ', 'green'],
  skipped: ['so     ', 'green'],
  planned: ['planned', 'dim'],
  partial: ['partial', 'yellow'],
  stopped: ['stopped', 'yellow'],
  failed: ['failed ', 'red'],
}

/** Stage by stage, and what each domain waits for. */
export function renderMigrate({ domains }: MigrateReport, style: RenderStyle): string {
  return blocks(domains.map((domain) => renderDomain(domain, style)))
}

function renderDomain(domain: MigrateDomain, style: RenderStyle): string {
  return blocks([
    [
      `${style.paint('bold', visible(domain.domain))}  ${headline(domain)}`,
      ...domain.stages.map((stage) => renderStage(stage, style)),
    ].join('\n'),
    why(domain, style),
    nextLine(domain.next, style).join('\n'),
  ])
}

function renderStage({ stage, outcome, message }: MigrateStageResult, style: RenderStyle): string {
  const [mark, colour] = marks[outcome]
  return paragraph(
    `${stage.padEnd(9)}  ${message}`,
    ' '.repeat(22),
    style,
    `  ${style.paint(colour, mark)}  `,
  )
}

function headline({ outcome, reason }: MigrateDomain): string {
  if (outcome === 'done') return 'done'
  if (outcome === 'planned') return 'dry run: nothing was done'
  if (outcome === 'partial') return 'single items failed: it goes no further'
  if (outcome === 'failed') return 'a server failed'
  return reason === 'waits' || reason === 'confirmation' ? 'waits' : 'stopped'
}

function why(
  { domain, message, hint, lines = [], waitsFor, blockedBy, reason }: MigrateDomain,
  style: RenderStyle,
): string {
  return [
    ...(reason === 'findings' && blockedBy.length > 0
      ? [style.paint('red', blockedLine(domain, blockedBy))]
      : message === undefined
        ? []
        : [paragraph(message, '  ', style)]),
    ...lines.map((line) => `    ${visible(line)}`),
    ...waitsFor.map(({ until, message: what }) =>
      paragraph(`until ${formatTime(new Date(until))}  ${what}`, '    ', style, '  - '),
    ),
    ...(hint === undefined ? [] : [paragraph(style.typed(hint), '  ', style)]),
  ].join('\n')
}
