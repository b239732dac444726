import type { ActionOutcome, ActionResult, ProvisionDomain, ProvisionReport } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { renderTable } from '../ui/table.ts'
import { count, visible } from '../ui/text.ts'
import { describeAction } from './plan.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

const colours: Readonly<Record<ActionOutcome, Style>> = {
  planned: 'dim',
  done: 'green',
  healed: 'green',
  failed: 'red',
  blocked: 'yellow',
}

/** What was written and read back, domain by domain. */
export function renderProvision(report: ProvisionReport, style: RenderStyle): string {
  return blocks(report.domains.map((domain) => renderDomain(domain, style)))
}

function renderDomain(domain: ProvisionDomain, style: RenderStyle): string {
  const remaining = domain.remaining.filter(
    ({ item }) => !domain.actions.some(({ action }) => action.item === item),
  )
  return blocks([
    `${style.paint('bold', visible(domain.domain))}  ${headline(domain)}`,
    domain.message === undefined ? '' : paragraph(domain.message, '  ', style),
    actionTable(domain.actions, style),
    remaining.length === 0
      ? ''
      : [
          'Still different from the plan:',
          ...remaining.map((action) => `  ${action.kind}  ${visible(action.item)}`),
        ].join('\n'),
    nextLine(domain.next, style).join('\n'),
  ])
}

function headline({ outcome, changed, unchanged, actions }: ProvisionDomain): string {
  const asPlanned = `${count(unchanged, 'object')} already as planned`
  switch (outcome) {
    case 'done':
      return `done: ${count(changed, 'write')}, each read back; ${asPlanned}`
    case 'unchanged':
      return `nothing to do: ${asPlanned}`
    case 'planned':
      return `dry run: ${count(actions.length, 'write')} planned, none made; ${asPlanned}`
    case 'partial':
      return `partly done: ${count(changed, 'write')}; ${count(failures(actions), 'object')} not as planned`
    case 'failed':
      return `failed after ${count(changed, 'write')}`
    case 'stopped':
      return 'stopped before anything was written'
    default:
      return outcome satisfies never
  }
}

function failures(actions: readonly ActionResult[]): number {
  return actions.filter(({ outcome }) => outcome === 'failed' || outcome === 'blocked').length
}

function actionTable(actions: readonly ActionResult[], style: RenderStyle): string {
  if (actions.length === 0) return ''
  return renderTable(
    [{ title: 'outcome' }, { title: 'write' }, { title: 'object', wraps: true }],
    actions.map(({ action, outcome, message }) => [
      { text: outcome, style: colours[outcome] },
      action.kind,
      message === undefined ? describeAction(action) : `${action.item}: ${message}`,
    ]),
    { ...style, indent: '  ' },
  )
}
