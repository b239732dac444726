import type { Inventory } from './model.ts'
import type { Verdict } from './verdict.ts'

/** What `effectiveRecipients` takes. */
export interface EffectiveRecipientsOptions {
  /** What separates a tag from the local part; `null`: nothing does. Default `+`. */
  readonly recipientDelimiter?: string | null
  /** The domain that the old server appends to targets without one; absent: such targets are undeliverable. */
  readonly myOrigin?: string
  /** Default 1000, Postfix's own limit on both servers. */
  readonly maxRecipients?: number
}

export function effectiveRecipients(
  inventory: Inventory,
  domain: string,
  options: EffectiveRecipientsOptions = {},
): readonly Verdict[] {
  throw new Error(`cannot expand ${domain} yet ${inventory.domains.length} ${String(options.maxRecipients)}`)
}
