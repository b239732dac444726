import type { MailcowClient } from '@iteg/mailcow-client'
import type { PlannedAction } from '../plan-report.ts'
import { DISCARD_TARGET } from '../planning/desire.ts'
import { domainOf } from '../planning/address-rules.ts'
import { FORWARD_DESCRIPTION } from '../planning/sieve-forward.ts'

/**
 * The action as one call of mailcow's API; resolves to mailcow's number for what was made, where it tells one.
 * `secret` is the initial password of `add-mailbox`, sealed in the ledger before, or the private key of `import-dkim`. Never aborted: a write under way
 * ends by itself (the client's own time limits), so that its outcome is known.
 */
export async function sendAction(
  client: MailcowClient,
  action: PlannedAction,
  secret: string | undefined,
): Promise<string | undefined> {
  switch (action.kind) {
    case 'add-forwarding-host':
      await client.forwardingHosts.add({ host: action.host, filterSpam: action.filterSpam })
      return undefined
    case 'add-transport': {
      const { destination, nexthop } = action
      return String((await client.transports.add({ destination, nexthop, active: true })).id)
    }
    case 'edit-transport':
      await client.transports.edit(action.id, { nexthop: action.nexthop, active: true })
      return undefined
    case 'add-domain':
      await client.domains.add({
        domain: action.domain,
        description: action.description,
        active: true,
        maxMailboxes: action.maxMailboxes,
        maxAliases: action.maxAliases,
        defaultMailboxQuotaBytes: action.defaultMailboxQuotaBytes,
        maxMailboxQuotaBytes: action.maxMailboxQuotaBytes,
        quotaBytes: action.totalQuotaBytes,
        backupMx: action.relay,
        relayAllRecipients: action.relayAllRecipients,
        relayUnknownOnly: action.relayUnknownOnly,
      })
      return undefined
    case 'edit-domain-limits': {
      const { totalQuotaBytes, ...changes } = action.changes
      await client.domains.edit(action.item, {
        ...changes,
        ...(totalQuotaBytes === undefined ? {} : { quotaBytes: totalQuotaBytes }),
      })
      return undefined
    }
    case 'edit-domain-relay':
      await client.domains.edit(action.item, {
        backupMx: action.relay,
        relayAllRecipients: action.relayAllRecipients,
        relayUnknownOnly: action.relayUnknownOnly,
      })
      return undefined
    case 'import-dkim': {
      if (secret === undefined) throw new Error('import-dkim without its key')
      // mailcow made one with the domain; whether another one may be replaced was decided by the plan.
      const key = { selector: action.selector, privateKey: secret, overwrite: true }
      await client.dkim.import(action.item, key)
      return undefined
    }
    case 'add-mailbox':
      if (secret === undefined) throw new Error('add-mailbox without its sealed password')
      await client.mailboxes.add({
        localPart: action.address.slice(0, action.address.lastIndexOf('@')),
        domain: domainOf(action.address),
        name: action.name,
        password: secret,
        quotaBytes: action.quotaBytes,
        active: true,
        forcePasswordUpdate: true,
      })
      return undefined
    case 'edit-mailbox':
      await client.mailboxes.edit(action.item, action.changes)
      return undefined
    case 'add-filter': {
      const { mailbox, script } = action
      const settings = {
        mailbox,
        script,
        type: 'prefilter',
        description: FORWARD_DESCRIPTION,
        active: true,
      } as const
      return String((await client.filters.add(settings)).id)
    }
    case 'edit-filter':
      await client.filters.edit(action.id, { script: action.script, active: true })
      return undefined
    case 'delete-filter':
      await client.filters.delete(action.id)
      return undefined
    case 'add-alias': {
      const { address, active, senderAllowed } = action
      const made = await client.aliases.add({
        address,
        targets: targetsOf(action.targets),
        active,
        senderAllowed,
      })
      return made[0] === undefined ? undefined : String(made[0].id)
    }
    case 'edit-alias': {
      const { active, senderAllowed } = action
      await client.aliases.edit(action.id, { targets: targetsOf(action.targets), active, senderAllowed })
      return undefined
    }
    case 'delete-alias':
      await client.aliases.delete(action.id)
      return undefined
    default:
      return action satisfies never
  }
}

function targetsOf(targets: readonly string[]): readonly string[] | 'discard' {
  return targets.length === 1 && targets[0] === DISCARD_TARGET ? 'discard' : targets
}
