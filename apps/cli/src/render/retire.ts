import type { RetireCheck, RetireReport, RetireStep } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { count, visible } from '../ui/text.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const TITLES: Readonly<Record<RetireCheck['check'], string>> = {
  moved: 'every domain is cut over',
  month: 'a month ago at least',
  logins: 'nobody logs in',
  deliveries: 'nothing is delivered',
  verified: 'everything was verified',
  queue: 'its queue is empty',
  archives: 'archives are there',
  sample: 'archives can be unpacked',
}

const STEP_COLOURS: Readonly<Record<RetireStep['outcome'], Style>> = {
  done: 'green',
  unchanged: 'green',
  planned: 'dim',
  open: 'yellow',
  failed: 'red',
}

/** Yes or no, a line for each thing that was looked at, with the moment. */
export function renderRetire(report: RetireReport, style: RenderStyle): string {
  const { answer, checks, steps, domains } = report
  const open = checks.filter(({ ok }) => !ok).length
  return blocks([
    answer === 'yes'
      ? `${style.paint('green', 'YES')}  The old server may be switched off: ${count(domains.length, 'domain')}, ${count(checks.length, 'check')}.`
      : `${style.paint('red', 'NO')}  The old server may not be switched off yet: ${count(open, 'check')} of ${checks.length} say so.`,
    checks.map((check) => renderCheck(check, style)).join('\n'),
    steps.map((step) => renderStep(step, style)).join('\n'),
    answer === 'yes' && steps.length === 0 ? nextLine('mailmove retire --finish', style).join('\n') : '',
  ])
}

function renderCheck(
  { check, domain, ok, message, at, evidence, remedy }: RetireCheck,
  style: RenderStyle,
): string {
  const mark = ok ? style.paint('green', 'yes') : style.paint('red', 'no ')
  const name = domain === undefined ? TITLES[check] : `${TITLES[check]} (${visible(domain)})`
  const time = new Date(at).toLocaleString('sv-SE')
  const shown = ok && !style.verbose ? [] : evidence
  return [
    paragraph(`${name}: ${message} [${time}]`, '       ', style, `  ${mark}  `),
    ...shown.map((line) => paragraph(line, '         ', style)),
    ...(remedy === undefined ? [] : [paragraph(style.typed(remedy), '         ', style, '       → ')]),
  ].join('\n')
}

function renderStep({ step, domain, outcome, message, lines }: RetireStep, style: RenderStyle): string {
  const name = domain === undefined ? step : `${step} ${visible(domain)}`
  return [
    paragraph(
      `${name}: ${message}`,
      '             ',
      style,
      `  ${style.paint(STEP_COLOURS[outcome], outcome.padEnd(9))}  `,
    ),
    ...(outcome === 'unchanged' ? [] : lines.map((line) => `             ${visible(line)}`)),
  ].join('\n')
}
