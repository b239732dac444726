import {
  type AdoptDomain,
  type AdoptMailbox,
  type AdoptReport,
  type AdoptState,
  countFindings,
  type LastLogin,
} from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { renderTable } from '../ui/table.ts'
import { count, visible } from '../ui/text.ts'
import { formatCount, formatTime } from '../ui/units.ts'
import { findingsSummary, renderFindings } from './findings.ts'
import { renderNoticeLines } from './notices.ts'
import { blocks, nextLine, type RenderStyle } from './style.ts'

const states: Readonly<Record<AdoptState, { readonly text: string; readonly style: Style }>> = {
  done: { text: 'done', style: 'green' },
  'still-on-old-server': { text: 'old server too', style: 'yellow' },
  waiting: { text: 'no own password', style: 'yellow' },
  'not-handed-over': { text: 'not handed over', style: 'dim' },
  inactive: { text: 'switched off', style: 'dim' },
  missing: { text: 'not on mailcow', style: 'red' },
}

/** Of many mailboxes only those that are not done are named; `--verbose` and `--json` have all. */
const namedUpTo = 40

/** Who is really on the new server, who is not, and what was done about it. */
export function renderAdopt({ domains }: AdoptReport, style: RenderStyle): string {
  return blocks([
    ...domains.map((domain) => renderDomain(domain, style)),
    ...domains.map(({ next }) => nextLine(next, style).join('\n')),
  ])
}

function renderDomain(domain: AdoptDomain, style: RenderStyle): string {
  return blocks([
    `${style.paint('bold', visible(domain.domain))}  ${headline(domain)}`,
    table(domain, style),
    renderNoticeLines(domain.notices, style),
    domain.findings.length === 0 ? '' : `  ${findingsSummary(countFindings(domain.findings))}`,
    renderFindings(domain.findings, style),
  ])
}

function headline({ counts, outcome, notices, mailboxes }: AdoptDomain): string {
  const { done, inactive, waiting, stillOnOldServer, notHandedOver, missing } = counts
  const removed = mailboxes.filter(({ initialPassword }) => initialPassword === 'removed').length
  return [
    `${outcome === 'planned' ? 'dry run: ' : ''}${formatCount(done)} of ${count(counts.mailboxes - inactive, 'mailbox', 'mailboxes')} done`,
    ...(waiting === 0 ? [] : [`${formatCount(waiting)} without an own password`]),
    ...(stillOnOldServer === 0 ? [] : [`${formatCount(stillOnOldServer)} still on the old server`]),
    ...(notHandedOver === 0 ? [] : [`${formatCount(notHandedOver)} not handed over`]),
    ...(missing === 0 ? [] : [`${formatCount(missing)} not on mailcow`]),
    ...(notices.length === 0 ? [] : [count(notices.length, 'notice')]),
    ...(removed === 0 ? [] : [`${count(removed, 'initial password')} removed`]),
  ].join(', ')
}

function table({ mailboxes }: AdoptDomain, style: RenderStyle): string {
  const shown =
    style.verbose || mailboxes.length <= namedUpTo
      ? mailboxes
      : mailboxes.filter(({ state }) => state !== 'done' && state !== 'inactive')
  if (shown.length === 0) return ''
  return renderTable(
    [
      { title: 'mailbox' },
      { title: 'state' },
      { title: 'last on mailcow' },
      { title: 'last on the old server' },
      { title: 'reminders', align: 'right', optional: true },
      { title: 'next', optional: true },
    ],
    shown.map((mailbox) => [
      mailbox.mailbox,
      states[mailbox.state],
      last(mailbox.newLogins),
      mailbox.oldLogins === undefined ? '?' : last(mailbox.oldLogins),
      mailbox.reminders.length === 0 ? '' : formatCount(mailbox.reminders.length),
      following(mailbox),
    ]),
    { ...style, indent: '  ' },
  )
}

function last(logins: readonly LastLogin[]): string {
  const [newest] = logins.toSorted((one, other) => (one.at < other.at ? 1 : -1))
  if (newest === undefined) return 'never'
  const protocols = logins.map(({ protocol }) => protocol).join(', ')
  return `${formatTime(new Date(newest.at))} (${protocols})`
}

function following({ onDigest, nextReminderAt }: AdoptMailbox): string {
  if (onDigest) return 'contact told'
  return nextReminderAt === undefined ? '' : `reminder ${formatTime(new Date(nextReminderAt))}`
}
