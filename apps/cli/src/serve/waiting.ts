import type { StatusDomain } from '@iteg/migration'
import { formatTime } from '../ui/units.ts'

/** Whom a domain waits for: nobody, while it is worked on; the admins' decision; their next command; a date; or nothing more. */
export interface Waiting {
  readonly for: 'nobody' | 'decision' | 'command' | 'time' | 'done'
  readonly label: string
}

/** What an admin has to look at comes first. */
export const WAITING_ORDER: readonly Waiting['for'][] = ['decision', 'command', 'nobody', 'time', 'done']

/** Pure. `now` decides whether a date is still ahead. */
export function waitingFor(domain: StatusDomain, now: Date): Waiting {
  const { running, blockedBy, openActions, next, warned } = domain
  if (running !== undefined) return { for: 'nobody', label: 'being worked on' }
  if (blockedBy.length > 0)
    return { for: 'decision', label: `waits for your decision: ${blockedBy.length} red` }
  const withCommand = openActions.length
  if (withCommand > 0)
    return { for: 'decision', label: `waits for you: ${plural(withCommand, 'open action')}` }
  if (warned !== undefined && next === undefined && new Date(warned.cutoverFrom) > now)
    return { for: 'time', label: `announced from ${formatTime(new Date(warned.cutoverFrom))} on` }
  if (next !== undefined) return { for: 'command', label: 'waits for its next command' }
  return { for: 'done', label: 'nothing left to do' }
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/** How far the mail of a domain is, between 0 and 1: provisioned, copied and verified count a third each. */
export function shareDone({ totals }: StatusDomain): number {
  if (totals.mailboxes === 0) return 0
  return (totals.provisioned + totals.copied + totals.verified) / (3 * totals.mailboxes)
}
