import type { DomainLimits, RelayFlags } from '../plan-report.ts'
import type { PlanContext } from './context.ts'
import { type DesiredDomain, LEAST_LIMITS } from './desired.ts'
import type { MailcowState, StateDomain } from './mailcow-state.ts'

/** Until cut-over: accepted for everybody and handed to the old server. All three in one call. */
export const STAGED_FLAGS: RelayFlags = { relay: true, relayAllRecipients: true, relayUnknownOnly: false }

export function planForwardingHosts(context: PlanContext): void {
  for (const host of context.desired.forwardingHosts) {
    const there = context.state.forwardingHosts.find((candidate) => candidate.host === host)
    const detail = 'mailcow does not filter spam in mail from this forwarding host'
    if (there === undefined) context.act({ kind: 'add-forwarding-host', item: host, host, filterSpam: true })
    else if (there.filterSpam) context.keep()
    else context.conflict('forwarding-host-unfiltered', host, detail)
  }
}

export function planTransport(context: PlanContext): void {
  const { domain, nexthop } = context.desired
  const [there] = context.state.transports
  if (there === undefined) {
    context.act({ kind: 'add-transport', item: domain, destination: domain, nexthop })
    return
  }
  const detail = `mailcow has a transport for the domain to ${there.nexthop} that we did not create`
  if (context.refuses(context.ownership.of('transport', domain), 'transport-exists', domain, detail)) return
  if (there.nexthop === nexthop && there.active) context.keep()
  else context.act({ kind: 'edit-transport', item: domain, id: there.id, destination: domain, nexthop })
}

/** False when nothing behind the domain may be planned. */
export function planDomain(context: PlanContext): boolean {
  const { desired, state, flow } = context
  const { domain, description } = desired
  const limits = neededLimits(desired, state)
  if (state.domain === undefined) {
    const spacious = withRoom(limits)
    context.act({ kind: 'add-domain', item: domain, domain, description, ...spacious, ...STAGED_FLAGS })
    return true
  }
  const how = state.domain.relay ? 'as a relay domain' : 'and delivers its mail itself'
  const detail = `mailcow has the domain already, ${how}, and we did not create it`
  if (context.refuses(context.ownership.of('domain', domain), 'domain-exists', domain, detail)) return false
  const changes = raisedLimits(limits, state.domain)
  const limitsFit = Object.keys(changes).length === 0
  const flagsFit = flow === 'final' || isStaged(state.domain)
  if (!limitsFit) context.act({ kind: 'edit-domain-limits', item: domain, changes })
  if (!flagsFit) context.act({ kind: 'edit-domain-relay', item: domain, ...STAGED_FLAGS })
  if (limitsFit && flagsFit) context.keep()
  return true
}

function isStaged(flags: RelayFlags): boolean {
  return flags.relay && flags.relayAllRecipients && !flags.relayUnknownOnly
}

/** Limits that hold what is wanted and what is there besides. */
function neededLimits(desired: DesiredDomain, state: MailcowState): DomainLimits {
  const quotas = new Map<string, number>()
  for (const mailbox of [...state.mailboxes, ...desired.mailboxes])
    quotas.set(mailbox.address, Math.max(quotas.get(mailbox.address) ?? 0, mailbox.quotaBytes ?? 0))
  const aliases = new Set([...state.aliases, ...desired.aliases].map((alias) => alias.address))
  const largest = Math.max(desired.defaultMailboxQuotaBytes, ...quotas.values())
  const sum = [...quotas.values()].reduce((total, bytes) => total + bytes, 0)
  return {
    maxMailboxes: quotas.size,
    maxAliases: aliases.size,
    defaultMailboxQuotaBytes: desired.defaultMailboxQuotaBytes,
    maxMailboxQuotaBytes: largest,
    totalQuotaBytes: Math.max(largest, sum),
  }
}

/** For a new domain: never less than mailcow's own defaults, so that an admin can add something by hand. */
function withRoom(limits: DomainLimits): DomainLimits {
  const maxMailboxQuotaBytes = Math.max(LEAST_LIMITS.maxMailboxQuotaBytes, limits.maxMailboxQuotaBytes)
  return {
    ...limits,
    maxMailboxes: Math.max(LEAST_LIMITS.maxMailboxes, limits.maxMailboxes),
    maxAliases: Math.max(LEAST_LIMITS.maxAliases, limits.maxAliases),
    maxMailboxQuotaBytes,
    totalQuotaBytes: Math.max(LEAST_LIMITS.totalQuotaBytes, maxMailboxQuotaBytes, limits.totalQuotaBytes),
  }
}

/** Limits are only ever raised: somebody may have given the domain more on purpose. */
function raisedLimits(needed: DomainLimits, there: StateDomain): Partial<DomainLimits> {
  const raised: { -readonly [Key in keyof DomainLimits]?: number } = {}
  for (const key of ['maxMailboxes', 'maxAliases', 'maxMailboxQuotaBytes', 'totalQuotaBytes'] as const)
    if (there[key] < needed[key]) raised[key] = needed[key]
  return raised
}
