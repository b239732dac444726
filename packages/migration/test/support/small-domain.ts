import type { InventoryText } from './bed.ts'

/** A domain that needs one write of every kind: two mailboxes, one of which forwards, and an alias. */
export function smallInventory(domains: readonly string[]): InventoryText {
  return {
    domains: domains.map((domain) => ({
      domain,
      mailboxes: [
        { address: `anna@${domain}`, name: 'Anna', quotaBytes: 10_485_760 },
        { address: `bob@${domain}`, name: 'Bob', quotaBytes: 10_485_760 },
      ],
      aliases: [
        { address: `bob@${domain}`, targets: [`bob@${domain}`, 'friend@outside.example'] },
        { address: `info@${domain}`, targets: [`anna@${domain}`, `bob@${domain}`] },
      ],
    })),
  }
}

/** The writes that it takes, in order. */
export const SMALL_WRITES = [
  'add/fwdhost',
  'add/transport',
  'add/domain',
  'add/mailbox',
  'add/mailbox',
  'add/filter',
  'add/alias',
] as const
