import { FORWARD_DESCRIPTION } from '../src/stages/planning/sieve-forward.ts'
import type { MailcowState, ObjectKind, Ownership } from '../src/stages/planning/mailcow-state.ts'
import type { PlannedAction } from '../src/stages/plan-report.ts'

/** mailcow in memory, as far as provision is concerned, with the refusals that matter; `made` is what the ledger knows. */
export interface ModelState {
  readonly mailcow: MailcowState
  /** `mailbox:anna@example.at`, `filter:3` */
  readonly made: ReadonlySet<string>
  readonly nextId: number
}

export function emptyState(): ModelState {
  return {
    mailcow: {
      forwardingHosts: [],
      transports: [],
      takenAliasDomains: [],
      domain: undefined,
      mailboxes: [],
      aliases: [],
      filters: [],
    },
    made: new Set(),
    nextId: 1,
  }
}

export function ownershipOf(state: ModelState): Ownership {
  return {
    of: (kind: ObjectKind, key: string) => (state.made.has(`${kind}:${key}`) ? 'made' : 'foreign'),
  }
}

/** Throws where mailcow would refuse. */
export function applyAction(state: ModelState, action: PlannedAction): ModelState {
  const { mailcow, nextId } = state
  switch (action.kind) {
    case 'add-forwarding-host': {
      const entry = { host: action.host, filterSpam: action.filterSpam }
      return made(state, `forwarding-host:${action.host}`, {
        forwardingHosts: [...mailcow.forwardingHosts, entry],
      })
    }
    case 'add-transport':
      refuse(mailcow.transports.length > 0, 'transport_dest_exists')
      return made(state, `transport:${action.destination}`, {
        transports: [{ id: nextId, destination: action.destination, nexthop: action.nexthop, active: true }],
      })
    case 'edit-transport':
      return changed(state, {
        transports: mailcow.transports.map((entry) => ({ ...entry, nexthop: action.nexthop, active: true })),
      })
    case 'add-domain': {
      refuse(mailcow.domain !== undefined, 'domain_exists')
      refuse(mailcow.transports.length === 0, 'the domain would relay by MX')
      refuse(action.defaultMailboxQuotaBytes > action.maxMailboxQuotaBytes, 'defquota > maxquota')
      refuse(action.maxMailboxQuotaBytes > action.totalQuotaBytes, 'maxquota > quota')
      const { kind: _kind, item: _item, domain: _domain, description: _description, ...rest } = action
      return made(state, `domain:${action.domain}`, { domain: { ...rest, active: true } })
    }
    case 'edit-domain-limits': {
      const domain = { ...present(mailcow.domain), ...action.changes }
      refuse(domain.maxMailboxQuotaBytes > domain.totalQuotaBytes, 'maxquota > quota')
      return changed(state, { domain })
    }
    case 'edit-domain-relay': {
      const { relay, relayAllRecipients, relayUnknownOnly } = action
      return changed(state, {
        domain: { ...present(mailcow.domain), relay, relayAllRecipients, relayUnknownOnly },
      })
    }
    case 'import-dkim':
      refuse(mailcow.domain === undefined, 'no such domain')
      return changed(state, { dkim: { selector: action.selector, publicKey: action.publicKey } })
    case 'add-mailbox': {
      refuse(taken(mailcow, action.address), 'object_exists')
      const { address, name, quotaBytes } = action
      const mailbox = { address, name, quotaBytes, active: true, forcePasswordUpdate: true }
      const mailboxes = [...mailcow.mailboxes, mailbox]
      return made(state, `mailbox:${address}`, withinLimits({ ...mailcow, mailboxes }))
    }
    case 'edit-mailbox': {
      const mailboxes = mailcow.mailboxes.map((mailbox) =>
        mailbox.address === action.item ? { ...mailbox, ...action.changes } : mailbox,
      )
      return changed(state, withinLimits({ ...mailcow, mailboxes }))
    }
    case 'add-filter': {
      refuse(!mailcow.mailboxes.some((mailbox) => mailbox.address === action.mailbox), 'no such mailbox')
      const filter = {
        id: nextId,
        mailbox: action.mailbox,
        type: 'prefilter' as const,
        description: FORWARD_DESCRIPTION,
        script: action.script,
        active: true,
      }
      // As on mailcow: a second active one silently switches the first off.
      const others = mailcow.filters.map((entry) =>
        entry.mailbox === action.mailbox ? { ...entry, active: false } : entry,
      )
      return made(state, `filter:${nextId}`, { filters: [...others, filter] })
    }
    case 'edit-filter':
      return changed(state, {
        filters: mailcow.filters.map((entry) =>
          entry.id === action.id ? { ...entry, script: action.script, active: true } : entry,
        ),
      })
    case 'delete-filter':
      return changed(state, { filters: mailcow.filters.filter((entry) => entry.id !== action.id) })
    case 'add-policy': {
      const { owner, list, sender } = action
      return changed(state, { policies: [...(mailcow.policies ?? []), { owner, list, sender }] })
    }
    case 'set-spam-score': {
      const { mailbox, junk, reject } = action
      return changed(state, {
        spamScores: new Map([...(mailcow.spamScores ?? []), [mailbox, { junk, reject }]]),
      })
    }
    case 'add-alias': {
      refuse(taken(mailcow, action.address), 'is_alias_or_mailbox')
      const { address, targets, active, senderAllowed } = action
      const aliases = [...mailcow.aliases, { id: nextId, address, targets, active, senderAllowed }]
      return made(state, `alias:${address}`, withinLimits({ ...mailcow, aliases }))
    }
    case 'edit-alias': {
      const { targets, active, senderAllowed } = action
      return changed(state, {
        aliases: mailcow.aliases.map((entry) =>
          entry.id === action.id ? { ...entry, targets, active, senderAllowed } : entry,
        ),
      })
    }
    case 'delete-alias':
      return changed(state, { aliases: mailcow.aliases.filter((entry) => entry.id !== action.id) })
    default:
      return action satisfies never
  }
}

function taken(mailcow: MailcowState, address: string): boolean {
  return [...mailcow.mailboxes, ...mailcow.aliases].some((entry) => entry.address === address)
}

function withinLimits(mailcow: MailcowState): MailcowState {
  const limits = present(mailcow.domain)
  const quotas = mailcow.mailboxes.map((mailbox) => mailbox.quotaBytes ?? 0)
  refuse(mailcow.mailboxes.length > limits.maxMailboxes, 'max_mailbox_exceeded')
  refuse(mailcow.aliases.length > limits.maxAliases, 'max_alias_exceeded')
  refuse(Math.max(0, ...quotas) > limits.maxMailboxQuotaBytes, 'mailbox_quota_exceeded')
  refuse(
    quotas.reduce((sum, bytes) => sum + bytes, 0) > limits.totalQuotaBytes,
    'mailbox_quota_left_exceeded',
  )
  return mailcow
}

function made(state: ModelState, key: string, change: Partial<MailcowState>): ModelState {
  return { ...changed(state, change), made: new Set([...state.made, key]) }
}

function changed(state: ModelState, change: Partial<MailcowState>): ModelState {
  return { ...state, mailcow: { ...state.mailcow, ...change }, nextId: state.nextId + 1 }
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('access_denied')
  return value
}

function refuse(condition: boolean, reason: string): void {
  if (condition) throw new Error(reason)
}
