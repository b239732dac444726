import type { RollbackDomain, RollbackReport } from '@iteg/migration'
import { visible } from '../ui/text.ts'
import { renderStep, whoDelivers } from './cutover-step.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

/** What was taken back, and what cannot be. */
export function renderRollback({ domains }: RollbackReport, style: RenderStyle): string {
  return blocks(domains.map((domain) => renderDomain(domain, style)))
}

function renderDomain(domain: RollbackDomain, style: RenderStyle): string {
  return blocks([
    `${style.paint('bold', visible(domain.domain))}  ${headline(domain)}`,
    domain.steps.map((step) => renderStep(step, style)).join('\n'),
    domain.stays.length === 0
      ? ''
      : ['What stays:', ...domain.stays.map((line) => paragraph(line, '    ', style, '  - '))].join('\n'),
    nextLine(domain.next, style).join('\n'),
  ])
}

function headline({ outcome, final }: RollbackDomain): string {
  switch (outcome) {
    case 'removed':
      return 'taken back: it was not cut over yet'
    case 'back':
      return 'taken back: the old server delivers its mail'
    case 'planned':
      return 'dry run: nothing was changed'
    case 'waiting':
      return `waits. ${whoDelivers(final)}: nothing can be lost.`
    case 'failed':
      return `failed. ${whoDelivers(final)}: nothing can be lost.`
    default:
      return outcome satisfies never
  }
}
