import type { CheckReport, CheckResult } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { count, visible } from '../ui/text.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

const labels: Readonly<Record<CheckResult['status'], readonly [string, Style]>> = {
  ok: ['ok', 'green'],
  warning: ['warning', 'yellow'],
  failed: ['FAILED', 'red'],
  skipped: ['skipped', 'dim'],
}

/** One line per server and credential, and the way out under what does not work. */
export function renderCheck(report: CheckReport, style: RenderStyle): string {
  const subjects = Math.max(0, ...report.results.map(({ subject }) => subject.length))
  const failed = report.results.filter(({ status }) => status === 'failed').length
  const warnings = report.results.filter(({ status }) => status === 'warning').length
  return blocks([
    report.results.map((result) => renderResult(result, subjects, style)).join('\n'),
    failed > 0
      ? `${style.paint('red', `${count(failed, 'check')} failed`)}; nothing was changed anywhere.`
      : `All checks passed${warnings > 0 ? `, ${count(warnings, 'warning')}` : ''}.`,
  ])
}

function renderResult(result: CheckResult, subjects: number, style: RenderStyle): string {
  const [label, colour] = labels[result.status]
  const start = `${style.paint(colour, label.padEnd(7))}  ${visible(result.subject).padEnd(subjects)}  `
  const indent = ' '.repeat(9)
  const room = style.width - indent.length - subjects - 2
  const [target, detail] = [visible(result.target), visible(result.detail)]
  // Where it is only matters when something is wrong there.
  const short = [`${target}: ${detail}`, ...(result.status === 'ok' && !style.verbose ? [detail] : [])].find(
    (line) => line.length <= room,
  )
  const facts = Object.entries(result.facts).map(([name, value]) => `${name} ${value}`)
  return [
    short === undefined ? `${start}${target}\n${paragraph(result.detail, indent, style)}` : start + short,
    ...(result.remedy === undefined
      ? []
      : [paragraph(style.typed(result.remedy), indent, style, `${' '.repeat(7)}→ `)]),
    ...(style.verbose && facts.length > 0 ? [paragraph(facts.join(', '), indent, style)] : []),
  ].join('\n')
}
