import type { MigrationEvent } from '@iteg/migration'
import type { Paint } from './paint.ts'
import {
  mailboxSpeed,
  type MailboxProgress,
  type ProgressState,
  type ProgressTotals,
  progressTotals,
  shareOf,
  type Waiting,
} from './progress-state.ts'
import { count, displayWidth, fit, truncate, truncateStart, visible } from './text.ts'
import { formatBytes, formatClock, formatCount, formatDuration } from './units.ts'

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

const verbs: Readonly<Record<string, string>> = {
  check: 'checking',
  survey: 'surveying',
  plan: 'planning',
  provision: 'provisioning',
  copy: 'copying',
  verify: 'verifying',
  export: 'exporting',
  warn: 'warning',
  announce: 'handing over',
}

/** What the numbers of a stage count. */
function thing(stage: string | undefined): readonly [one: string, several: string] {
  if (stage === 'warn' || stage === 'announce') return ['notice', 'notices']
  return stage === 'export' ? ['item', 'items'] : ['message', 'messages']
}

/** What an export sends is not counted in bytes. */
function bytesOf(stage: string | undefined, bytes: number): readonly string[] {
  return stage === 'export' ? [] : [formatBytes(bytes)]
}

/** What was so this long ago need not be so any more. */
const noticeMs = 30_000

/** The block that is redrawn on a terminal: a heading, a line per active mailbox, the total. */
export function progressLines(state: ProgressState, size: ScreenSize, now: number, paint: Paint): string[] {
  const width = Math.max(size.columns - 1, 20)
  const totals = progressTotals(state)
  const active = Array.from(state.active.values())
  // A block higher than the screen cannot be redrawn.
  const room = Math.max(size.rows - 5, 1)
  const shown = active.slice(0, room)
  const hidden = active.length - shown.length
  return [
    paint('bold', fit(heading(state, totals, now), width).trimEnd()),
    ...mailboxLines(shown, width, now, paint),
    ...(hidden > 0 ? [paint('dim', `  and ${formatCount(hidden)} more`)] : []),
    ...(totals.mailboxesFinished + active.length === 0 ? [] : [totalLine(totals, state.stage, width, paint)]),
    ...(state.notice === undefined || now - state.notice.at > noticeMs
      ? []
      : [paint('yellow', truncate(`  ${visible(state.notice.text)}`, width))]),
  ]
}

function heading(state: ProgressState, totals: ProgressTotals, now: number): string {
  const domains = Array.from(state.domains.keys())
  const what = domains.length === 0 ? '' : ` ${domains.slice(0, 3).map(visible).join(', ')}`
  const more = domains.length > 3 ? ` and ${domains.length - 3} more` : ''
  return [
    `${verbs[state.stage ?? ''] ?? 'starting'}${what}${more}`,
    ...(state.checks > 0 ? [`${state.checks} tried`] : []),
    ...(state.actions.finished > 0 ? [count(state.actions.finished, 'write')] : []),
    ...(state.actions.current === undefined ? [] : [visible(state.actions.current)]),
    ...(totals.mailboxes > 0 && state.stage !== 'provision'
      ? [`${formatCount(totals.mailboxesFinished)} of ${count(totals.mailboxes, 'mailbox', 'mailboxes')}`]
      : []),
    ...(totals.failed > 0 ? [`${formatCount(totals.failed)} failed`] : []),
    formatDuration(now - state.startedAt),
  ].join(' · ')
}

function mailboxLines(
  mailboxes: readonly MailboxProgress[],
  width: number,
  now: number,
  paint: Paint,
): string[] {
  if (mailboxes.length === 0) return []
  const widest = Math.max(...mailboxes.map(({ mailbox }) => displayWidth(visible(mailbox))))
  const names = Math.min(widest, Math.floor(width * 0.4))
  const counters = mailboxes.map(({ done, total }) =>
    total === undefined
      ? formatCount(done.messages)
      : `${formatCount(done.messages)} / ${formatCount(total.messages)}`,
  )
  const numbers = Math.max(...counters.map((counter) => counter.length))
  return mailboxes.map((progress, index) => {
    const { mailbox, done, total, folder, waiting } = progress
    const start = `  ${fit(visible(mailbox), names)}  `
    const share = total === undefined ? undefined : shareOf(done, total)
    const numberText = fit(counters[index] ?? '', numbers, 'right')
    const middle = `${share === undefined ? '' : `${percent(share)}  `}${numberText}`
    const left = width - displayWidth(start) - displayWidth(middle) - 2
    // Why it stands still is worth more than a bar that does not move.
    const wait = waiting === undefined ? '' : waitingText(waiting, now)
    const barWidth = share === undefined || left < 34 + displayWidth(wait) - 14 ? 0 : 14
    const barText = barWidth === 0 ? '' : `${bar(share ?? 0, barWidth, paint)}  `
    const folderRoom = left - (barWidth === 0 ? 0 : barWidth + 2)
    if (wait !== '')
      return `${start}${barText}${middle}${paint('yellow', `  ${truncate(wait, Math.max(folderRoom, 8))}`)}`
    const facts = fitting(mailboxFacts(progress), folderRoom)
    const rest = folderRoom - (facts === '' ? 0 : displayWidth(facts) + 3)
    const where = folder === undefined || rest < 8 ? '' : truncateStart(visible(folder), rest)
    const text = [facts, where].filter((part) => part !== '').join(' · ')
    return `${start}${barText}${middle}${text === '' ? '' : paint('dim', `  ${text}`)}`
  })
}

/** Of one mailbox, the most wanted first. */
function mailboxFacts(progress: MailboxProgress): readonly string[] {
  const { bytesPerSecond, leftMs } = mailboxSpeed(progress)
  return [
    ...(leftMs === undefined ? [] : [`${formatDuration(leftMs)} left`]),
    ...(progress.done.bytes === 0 ? [] : [formatBytes(progress.done.bytes)]),
    ...(bytesPerSecond === undefined || bytesPerSecond === 0 ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
  ]
}

function fitting(parts: readonly string[], room: number): string {
  const kept: string[] = []
  for (const part of parts) if (displayWidth([...kept, part].join(' · ')) <= room) kept.push(part)
  return kept.join(' · ')
}

/** What is waited for, and how long still. */
function waitingText({ reason, message, until }: Waiting, now: number): string {
  const left = until === undefined || until <= now ? '' : ` (${formatDuration(until - now)})`
  switch (reason) {
    case 'throttled':
      return 'throttled'
    case 'connection':
      return 'waits for a connection'
    case 'quota':
      return 'quota full'
    case 'backoff':
      return `waits${left}: ${visible(message)}`
    default:
      return reason satisfies never
  }
}

function totalLine(totals: ProgressTotals, stage: string | undefined, width: number, paint: Paint): string {
  const { done, total, share, messagesPerSecond, bytesPerSecond, leftMs } = totals
  const of = total === undefined ? '' : ` of ${formatCount(total.messages)}`
  // In the order in which they are dropped when the terminal is narrow, last first.
  const parts = [
    ...(share === undefined ? [] : [percent(share).trim()]),
    ...(leftMs === undefined ? [] : [`${formatDuration(leftMs)} left`]),
    `${formatCount(done.messages)}${of} ${thing(stage)[1]}`,
    ...(messagesPerSecond === undefined ? [] : [`${formatCount(Math.round(messagesPerSecond))}/s`]),
    ...(bytesPerSecond === undefined || stage === 'export' ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
    ...bytesOf(stage, done.bytes),
  ]
  const barWidth = share === undefined || width < 60 ? 0 : 14
  const start = `  total  ${barWidth === 0 ? '' : `${bar(share ?? 0, barWidth, paint)}  `}`
  const room = width - 9 - (barWidth === 0 ? 0 : barWidth + 2)
  return start + fitting(parts, room)
}

function percent(share: number): string {
  // Not 100 before everything is done.
  return `${String(share >= 1 ? 100 : Math.min(Math.floor(share * 100), 99)).padStart(3)} %`
}

function bar(share: number, width: number, paint: Paint): string {
  const full = Math.min(Math.floor(share * width), width)
  return paint('green', '█'.repeat(full)) + paint('dim', '░'.repeat(width - full))
}

/**
 * The line that an event is worth where nothing can be redrawn (a pipe, a log, cron), or undefined. Progress
 * within a mailbox is told by `progressSummary` at a sensible rate instead.
 */
export function eventLine(event: MigrationEvent): string | undefined {
  switch (event.type) {
    case 'domain-started':
      return `${visible(event.domain)}: ${verbs[event.stage] ?? event.stage}${
        event.mailboxes > 0 ? ` ${count(event.mailboxes, 'mailbox', 'mailboxes')}` : ''
      }`
    case 'mailbox-finished': {
      const [one, several] = thing(event.stage)
      const counted = [
        count(event.done.messages, one, several),
        ...bytesOf(event.stage, event.done.bytes),
      ].join(', ')
      const amount = event.summary ?? counted
      const why = event.message === undefined ? '' : `: ${visible(event.message)}`
      return `${visible(event.mailbox)}: ${event.outcome}, ${amount}${why}`
    }
    case 'action-finished':
      return `${visible(event.domain)}: ${event.action.kind} ${visible(event.action.item)}: ${event.outcome}${
        event.message === undefined ? '' : `: ${visible(event.message)}`
      }`
    case 'step-finished':
      return `${visible(event.domain)}: ${visible(event.title)}: ${event.outcome}: ${visible(event.message)}`
    case 'notice': {
      const about = event.mailbox ?? event.domain
      return `${about === undefined ? '' : `${visible(about)}: `}${visible(event.message)}`
    }
    case 'mailbox-waiting': {
      const until = event.until === undefined ? '' : ` (until ${formatClock(new Date(event.until))})`
      return `${visible(event.mailbox)}: ${event.reason === 'quota' ? '' : 'waits: '}${visible(event.message)}${until}`
    }
    case 'domain-finished':
      return `${visible(event.domain)}: ${event.stage} ${event.outcome}`
    case 'stage-started':
    case 'stage-finished':
    case 'mailbox-started':
    case 'folder-started':
    case 'mailbox-progress':
    case 'action-started':
    case 'step-started':
    case 'check-finished':
    case 'finding':
      return undefined
    default:
      return event satisfies never
  }
}

/** Mailboxes told of one by one. */
const summedUp = 8

/** Plain lines that say where a long stage stands: the whole, and each mailbox in hand. */
export function progressSummary(state: ProgressState): readonly string[] {
  const active = Array.from(state.active.values())
  const lines =
    active.length > summedUp ? [] : active.map((progress) => mailboxSummary(progress, state.stage))
  return [wholeSummary(state), ...lines]
}

function mailboxSummary(progress: MailboxProgress, stage: ProgressState['stage']): string {
  const { mailbox, done, total, waiting } = progress
  const { messagesPerSecond, leftMs } = mailboxSpeed(progress)
  const of = total === undefined ? '' : ` of ${formatCount(total.messages)}`
  return [
    `  ${visible(mailbox)}: ${formatCount(done.messages)}${of} ${thing(stage)[1]}`,
    ...bytesOf(stage, done.bytes),
    ...(messagesPerSecond === undefined ? [] : [`${formatCount(Math.round(messagesPerSecond))}/s`]),
    ...(leftMs === undefined ? [] : [`${formatDuration(leftMs)} left`]),
    ...(waiting === undefined ? [] : [visible(waiting.message)]),
  ].join(', ')
}

function wholeSummary(state: ProgressState): string {
  const totals = progressTotals(state)
  const total = totals.total === undefined ? '' : ` of ${formatCount(totals.total.messages)}`
  return [
    `${verbs[state.stage ?? ''] ?? 'working'}: ${formatCount(totals.done.messages)}${total} ${thing(state.stage)[1]}`,
    ...bytesOf(state.stage, totals.done.bytes),
    `${formatCount(totals.mailboxesFinished)} of ${count(totals.mailboxes, 'mailbox', 'mailboxes')}`,
    ...(totals.messagesPerSecond === undefined
      ? []
      : [`${formatCount(Math.round(totals.messagesPerSecond))}/s`]),
    ...(totals.leftMs === undefined ? [] : [`${formatDuration(totals.leftMs)} left`]),
  ].join(', ')
}
