import type { Amount, MigrationEvent, StageName } from '@iteg/migration'

/** A mailbox that is being worked on. */
export interface MailboxProgress {
  readonly domain: string
  readonly mailbox: string
  readonly folder?: string
  readonly done: Amount
  readonly total?: Amount
  /** Why it stands still. */
  readonly waiting?: Waiting
  /** Of its last half minute. */
  readonly samples: readonly Sample[]
}

export interface Waiting {
  readonly reason: Extract<MigrationEvent, { type: 'mailbox-waiting' }>['reason']
  readonly message: string
  /** Milliseconds since the epoch. */
  readonly until?: number
}

/** Of finished mailboxes only the sums are kept: there may be tens of thousands. */
interface DomainProgress {
  /** How many will be looked at. */
  readonly mailboxes: number
  readonly total?: Amount
  readonly finished: number
  readonly failed: number
  readonly done: Amount
  /** What is over and done with, for the share: of a mailbox without news all that was known of it, not only what it told. */
  readonly settled: Amount
  /** What was known beforehand of the finished ones, and of how many. */
  readonly known: Amount
  readonly knownMailboxes: number
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
  /** By address. */
  readonly active: ReadonlyMap<string, MailboxProgress>
  /** Writes of `provision`: finished, and the one in hand. */
  readonly actions: { readonly finished: number; readonly failed: number; readonly current?: string }
  readonly checks: number
  readonly notice?: { readonly text: string; readonly at: number }
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
const newDomain: DomainProgress = {
  mailboxes: 0,
  finished: 0,
  failed: 0,
  done: nothing,
  settled: nothing,
  known: nothing,
  knownMailboxes: 0,
}
const windowMs = 30_000
// A rate of less than this is a guess that jumps about.
const shortestWindowMs = 2_000

export function startProgress(now: number): ProgressState {
  return {
    startedAt: now,
    domains: new Map(),
    active: new Map(),
    actions: { finished: 0, failed: 0 },
    checks: 0,
    samples: [],
  }
}

/** The state after `event`; pure. */
export function advance(state: ProgressState, event: MigrationEvent, now: number): ProgressState {
  const next = apply(state, event, now)
  if (event.type !== 'mailbox-progress' && event.type !== 'mailbox-finished') return next
  const { done, share } = amounts(next)
  const last = next.samples.at(-1)
  if (last !== undefined && now - last.at < 200) return next
  const recent = next.samples.filter(({ at }) => now - at <= windowMs)
  return { ...next, samples: [...recent, { at: now, done, share: share ?? 0 }] }
}

function apply(state: ProgressState, event: MigrationEvent, now: number): ProgressState {
  switch (event.type) {
    case 'stage-started':
      return { ...state, stage: event.stage }
    case 'domain-started': {
      const { mailboxes, total } = event
      const domain = { ...newDomain, mailboxes, ...(total === undefined ? {} : { total }) }
      return { ...state, stage: event.stage, domains: new Map(state.domains).set(event.domain, domain) }
    }
    case 'mailbox-started':
      return withMailbox(state, event, {
        done: nothing,
        ...(event.total === undefined ? {} : { total: event.total }),
      })
    case 'folder-started':
      return withMailbox(state, event, {
        folder: event.folder,
        waiting: state.active.get(event.mailbox)?.waiting,
      })
    case 'mailbox-progress': {
      const { done, folder, total } = event
      const before = state.active.get(event.mailbox)
      const all = total ?? before?.total
      const recent = (before?.samples ?? []).filter(({ at }) => now - at <= windowMs)
      const sample = { at: now, done, share: all === undefined ? 0 : shareOf(done, all) }
      return withMailbox(state, event, {
        done,
        samples: [...recent, sample],
        // Who is held back by a cap goes on all the same.
        waiting: before?.waiting?.reason === 'throttled' ? before.waiting : undefined,
        ...(folder === undefined ? {} : { folder }),
        ...(total === undefined ? {} : { total }),
      })
    }
    case 'mailbox-waiting': {
      const { reason, message, until } = event
      const waiting = { reason, message, ...(until === undefined ? {} : { until: Date.parse(until) }) }
      return withMailbox(state, event, { waiting })
    }
    case 'mailbox-finished':
      return finishMailbox(state, event)
    case 'action-started': {
      const current = `${event.action.kind} ${event.action.item}`
      return { ...state, stage: 'provision', actions: { ...state.actions, current } }
    }
    case 'action-finished': {
      const failed = event.outcome === 'failed' || event.outcome === 'blocked' ? 1 : 0
      const actions = { finished: state.actions.finished + 1, failed: state.actions.failed + failed }
      return { ...state, stage: 'provision', actions }
    }
    case 'step-started':
      return { ...state, stage: 'cutover', notice: { text: event.title, at: now } }
    case 'check-finished':
      return { ...state, stage: 'check', checks: state.checks + 1 }
    case 'notice':
      return { ...state, notice: { text: event.message, at: now } }
    case 'finding':
    case 'step-finished':
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
  {
    waiting,
    ...changes
  }: Partial<Omit<MailboxProgress, 'waiting'>> & { readonly waiting?: Waiting | undefined },
): ProgressState {
  const { waiting: _, ...known } = state.active.get(mailbox) ?? {
    domain,
    mailbox,
    done: nothing,
    samples: [],
  }
  const mailboxNow = { ...known, ...changes, ...(waiting === undefined ? {} : { waiting }) }
  return { ...state, active: new Map(state.active).set(mailbox, mailboxNow) }
}

function finishMailbox(
  state: ProgressState,
  { domain, mailbox, outcome, done }: Extract<MigrationEvent, { type: 'mailbox-finished' }>,
): ProgressState {
  const active = new Map(state.active)
  active.delete(mailbox)
  const total = state.active.get(mailbox)?.total
  const before = state.domains.get(domain) ?? newDomain
  const after = {
    ...before,
    finished: before.finished + 1,
    failed: before.failed + (outcome === 'failed' ? 1 : 0),
    done: addUp([before.done, done]),
    settled: addUp([before.settled, total ?? done]),
    known: addUp([before.known, total ?? nothing]),
    knownMailboxes: before.knownMailboxes + (total === undefined ? 0 : 1),
  }
  return { ...state, active, domains: new Map(state.domains).set(domain, after) }
}

/** Sums, rate and time left. */
export function progressTotals(state: ProgressState): ProgressTotals {
  const domains = Array.from(state.domains.values())
  const finished = sum(domains.map((domain) => domain.finished))
  return {
    ...amounts(state),
    ...speed(state.samples),
    mailboxesFinished: finished,
    mailboxes: Math.max(sum(domains.map((domain) => domain.mailboxes)), finished + state.active.size),
    failed: sum(domains.map((domain) => domain.failed)),
  }
}

function amounts(state: ProgressState): { done: Amount; total?: Amount; share?: number } {
  const active = Array.from(state.active.values())
  const domains = Array.from(state.domains.values())
  const done = addUp([...active, ...domains].map(({ done: each }) => each))
  const totals = Array.from(state.domains, ([name, domain]) =>
    wholeAmount(
      domain,
      active.filter((mailbox) => mailbox.domain === name),
    ),
  )
  const known = totals.filter((total) => total !== undefined)
  if (known.length === 0 || known.length < totals.length) return { done }
  const total = addUp(known)
  const settled = addUp([...active.map(({ done: each }) => each), ...domains.map((domain) => domain.settled)])
  return { done, total, share: shareOf(settled, total) }
}

/** What the survey knows of a domain, or of all its mailboxes once each has started. */
function wholeAmount(domain: DomainProgress, active: readonly MailboxProgress[]): Amount | undefined {
  if (domain.total !== undefined) return domain.total
  const totals = active.flatMap(({ total }) => (total === undefined ? [] : [total]))
  return totals.length + domain.knownMailboxes < domain.mailboxes
    ? undefined
    : addUp([domain.known, ...totals])
}

/** How much of `total` is done, 0..1: half by messages, half by bytes, because each costs time. */
export function shareOf(done: Amount, total: Amount): number {
  return (part(done.messages, total.messages) + part(done.bytes, total.bytes)) / 2
}

function part(done: number, total: number): number {
  return total > 0 ? Math.min(done / total, 1) : 1
}

/** Rate and time left of one mailbox. */
export function mailboxSpeed({ samples, total }: MailboxProgress): ReturnType<typeof speed> {
  const { leftMs, ...rates } = speed(samples)
  return total === undefined || leftMs === undefined ? rates : { ...rates, leftMs }
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
