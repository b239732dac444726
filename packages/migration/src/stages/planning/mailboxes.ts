import type { PlanContext } from './context.ts'
import type { DesiredMailbox } from './desired.ts'
import type { StateMailbox } from './mailcow-state.ts'

interface MailboxChanges {
  name?: string
  quotaBytes?: number
  active?: true
}

/** `gone`: aliases of ours that are removed before the mailboxes are made. */
export function planMailboxes(context: PlanContext, gone: ReadonlySet<string>): void {
  for (const mailbox of context.desired.mailboxes) planMailbox(context, mailbox, gone)
}

function planMailbox(context: PlanContext, wanted: DesiredMailbox, gone: ReadonlySet<string>): void {
  const { address, name, quotaBytes, password } = wanted
  const there = context.state.mailboxes.find((mailbox) => mailbox.address === address)
  if (there === undefined) {
    const taken = !gone.has(address) && context.state.aliases.some((alias) => alias.address === address)
    if (taken)
      context.conflict('address-is-alias', address, 'mailcow has an alias with the address of this mailbox')
    else if (wanted.announced)
      context.conflict('mailbox-gone', address, 'its user was told of it, and mailcow no longer has it')
    else context.act({ kind: 'add-mailbox', item: address, address, name, quotaBytes, password })
    return
  }
  const owner = context.ownership.of('mailbox', address)
  const detail = 'mailcow has this mailbox already, and we did not create it'
  if (context.refuses(owner, 'mailbox-exists', address, detail)) return
  const changes = mailboxChanges(wanted, there, owner === 'adopted')
  if (Object.keys(changes).length === 0) context.keep()
  else context.act({ kind: 'edit-mailbox', item: address, changes })
}

function mailboxChanges(wanted: DesiredMailbox, there: StateMailbox, adopted: boolean): MailboxChanges {
  const changes: MailboxChanges = {}
  const usersOwn = wanted.announced || adopted
  // What is the user's is only ever raised: less could stop his mail. Unlimited stays unlimited there.
  const quotaWrong = usersOwn
    ? there.quotaBytes !== null && there.quotaBytes < wanted.quotaBytes
    : there.quotaBytes !== wanted.quotaBytes
  if (quotaWrong) changes.quotaBytes = wanted.quotaBytes
  if (!usersOwn && there.name !== wanted.name) changes.name = wanted.name
  // mailcow refuses even the master login to an inactive mailbox: nothing could be copied.
  if (!wanted.announced && !there.active) changes.active = true
  return changes
}

/** Mailboxes of ours that the inventory no longer has: named, never deleted here. */
export function planLeftOvers(context: PlanContext): void {
  const wanted = new Set(context.desired.mailboxes.map((mailbox) => mailbox.address))
  for (const { address } of context.state.mailboxes)
    if (!wanted.has(address) && context.ownership.of('mailbox', address) === 'made')
      context.conflict('mailbox-left-over', address, 'we created it, and it is no longer to be moved')
}
