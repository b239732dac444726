import type { CutoverDomain, CutoverReport } from '@iteg/migration'
import { visible } from '../ui/text.ts'
import { renderStep, whoDelivers } from './cutover-step.ts'
import { blocks, nextLine, type RenderStyle } from './style.ts'

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
  const who = whoDelivers(final)
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
