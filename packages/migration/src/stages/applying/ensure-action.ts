import type { Alias, Change, EnsureOptions, Filter, MailcowClient } from '@iteg/mailcow-client'
import type { MailcowObjects } from '../mailcow-facts.ts'
import type { PlannedAction } from '../plan-report.ts'
import { DISCARD_TARGET } from '../planning/desire.ts'
import { FORWARD_DESCRIPTION } from '../planning/sieve-forward.ts'

/** What an action needs besides itself, asked for only when it is sent: a plan holds nothing secret. */
export interface ActionSecrets {
  /** The initial password of a mailbox, sealed in the ledger before. */
  readonly password: (mailbox: string) => Promise<string>
  /** The private key for `import-dkim`, in PEM form. */
  readonly dkimKey: () => string | undefined
}

export interface EnsureActionOptions extends Pick<EnsureOptions, 'dryRun' | 'readBack' | 'beforeWrite'> {
  /** What mailcow's lists show: no object is read for itself. Absent: each is read. */
  readonly objects: MailcowObjects | undefined
  readonly secrets: ActionSecrets
}

export interface EnsuredAction {
  readonly outcome: 'created' | 'changed' | 'deleted' | 'unchanged'
  readonly changes: readonly Change[]
  /** mailcow's number of the object, where it is known. */
  readonly remoteId: string | undefined
}

/**
 * Brings about what an action wants, through the client's `ensure` function for it: that writes only what differs, and in
 * a dry run says whether anything does. Never aborted: a write under way ends by itself (the client's own time
 * limits), so that its outcome is known. Rejects with `MailcowError`.
 */
export async function ensureAction(
  client: MailcowClient,
  action: PlannedAction,
  options: EnsureActionOptions,
): Promise<EnsuredAction> {
  const ensured = await callEnsure(client, action, options)
  const { outcome, object } = ensured
  const id = 'id' in ensured && ensured.id !== undefined ? ensured.id : idOf(object)
  return {
    outcome,
    changes: 'changes' in ensured ? ensured.changes : [],
    remoteId: id === undefined ? undefined : String(id),
  }
}

async function callEnsure(client: MailcowClient, action: PlannedAction, options: EnsureActionOptions) {
  // Loaded when a server is spoken to: commands that only look at the ledger start faster without.
  const mailcow = await import('@iteg/mailcow-client')
  const { objects, secrets, ...how } = options
  /** What the lists show of an object; without lists it is read. */
  const seen = <T extends object>(find: (all: MailcowObjects) => T | undefined): EnsureOptions<T> =>
    objects === undefined ? how : { ...how, known: find(objects) ?? null }
  switch (action.kind) {
    case 'add-forwarding-host': {
      const { host, filterSpam } = action
      const known = seen((all) => all.forwardingHosts.find((entry) => entry.host === host))
      return mailcow.ensureForwardingHost(client, { host, filterSpam }, known)
    }
    case 'add-transport':
    case 'edit-transport': {
      const { destination, nexthop } = action
      const known = seen((all) => all.transports[0])
      return mailcow.ensureTransport(client, { destination, nexthop, active: true }, known)
    }
    case 'add-domain': {
      const { domain, description, maxMailboxes, maxAliases } = action
      const { defaultMailboxQuotaBytes, maxMailboxQuotaBytes, totalQuotaBytes } = action
      const limits = { maxMailboxes, maxAliases, defaultMailboxQuotaBytes, maxMailboxQuotaBytes }
      const settings = { domain, description, active: true, quotaBytes: totalQuotaBytes, ...limits }
      return mailcow.ensureDomain(client, { ...settings, ...flagsOf(action) }, seen(domainIn))
    }
    case 'edit-domain-limits': {
      const { totalQuotaBytes, ...limits } = action.changes
      const total = totalQuotaBytes === undefined ? {} : { quotaBytes: totalQuotaBytes }
      return mailcow.ensureDomain(
        client,
        { domain: action.item, raiseOnly: true, ...limits, ...total },
        seen(domainIn),
      )
    }
    case 'edit-domain-relay':
      return mailcow.ensureDomain(client, { domain: action.item, ...flagsOf(action) }, seen(domainIn))
    case 'import-dkim': {
      const { item: domain, selector, publicKey } = action
      // mailcow made one with the domain; whether another one may be replaced was decided by the plan.
      const privateKey = (): string => required(secrets.dkimKey(), 'import-dkim')
      return mailcow.ensureDkim(
        client,
        { domain, selector, publicKey, privateKey },
        seen((all) => all.dkim),
      )
    }
    case 'add-mailbox': {
      const { address, name, quotaBytes } = action
      const atCreation = async () => ({
        password: await secrets.password(address),
        forcePasswordUpdate: true,
      })
      const wanted = { address, name, quotaBytes, active: true, forcePasswordUpdate: true, atCreation }
      return mailcow.ensureMailbox(client, wanted, seen(mailboxIn(address)))
    }
    case 'edit-mailbox': {
      const { item: address, changes } = action
      return mailcow.ensureMailbox(client, { address, ...changes }, seen(mailboxIn(address)))
    }
    case 'add-filter':
    case 'edit-filter': {
      const { mailbox, script } = action
      const wanted = {
        mailbox,
        script,
        type: 'prefilter',
        description: FORWARD_DESCRIPTION,
        active: true,
      } as const
      return mailcow.ensureFilter(client, wanted, seen(filterOf(action)))
    }
    case 'delete-filter': {
      const { item: mailbox, id } = action
      return mailcow.ensureFilterAbsent(client, { mailbox, id }, seen(byId((all) => all.filters, id)))
    }
    case 'add-policy': {
      const { owner, list, sender } = action
      const known = seen((all) =>
        all.policies?.find((entry) => entry.owner === owner && entry.sender.toLowerCase() === sender),
      )
      return mailcow.ensurePolicyEntry(client, { owner, list, sender }, known)
    }
    case 'set-spam-score': {
      const { mailbox, junk, reject } = action
      const known = seen((all) => all.spamScores?.get(mailbox))
      return mailcow.ensureSpamScore(client, { mailbox, junk, reject }, known)
    }
    case 'add-alias':
    case 'edit-alias': {
      const { address, active, senderAllowed } = action
      const wanted = { address, targets: targetsOf(action.targets), active, senderAllowed }
      return mailcow.ensureAlias(client, wanted, seen(aliasOf(action)))
    }
    case 'delete-alias':
      return mailcow.ensureAliasAbsent(client, action.id, seen(byId((all) => all.aliases, action.id)))
    default:
      return action satisfies never
  }
}

function domainIn(all: MailcowObjects): MailcowObjects['domain'] {
  return all.domain
}

function mailboxIn(address: string) {
  return (all: MailcowObjects) => all.mailboxes.find((mailbox) => mailbox.address === address)
}

function byId<T extends { readonly id: number }>(list: (all: MailcowObjects) => readonly T[], id: number) {
  return (all: MailcowObjects): T | undefined => list(all).find((entry) => entry.id === id)
}

/** For a new one: whatever prefilter is active, since ours would switch it off without a word. */
function filterOf(action: PlannedAction & { readonly kind: 'add-filter' | 'edit-filter' }) {
  if (action.kind === 'edit-filter') return byId((all) => all.filters, action.id)
  return (all: MailcowObjects): Filter | undefined =>
    all.filters.find(
      ({ mailbox, type, active }) => mailbox === action.mailbox && type === 'prefilter' && active,
    )
}

function aliasOf(action: PlannedAction & { readonly kind: 'add-alias' | 'edit-alias' }) {
  if (action.kind === 'edit-alias') return byId((all) => all.aliases, action.id)
  return (all: MailcowObjects): Alias | undefined =>
    all.aliases.find((alias) => alias.address.toLowerCase() === action.address)
}

function flagsOf(action: PlannedAction & { readonly kind: 'add-domain' | 'edit-domain-relay' }) {
  const { relay: backupMx, relayAllRecipients, relayUnknownOnly } = action
  return { backupMx, relayAllRecipients, relayUnknownOnly }
}

function targetsOf(targets: readonly string[]): readonly string[] | 'discard' {
  return targets.length === 1 && targets[0] === DISCARD_TARGET ? 'discard' : targets
}

function idOf(object: object | undefined): number | undefined {
  return object !== undefined && 'id' in object && typeof object.id === 'number' ? object.id : undefined
}

function required(secret: string | undefined, what: string): string {
  if (secret === undefined) throw new Error(`${what} without its key`)
  return secret
}
