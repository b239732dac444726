import { planAliases, planGoneAliases } from './aliases.ts'
import { PlanContext, type ProvisionPlan } from './context.ts'
import type { DesiredDomain, MailFlow } from './desired.ts'
import { planDkim } from './dkim.ts'
import { planDomain, planForwardingHosts, planTransport } from './domain.ts'
import { planForwards } from './forwards.ts'
import type { MailcowState, Ownership } from './mailcow-state.ts'
import { planSpam } from './spam.ts'
import { planLeftOvers, planMailboxes } from './mailboxes.ts'

/**
 * What has to be written so that mailcow looks as desired. Pure; objects in conflict are left alone, so a plan that is
 * carried out makes the next plan empty. The order is part of it: forwarding hosts and transport before the domain
 * (from its creation on mailcow relays), limits before mailboxes, forwards after their mailboxes, aliases last.
 */
export function planProvision(
  desired: DesiredDomain,
  state: MailcowState,
  ownership: Ownership,
  flow: MailFlow,
): ProvisionPlan {
  const context = new PlanContext(desired, state, ownership, flow)
  planForwardingHosts(context)
  if (state.aliasDomainOf !== undefined) {
    const detail = `mailcow has it as an alias domain of ${state.aliasDomainOf}`
    context.conflict('domain-is-alias-domain', desired.domain, detail)
    return context.result()
  }
  if (flow === 'staged') {
    planTransport(context)
    const detail = 'mailcow has this alias domain already'
    for (const name of state.takenAliasDomains) context.conflict('alias-domain-exists', name, detail)
  }
  if (!planDomain(context)) return context.result()
  planDkim(context)
  const gone = planGoneAliases(context)
  planMailboxes(context, gone)
  planLeftOvers(context)
  planForwards(context, gone)
  planSpam(context)
  planAliases(context)
  return context.result()
}
