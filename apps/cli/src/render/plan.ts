import { isBlocking, type PlannedAction, type PlannedCopy, type PlanReport } from '@iteg/migration'
import { renderTable } from '../ui/table.ts'
import { count, visible } from '../ui/text.ts'
import { formatBytes, formatCount } from '../ui/units.ts'
import { renderStep } from './cutover-step.ts'
import { blockedLine, renderFindings } from './findings.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

/** Everything that provision, copy and cut-over would do. */
export function renderPlan(report: PlanReport, style: RenderStyle): string {
  const { provision, unchanged, copy, domain } = report
  const blocking = report.findings.filter(isBlocking)
  return blocks([
    style.paint('bold', `${visible(domain)}: provision`) +
      `  ${count(provision.length, 'write')}, ${count(unchanged, 'object')} already as planned`,
    renderActions(provision, style),
    style.paint('bold', `${visible(domain)}: copy`) +
      `  ${count(copy.messages, 'message')}` +
      (copy.phase === 'mirror' ? ', as a mirror of the old mailboxes' : ', additions only'),
    copyTable(copy.mailboxes, style),
    style.verbose ? folderTable(copy.mailboxes, style) : '',
    style.paint('bold', `${visible(domain)}: cut-over`),
    report.cutover.obstacle === undefined
      ? report.cutover.steps.map((step) => renderStep(step, style)).join('\n')
      : paragraph(report.cutover.obstacle, '  ', style),
    renderFindings(report.findings, style),
    report.blocked ? style.paint('red', blockedLine(domain, blocking)) : '',
    nextLine(report.next, style).join('\n'),
  ])
}

/** One line per write, in order. */
function renderActions(actions: readonly PlannedAction[], style: RenderStyle): string {
  if (actions.length === 0) return '  nothing to do'
  return renderTable(
    [{ title: 'write' }, { title: 'object', wraps: true }],
    actions.map((action) => [action.kind, describeAction(action)]),
    { ...style, indent: '  ' },
  )
}

/** What a write is about and what it sets, in words. */
export function describeAction(action: PlannedAction): string {
  const what = settings(action)
  return what === '' ? action.item : `${action.item}: ${what}`
}

function settings(action: PlannedAction): string {
  switch (action.kind) {
    case 'add-forwarding-host':
      return `spam filter ${action.filterSpam ? 'on' : 'off'}`
    case 'add-transport':
    case 'edit-transport':
      return `to ${action.nexthop}`
    case 'add-domain':
      return [
        ...(action.relay ? ['relay domain'] : []),
        count(action.maxMailboxes, 'mailbox', 'mailboxes'),
        count(action.maxAliases, 'alias', 'aliases'),
        `${formatBytes(action.totalQuotaBytes)} in all`,
      ].join(', ')
    case 'edit-domain-limits':
      return Object.entries(action.changes)
        .map(
          ([name, value]) =>
            `${words(name)} ${name.endsWith('Bytes') ? formatBytes(value) : formatCount(value)}`,
        )
        .join(', ')
    case 'edit-domain-relay':
      return `relay ${onOff(action.relay)}, all recipients ${onOff(action.relayAllRecipients)}, unknown only ${onOff(action.relayUnknownOnly)}`
    case 'import-dkim':
      return `the old server's key, selector ${action.selector}`
    case 'add-mailbox':
      return [
        ...(action.name === '' ? [] : [action.name]),
        formatBytes(action.quotaBytes),
        ...(action.password === 'own' ? [] : ['shared initial password']),
      ].join(', ')
    case 'edit-mailbox': {
      const { name, quotaBytes, active } = action.changes
      return [
        ...(name === undefined ? [] : [`name ${name}`]),
        ...(quotaBytes === undefined ? [] : [`quota ${formatBytes(quotaBytes)}`]),
        ...(active === undefined ? [] : ['active']),
      ].join(', ')
    }
    case 'add-filter':
    case 'edit-filter':
      return `forward to ${action.targets.join(', ')}${action.keepCopy ? ', keeps a copy' : ', keeps no copy'}`
    case 'add-policy':
      return `${action.list} ${action.sender}`
    case 'set-spam-score':
      return `spam from ${action.junk}, refused from ${action.reject} points`
    case 'add-alias':
    case 'edit-alias':
      return `to ${action.targets.join(', ')}${action.active ? '' : ', inactive until cut-over'}`
    case 'delete-filter':
    case 'delete-alias':
      return ''
    default:
      return action satisfies never
  }
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off'
}

function words(name: string): string {
  return name.replace(/Bytes$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function copyTable(mailboxes: readonly PlannedCopy[], style: RenderStyle): string {
  if (mailboxes.length === 0) return '  no mailboxes'
  return renderTable(
    [{ title: 'mailbox' }, { title: 'messages', align: 'right' }, { title: 'folders', align: 'right' }],
    mailboxes.map(({ mailbox, messages, folders }) => [
      mailbox,
      messages === undefined ? '?' : formatCount(messages),
      formatCount(folders.length),
    ]),
    { ...style, indent: '  ' },
  )
}

/** Which folder goes where. */
function folderTable(mailboxes: readonly PlannedCopy[], style: RenderStyle): string {
  const rows = mailboxes.flatMap(({ mailbox, folders }) =>
    folders.map(({ source, target, messages }) => [mailbox, source, target, formatCount(messages)]),
  )
  if (rows.length === 0) return ''
  return renderTable(
    [
      { title: 'mailbox' },
      { title: 'old folder', wraps: true },
      { title: 'new folder', wraps: true },
      { title: 'messages', align: 'right' },
    ],
    rows,
    { ...style, indent: '  ' },
  )
}
