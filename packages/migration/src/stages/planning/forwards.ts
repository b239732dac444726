import type { PlannedForward } from '../plan-report.ts'
import type { PlanContext } from './context.ts'
import { FORWARD_DESCRIPTION, sameScript } from './sieve-forward.ts'

export function planForwards(context: PlanContext, gone: ReadonlySet<string>): void {
  for (const forward of context.desired.forwards) planForward(context, forward, gone)
  const wanted = new Set(context.desired.forwards.map((forward) => forward.mailbox))
  for (const filter of context.state.filters)
    if (!wanted.has(filter.mailbox) && context.ownership.of('filter', String(filter.id)) === 'made')
      context.act({ kind: 'delete-filter', item: filter.mailbox, id: filter.id })
}

/** A mailbox that is in the way of the plan, or cannot be made, gets no forward from us either. */
function hasMailbox(context: PlanContext, address: string, gone: ReadonlySet<string>): boolean {
  const { state, ownership } = context
  if (state.mailboxes.some((mailbox) => mailbox.address === address))
    return ownership.of('mailbox', address) !== 'foreign'
  return gone.has(address) || !state.aliases.some((alias) => alias.address === address)
}

function planForward(context: PlanContext, forward: PlannedForward, gone: ReadonlySet<string>): void {
  const { mailbox } = forward
  const prefilters = context.state.filters.filter(
    (filter) => filter.mailbox === mailbox && filter.type === 'prefilter',
  )
  const isOurs = (id: number): boolean => context.ownership.of('filter', String(id)) === 'made'
  const active = prefilters.find((filter) => filter.active)
  const made = prefilters.find((filter) => isOurs(filter.id))
  // A write of ours that was thought lost and arrived late made a second one with the same text: ours goes on again.
  const isLateTwin =
    active !== undefined &&
    made !== undefined &&
    active.description === FORWARD_DESCRIPTION &&
    sameScript(active.script, made.script)
  if (active !== undefined && !isOurs(active.id) && !isLateTwin) {
    // mailcow runs one prefilter only: ours would switch this one off without a word.
    const detail = `there is an active prefilter "${active.description}" that we did not create`
    context.conflict('prefilter-exists', mailbox, detail)
    return
  }
  if (!hasMailbox(context, mailbox, gone)) return
  const ours = active !== undefined && isOurs(active.id) ? active : made
  if (ours === undefined) context.act({ kind: 'add-filter', item: mailbox, ...forward })
  else if (!ours.active || !sameScript(ours.script, forward.script))
    context.act({ kind: 'edit-filter', item: mailbox, id: ours.id, ...forward })
  else context.keep()
}
