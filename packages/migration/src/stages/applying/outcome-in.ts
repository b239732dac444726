import type { MailcowState, StateMailbox } from '../planning/mailcow-state.ts'
import { isStaged } from '../planning/domain.ts'
import { sameScript } from '../planning/sieve-forward.ts'
import type { DomainLimits, PlannedAction } from '../plan-report.ts'

const LIMITS = [
  'maxMailboxes',
  'maxAliases',
  'defaultMailboxQuotaBytes',
  'maxMailboxQuotaBytes',
  'totalQuotaBytes',
] as const satisfies readonly (keyof DomainLimits)[]

/** What mailcow shows of an action whose answer never came. */
export type Trace =
  /** As wanted; with mailcow's number, where it has one. */
  | { readonly is: 'done'; readonly remoteId?: string }
  /** As before the action. */
  | { readonly is: 'absent' }
  /** Something with that name, but not what we asked for: somebody else's. */
  | { readonly is: 'different'; readonly detail: string }

/**
 * Whether a state of mailcow shows the action's effect. Pure. It proves that something was made by us only together with
 * a recorded intent, which is written after it was seen not to be there.
 */
export function outcomeIn(state: MailcowState, action: PlannedAction): Trace {
  switch (action.kind) {
    case 'add-forwarding-host': {
      const there = state.forwardingHosts.find((entry) => entry.host === action.host)
      if (there === undefined) return { is: 'absent' }
      return there.filterSpam ? { is: 'done' } : different('the spam filter is off for this forwarding host')
    }
    case 'add-transport':
    case 'edit-transport': {
      const [there] = state.transports
      if (there === undefined) return { is: 'absent' }
      if (there.nexthop === action.nexthop && there.active) return { is: 'done', remoteId: String(there.id) }
      return action.kind === 'edit-transport' ? { is: 'absent' } : different(`it leads to ${there.nexthop}`)
    }
    case 'add-domain':
    case 'edit-domain-relay':
      if (state.domain === undefined) return { is: 'absent' }
      if (isStaged(state.domain)) return { is: 'done' }
      return action.kind === 'edit-domain-relay' ? { is: 'absent' } : different('it is not a relay domain')
    case 'edit-domain-limits': {
      const { domain } = state
      const isRaised =
        domain !== undefined &&
        LIMITS.every((limit) => domain[limit] >= (action.changes[limit] ?? Number.NEGATIVE_INFINITY))
      return { is: isRaised ? 'done' : 'absent' }
    }
    case 'import-dkim': {
      const { dkim } = state
      const isThere = dkim?.selector === action.selector && dkim.publicKey === action.publicKey
      return { is: isThere ? 'done' : 'absent' }
    }
    case 'add-mailbox': {
      const there = state.mailboxes.find((mailbox) => mailbox.address === action.address)
      if (there === undefined) return { is: 'absent' }
      return isAsMade(there, action) ? { is: 'done' } : different('name, quota or its flags differ')
    }
    case 'edit-mailbox': {
      const there = state.mailboxes.find((mailbox) => mailbox.address === action.item)
      const { name, quotaBytes, active } = action.changes
      const isChanged =
        there !== undefined &&
        (name === undefined || there.name === name) &&
        (quotaBytes === undefined || there.quotaBytes === quotaBytes) &&
        (active === undefined || there.active)
      return { is: isChanged ? 'done' : 'absent' }
    }
    case 'add-filter': {
      const there = state.filters.find(
        (filter) => filter.mailbox === action.mailbox && filter.type === 'prefilter' && filter.active,
      )
      if (there === undefined) return { is: 'absent' }
      return sameScript(there.script, action.script)
        ? { is: 'done', remoteId: String(there.id) }
        : different('another prefilter is active')
    }
    case 'edit-filter': {
      const there = state.filters.find((filter) => filter.id === action.id)
      const isChanged = there !== undefined && there.active && sameScript(there.script, action.script)
      return { is: isChanged ? 'done' : 'absent' }
    }
    case 'delete-filter':
      return { is: state.filters.some((filter) => filter.id === action.id) ? 'absent' : 'done' }
    case 'add-alias':
    case 'edit-alias': {
      const there = state.aliases.find((alias) => alias.address === action.address)
      if (there === undefined) return { is: 'absent' }
      const isSame =
        sameTargets(there.targets, action.targets) &&
        there.active === action.active &&
        there.senderAllowed === action.senderAllowed
      if (isSame) return { is: 'done', remoteId: String(there.id) }
      return action.kind === 'edit-alias'
        ? { is: 'absent' }
        : different(`it goes to ${there.targets.join(', ')}`)
    }
    case 'delete-alias':
      return { is: state.aliases.some((alias) => alias.id === action.id) ? 'absent' : 'done' }
    default:
      return action satisfies never
  }
}

function isAsMade(
  there: StateMailbox,
  wanted: { readonly name: string; readonly quotaBytes: number },
): boolean {
  return (
    there.name === wanted.name &&
    there.quotaBytes === wanted.quotaBytes &&
    there.active &&
    there.forcePasswordUpdate
  )
}

function sameTargets(one: readonly string[], other: readonly string[]): boolean {
  return sortedText(one) === sortedText(other)
}

function sortedText(targets: readonly string[]): string {
  return [...new Set(targets.map((target) => target.toLowerCase()))].toSorted().join(' ')
}

function different(detail: string): Trace {
  return { is: 'different', detail }
}
