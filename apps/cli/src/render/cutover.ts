import type { CutoverDomain, CutoverReport, CutoverStepOutcome, CutoverStepReport } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { visible } from '../ui/text.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const marks: Readonly<Record<CutoverStepOutcome, readonly [mark: string, style: Style]>> = {
  done: ['done   ', 'green'],
  unchanged: ['so     ', 'green'],
  planned: ['planned', 'dim'],
  waiting: ['waits  ', 'yellow'],
  open: ['open   ', 'yellow'],
  failed: ['failed ', 'red'],
}

/** Step by step what is so, and what it waits for. */
export function renderCutover({ domains }: CutoverReport, style: RenderStyle): string {
  return blocks(domains.map((domain) => renderDomain(domain, style)))
}

function renderDomain(domain: CutoverDomain, style: RenderStyle): string {
  return blocks([
    `${style.paint('bold', visible(domain.domain))}  ${headline(domain)}`,
    domain.steps.map((step) => renderStep(step, style)).join('\n'),
    nextLine(domain.next, style).join('\n'),
  ])
}

function headline({ outcome, final }: CutoverDomain): string {
  const who = {
    old: 'The old server delivers its mail',
    mailcow: 'mailcow delivers its mail, the old server hands on',
    both: 'Both servers deliver its mail',
  }[final]
  switch (outcome) {
    case 'done':
      return 'cut over: mailcow delivers its mail'
    case 'prepared':
      return 'DNS is prepared'
    case 'planned':
      return 'dry run: nothing was changed'
    case 'mx-pending':
      return `moved; only the DNS is still to change. ${who}: nothing can be lost.`
    case 'waiting':
      return `waits. ${who}: nothing can be lost.`
    case 'failed':
      return `failed. ${who}: nothing can be lost.`
    default:
      return outcome satisfies never
  }
}

function renderStep(
  { title, outcome, message, lines = [], until }: CutoverStepReport,
  style: RenderStyle,
): string {
  const [mark, colour] = marks[outcome]
  const start = `  ${style.paint(colour, mark)}  `
  const when = until === undefined ? '' : ` Until ${new Date(until).toLocaleString('sv-SE')}.`
  return [
    paragraph(`${title}. ${message}${when}`, '           ', style, start),
    ...lines.map((line) => `             ${visible(line)}`),
  ].join('\n')
}
