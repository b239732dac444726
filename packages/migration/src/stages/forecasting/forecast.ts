import type { Amount } from '../amount.ts'

/** One copy that is over: what it carried, and how long it took. */
export interface MeasuredCopy {
  readonly bytes: number
  readonly messages: number
  readonly durationMs: number
}

/** How long something takes, with how much of it is knowledge. */
export interface DurationRange {
  readonly fromMs: number
  readonly toMs: number
}

export interface Forecast {
  readonly copy: DurationRange
  /** The last delta within the cut-over: nearly nothing to carry, all of it to look through. */
  readonly lastDelta: DurationRange
  /** `measured`: by copies of this installation; `default`: there were none yet that say anything. */
  readonly basis: 'measured' | 'default'
  /** How many copies it rests on. */
  readonly copies: number
}

/** What a forecast said, and what came of it. */
export interface ForecastOutcome {
  readonly forecast: DurationRange
  readonly actualMs: number
  readonly verdict: 'within' | 'faster' | 'slower'
}

/** Before the first copy: from a slow line to the old server (1 MB/s, 20 messages a second) to a good one (20 MB/s, 500). */
const DEFAULT_FAST = { bytesPerMs: 20_000, messagesPerMs: 0.5 }
const DEFAULT_SLOW = { bytesPerMs: 1_000, messagesPerMs: 0.02 }
/** A copy that was over at once tells of logins, not of a rate. */
const LEAST_MS = 2_000
/** Two copies are not the fastest and the slowest that there will be. */
const MARGIN = 1.25
const FEW = 5
const FEW_MARGIN = 2
/** A last delta lists every folder and reads flags: by measurements some 5,000 to 50,000 messages a second; and logins. */
const DELTA_FAST_PER_MS = 50
const DELTA_SLOW_PER_MS = 5
const DELTA_LEAST_MS = { from: 2_000, to: 60_000 }
/** Ten years: a pace that says more was none. */
const LONGEST_MS = 10 * 365 * 86_400_000
/** A day's new mail: of what a mailbox holds at most so much. */
const DELTA_SHARE = 0.005

/**
 * How long a copy of so much mail and its last delta will take, by what was measured here. The same copies in another order give the same
 * answer; more mail never takes less. Pure.
 */
export function forecast(amount: Amount, measured: readonly MeasuredCopy[]): Forecast {
  const telling = measured.filter(({ durationMs, bytes }) => durationMs >= LEAST_MS && bytes > 0)
  const copy = copyRange(amount, telling)
  const fresh = {
    bytes: amount.bytes * DELTA_SHARE,
    messages: amount.messages * DELTA_SHARE,
  }
  const sent = copyRange(fresh, telling)
  return {
    copy,
    lastDelta: range(
      Math.max(DELTA_LEAST_MS.from, amount.messages / DELTA_FAST_PER_MS),
      Math.max(DELTA_LEAST_MS.to, amount.messages / DELTA_SLOW_PER_MS) + sent.toMs,
    ),
    basis: telling.length === 0 ? 'default' : 'measured',
    copies: telling.length,
  }
}

/** Each copy tells how long this amount would take at its pace: by bytes, or by messages, whichever takes longer. */
function copyRange(
  amount: Pick<Amount, 'bytes' | 'messages'>,
  telling: readonly MeasuredCopy[],
): DurationRange {
  const atPace = (bytesPerMs: number, messagesPerMs: number): number =>
    Math.max(amount.bytes / bytesPerMs, messagesPerMs > 0 ? amount.messages / messagesPerMs : 0)
  if (telling.length === 0)
    return range(
      atPace(DEFAULT_FAST.bytesPerMs, DEFAULT_FAST.messagesPerMs),
      atPace(DEFAULT_SLOW.bytesPerMs, DEFAULT_SLOW.messagesPerMs),
    )
  const times = telling
    .map(({ bytes, messages, durationMs }) => atPace(bytes / durationMs, messages / durationMs))
    .toSorted((one, other) => one - other)
  const margin = telling.length < FEW ? FEW_MARGIN : MARGIN
  return range(quantile(times, 0.1) / margin, quantile(times, 0.9) * margin)
}

/** Of a sorted list that is not empty: linear between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] ?? 0
  const above = sorted[Math.ceil(position)] ?? below
  return below + (above - below) * (position - Math.floor(position))
}

function range(fromMs: number, toMs: number): DurationRange {
  const from = Math.min(Math.floor(fromMs), LONGEST_MS)
  return { fromMs: from, toMs: Math.max(from, Math.min(Math.ceil(toMs), LONGEST_MS)) }
}

/**
 * The same for a domain whose mailboxes go some at a time, as they were measured: the sum of them shared among these, and never less than
 * the largest one alone. Pure.
 */
export function forecastDomain(
  mailboxes: readonly Amount[],
  measured: readonly MeasuredCopy[],
  mailboxesAtOnce: number,
): Forecast {
  const { basis, copies } = forecast({ messages: 0, bytes: 0 }, measured)
  const each = mailboxes.map((amount) => forecast(amount, measured))
  const together = (pick: (one: Forecast) => DurationRange): DurationRange => {
    const share = (of: (range: DurationRange) => number): number => {
      const times = each.map((one) => of(pick(one)))
      const sum = times.reduce((total, time) => total + time, 0)
      return Math.max(0, ...times, sum / Math.max(1, mailboxesAtOnce))
    }
    return range(
      share(({ fromMs }) => fromMs),
      share(({ toMs }) => toMs),
    )
  }
  return {
    copy: together(({ copy }) => copy),
    lastDelta: together(({ lastDelta }) => lastDelta),
    basis,
    copies,
  }
}

/** `between 2 min and 3 h`, for people. Pure. */
export function rangeText({ fromMs, toMs }: DurationRange): string {
  return `between ${durationText(fromMs)} and ${durationText(toMs)}`
}

function durationText(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  const hours = seconds / 3600
  return `${hours < 10 ? hours.toFixed(1) : Math.round(hours)} h`
}

/** The forecast held against the fact. Pure. */
export function compareForecast(said: DurationRange, actualMs: number): ForecastOutcome {
  const verdict = actualMs < said.fromMs ? 'faster' : actualMs > said.toMs ? 'slower' : 'within'
  return { forecast: said, actualMs, verdict }
}
