import { type Finding, type FindingCounts, isBlocking } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { count, visible } from '../ui/text.ts'
import { formatTime } from '../ui/units.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

const colours: Readonly<Record<Finding['severity'], Style>> = { red: 'red', yellow: 'yellow', info: 'dim' }

// The rest of a crowd of equal remarks is in `--verbose` and `--json`; red and yellow ones are always all named.
const infosShown = 3

/** All findings, the red ones first, those without remedy to be taken in short form. */
export function renderFindings(findings: readonly Finding[], style: RenderStyle): string {
  const blocking = findings.filter(isBlocking)
  const accepted = findings.filter((finding) => finding.severity === 'red' && !isBlocking(finding))
  const yellow = findings.filter(({ severity }) => severity === 'yellow')
  return blocks([
    ...blocking.map((finding) => renderFinding(finding, style)),
    ...accepted.map((finding) => renderFinding(finding, style)),
    ...yellow.map((finding) => renderFinding(finding, style)),
    infos(findings, style),
  ])
}

function renderFinding(finding: Finding, style: RenderStyle): string {
  const { severity, code, item, accepted, remedy, message } = finding
  const label = accepted === undefined ? severity : 'accepted'
  const colour = accepted === undefined ? colours[severity] : 'green'
  const about = item === undefined ? '' : `  ${visible(item)}`
  return [
    `  ${style.paint(colour, label.padEnd(8))}  ${style.paint('bold', visible(code))}${about}`,
    paragraph(message, '            ', style),
    accepted === undefined
      ? paragraph(style.typed(remedy), '            ', style, '          → ')
      : paragraph(
          `accepted ${formatTime(new Date(accepted.at))}${accepted.by === undefined ? '' : ` by ${accepted.by}`}: ${accepted.reason}`,
          '            ',
          style,
        ),
  ].join('\n')
}

function infos(findings: readonly Finding[], style: RenderStyle): string {
  const byCode = Map.groupBy(
    findings.filter(({ severity }) => severity === 'info'),
    ({ code }) => code,
  )
  return Array.from(byCode.values(), (group) => {
    const shown = style.verbose || group.length <= infosShown + 1 ? group : group.slice(0, infosShown)
    const hidden = group.length - shown.length
    const [first] = group
    return [
      `  ${style.paint('dim', 'info'.padEnd(8))}  ${visible(first?.code ?? '')}`,
      ...shown.map(({ item, message }) =>
        paragraph(item === undefined ? message : `${item}: ${message}`, '            ', style),
      ),
      ...(hidden === 0 ? [] : [`            and ${hidden} more (--verbose names them)`]),
    ].join('\n')
  }).join('\n')
}

/** `2 red, 1 yellow, 3 info` or `no findings`. */
export function findingsSummary({ red, yellow, info, accepted }: FindingCounts): string {
  const parts = [
    ...(red > 0 ? [`${red} red`] : []),
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
    ...(yellow > 0 ? [`${yellow} yellow`] : []),
    ...(info > 0 ? [`${info} info`] : []),
  ]
  return parts.length === 0 ? 'no findings' : `findings: ${parts.join(', ')}`
}

/** `1 red finding stops example.at`. */
export function blockedLine(domain: string, blocking: readonly Finding[]): string {
  return `${count(blocking.length, 'red finding')} ${blocking.length === 1 ? 'stops' : 'stop'} ${visible(domain)}.`
}
