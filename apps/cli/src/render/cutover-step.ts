import type { CutoverDomain, CutoverStepOutcome, CutoverStepReport } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { visible } from '../ui/text.ts'
import { paragraph, type RenderStyle } from './style.ts'

const marks: Readonly<Record<CutoverStepOutcome, readonly [mark: string, style: Style]>> = {
  done: ['done   ', 'green'],
  unchanged: ['so     ', 'green'],
  planned: ['planned', 'dim'],
  waiting: ['waits  ', 'yellow'],
  open: ['open   ', 'yellow'],
  failed: ['failed ', 'red'],
}

/** Who keeps what arrives now. */
export function whoDelivers(final: CutoverDomain['final']): string {
  return {
    old: 'The old server delivers its mail',
    mailcow: 'mailcow delivers its mail, the old server hands on',
    both: 'Both servers deliver its mail',
  }[final]
}

/** What a step is about, what came of it, and what somebody has to do. */
export function renderStep(
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
