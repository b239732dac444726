import type { PlannedAlias } from '../plan-report.ts'
import type { PlanContext } from './context.ts'
import type { StateAlias } from './mailcow-state.ts'

/** Aliases of ours that the inventory no longer has; before the mailboxes, because one may take such an address. */
export function planGoneAliases(context: PlanContext): ReadonlySet<string> {
  const wanted = new Set(context.desired.aliases.map((alias) => alias.address))
  const gone = context.state.aliases.filter(
    (alias) => !wanted.has(alias.address) && context.ownership.of('alias', alias.address) === 'made',
  )
  for (const alias of gone) context.act({ kind: 'delete-alias', item: alias.address, id: alias.id })
  return new Set(gone.map((alias) => alias.address))
}

export function planAliases(context: PlanContext): void {
  for (const alias of context.desired.aliases) planAlias(context, alias)
}

function planAlias(context: PlanContext, wanted: PlannedAlias): void {
  const { address } = wanted
  const there = context.state.aliases.find((alias) => alias.address === address)
  if (there === undefined) {
    if (context.state.mailboxes.some((mailbox) => mailbox.address === address))
      context.conflict('address-is-mailbox', address, 'mailcow has a mailbox with the address of this alias')
    else context.act({ kind: 'add-alias', item: address, ...wanted })
    return
  }
  const detail = `mailcow has this alias already, to ${there.targets.join(', ')}, and we did not create it`
  if (context.refuses(context.ownership.of('alias', address), 'alias-exists', address, detail)) return
  // Once mailcow is final the cut-over decides which aliases are active.
  const active = context.flow === 'staged' ? wanted.active : there.active
  if (sameAlias({ ...wanted, active }, there)) context.keep()
  else context.act({ kind: 'edit-alias', item: address, id: there.id, ...wanted, active })
}

function sameAlias(wanted: PlannedAlias, there: StateAlias): boolean {
  return (
    sameSet(wanted.targets, there.targets) &&
    wanted.senderAllowed === there.senderAllowed &&
    wanted.active === there.active
  )
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const left = new Set(one.map((item) => item.toLowerCase()))
  const right = new Set(other.map((item) => item.toLowerCase()))
  return left.size === right.size && [...left].every((item) => right.has(item))
}
