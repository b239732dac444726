import type { Amount, MigrationEvent, StageName } from '@iteg/migration'

/** One mailbox as the display knows it. */
export interface MailboxProgress {
  readonly domain: string
  readonly mailbox: string
  readonly state: 'running' | 'done' | 'unchanged' | 'failed'
  readonly folder?: string
  readonly done: Amount
  readonly total?: Amount
}

interface DomainProgress {
  readonly mailboxes: number
  readonly total?: Amount
}

interface Sample {
  readonly at: number
  readonly done: Amount
  readonly share: number
}

/** What has happened so far, folded from events; nothing in it knows a terminal. Times are milliseconds. */
export interface ProgressState {
  readonly stage?: StageName
  readonly startedAt: number
  readonly domains: ReadonlyMap<string, DomainProgress>
  readonly mailboxes: ReadonlyMap<string, MailboxProgress>
  /** Writes of `provision`: finished, and the one in hand. */
  readonly actions: { readonly finished: number; readonly failed: number; readonly current?: string }
  readonly checks: number
  readonly notice?: string
  /** Of the last half minute, for rate and time left. */
  readonly samples: readonly Sample[]
}

export interface ProgressTotals {
  readonly done: Amount
  /** Absent when the survey's sizes are not known for all. */
  readonly total?: Amount
  /** 0..1. */
  readonly share?: number
  readonly mailboxesFinished: number
  readonly mailboxes: number
  readonly failed: number
  readonly messagesPerSecond?: number
  readonly bytesPerSecond?: number
  readonly leftMs?: number
}

const nothing: Amount = { messages: 0, bytes: 0 }
const windowMs = 30_000
// A rate of less than this is a guess that jumps about.
const shortestWindowMs = 2_000

export function startProgress(now: number): ProgressState {
  return {
    startedAt: now,
    domains: new Map(),
    mailboxes: new Map(),
    actions: { finished: 0, failed: 0 },
    checks: 0,
    samples: [],
  }
}

/** The state after `event`; pure. */
export function advance(state: ProgressState, event: MigrationEvent, now: number): ProgressState {
  const next = apply(state, event)
  if (event.type !== 'mailbox-progress' && event.type !== 'mailbox-finished') return next
  const { done, share } = amounts(next)
  const last = next.samples.at(-1)
  if (last !== undefined && now - last.at < 200) return next
  const recent = next.samples.filter(({ at }) => now - at <= windowMs)
  return { ...next, samples: [...recent, { at: now, done, share: share ?? 0 }] }
}

function apply(state: ProgressState, event: MigrationEvent): ProgressState {
  switch (event.type) {
    case 'stage-started':
      return { ...state, stage: event.stage }
    case 'domain-started': {
      const { mailboxes, total } = event
      const domain = { mailboxes, ...(total === undefined ? {} : { total }) }
      return { ...state, stage: event.stage, domains: new Map(state.domains).set(event.domain, domain) }
    }
    case 'mailbox-started':
      return withMailbox(state, event, {
        state: 'running',
        done: nothing,
        ...(event.total === undefined ? {} : { total: event.total }),
      })
    case 'folder-started':
      return withMailbox(state, event, { folder: event.folder })
    case 'mailbox-progress': {
      const { done, folder, total } = event
      return withMailbox(state, event, {
        done,
        ...(folder === undefined ? {} : { folder }),
        ...(total === undefined ? {} : { total }),
      })
    }
    case 'mailbox-finished':
      return withMailbox(state, event, { state: event.outcome, done: event.done })
    case 'action-started': {
      const current = `${event.action.kind} ${event.action.item}`
      return { ...state, stage: 'provision', actions: { ...state.actions, current } }
    }
    case 'action-finished': {
      const failed = event.outcome === 'failed' || event.outcome === 'blocked' ? 1 : 0
      const actions = { finished: state.actions.finished + 1, failed: state.actions.failed + failed }
      return { ...state, stage: 'provision', actions }
    }
    case 'check-finished':
      return { ...state, stage: 'check', checks: state.checks + 1 }
    case 'notice':
      return { ...state, notice: event.message }
    case 'finding':
    case 'domain-finished':
    case 'stage-finished':
      return state
    default:
      return event satisfies never
  }
}

function withMailbox(
  state: ProgressState,
  { domain, mailbox }: { readonly domain: string; readonly mailbox: string },
  changes: Partial<MailboxProgress>,
): ProgressState {
  const known = state.mailboxes.get(mailbox) ?? { domain, mailbox, state: 'running', done: nothing }
  return { ...state, mailboxes: new Map(state.mailboxes).set(mailbox, { ...known, ...changes }) }
}

/** Sums, rate and time left. */
export function progressTotals(state: ProgressState): ProgressTotals {
  const all = Array.from(state.mailboxes.values())
  const finished = all.filter((mailbox) => mailbox.state !== 'running')
  const announced = sum(Array.from(state.domains.values(), (domain) => domain.mailboxes))
  return {
    ...amounts(state),
    ...speed(state.samples),
    mailboxesFinished: finished.length,
    mailboxes: Math.max(announced, all.length),
    failed: finished.filter((mailbox) => mailbox.state === 'failed').length,
  }
}

function amounts(state: ProgressState): { done: Amount; total?: Amount; share?: number } {
  const all = Array.from(state.mailboxes.values())
  const done = addUp(all.map((mailbox) => mailbox.done))
  const total = wholeAmount(Array.from(state.domains), all)
  return total === undefined ? { done } : { done, total, share: shareOf(done, total) }
}

/** What the survey knows of the domains, or of all their mailboxes once each has started. */
function wholeAmount(
  domains: readonly (readonly [string, DomainProgress])[],
  mailboxes: readonly MailboxProgress[],
): Amount | undefined {
  const totals = domains.map(([name, domain]) => {
    if (domain.total !== undefined) return domain.total
    const known = mailboxes.flatMap((mailbox) =>
      mailbox.domain !== name || mailbox.total === undefined ? [] : [mailbox.total],
    )
    return known.length < domain.mailboxes ? undefined : addUp(known)
  })
  const known = totals.filter((total) => total !== undefined)
  return known.length === 0 || known.length < totals.length ? undefined : addUp(known)
}

/** How much of `total` is done, 0..1: half by messages, half by bytes, because each costs time. */
export function shareOf(done: Amount, total: Amount): number {
  return (part(done.messages, total.messages) + part(done.bytes, total.bytes)) / 2
}

function part(done: number, total: number): number {
  return total > 0 ? Math.min(done / total, 1) : 1
}

function speed(
  samples: readonly Sample[],
): Pick<ProgressTotals, 'messagesPerSecond' | 'bytesPerSecond' | 'leftMs'> {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last.at - first.at < shortestWindowMs) return {}
  const elapsedMs = last.at - first.at
  const gained = last.share - first.share
  return {
    messagesPerSecond: ((last.done.messages - first.done.messages) * 1000) / elapsedMs,
    bytesPerSecond: ((last.done.bytes - first.done.bytes) * 1000) / elapsedMs,
    ...(gained > 0 ? { leftMs: ((1 - last.share) / gained) * elapsedMs } : {}),
  }
}

function addUp(parts: readonly Amount[]): Amount {
  return {
    messages: sum(parts.map(({ messages }) => messages)),
    bytes: sum(parts.map(({ bytes }) => bytes)),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
