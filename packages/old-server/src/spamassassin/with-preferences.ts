import type { Inventory } from '../model.ts'
import { mergeSpam } from '../spam.ts'
import type { ServerPreferences } from './read-userpref.ts'

/** The inventory with what SpamAssassin was told; what the inventory says itself goes first. Pure. */
export function withSpamPreferences(
  inventory: Inventory,
  { global, domains, mailboxes }: ServerPreferences,
): Inventory {
  return {
    ...inventory,
    domains: inventory.domains.map((domain) => {
      const general = mergeSpam(domains.get(domain.domain)?.settings, global?.settings)
      const spam = mergeSpam(domain.spam, general)
      return {
        ...domain,
        ...(spam === undefined ? {} : { spam }),
        mailboxes: domain.mailboxes.map((mailbox) => {
          const own = mergeSpam(mailbox.spam, mailboxes.get(mailbox.address)?.settings)
          return own === undefined ? mailbox : { ...mailbox, spam: own }
        }),
      }
    }),
  }
}
