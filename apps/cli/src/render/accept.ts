import { type AcceptReport, isBlocking } from '@iteg/migration'
import { count, visible } from '../ui/text.ts'
import { renderFindings } from './findings.ts'
import { blocks, nextLine, type RenderStyle } from './style.ts'

/** What passes from now on, and what still stops the domain. */
export function renderAccept(report: AcceptReport, style: RenderStyle): string {
  const remaining = report.remaining.filter(isBlocking)
  return blocks([
    [
      `Accepted for ${visible(report.domain)}, on the record:`,
      ...report.accepted.map(
        ({ code, item }) => `  ${visible(code)}${item === undefined ? '' : `  ${visible(item)}`}`,
      ),
    ].join('\n'),
    remaining.length === 0
      ? 'No red finding stops the domain any more.'
      : `${count(remaining.length, 'red finding')} left:\n\n${renderFindings(remaining, style)}`,
    nextLine(report.next, style).join('\n'),
  ])
}
