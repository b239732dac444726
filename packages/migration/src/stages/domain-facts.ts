import { domainSettings } from './ascii-names.ts'
import type { RecordedFinding } from '../ledger/findings.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { hasBegun } from './cutting-over/has-begun.ts'
import { transportNexthop } from './endpoints.ts'
import type { Finding } from './finding.ts'
import { conflictFindings } from './findings/conflict-findings.ts'
import { inventoryFindings } from './findings/inventory-findings.ts'
import { mergeFindings } from './findings/merge.ts'
import type { DomainInventory } from './inventory.ts'
import { type MailcowFacts, readMailcow } from './mailcow-facts.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import { outgoingAddresses } from './outgoing-addresses.ts'
import { recordedOwnership } from './ownership.ts'
import { desireDomain } from './planning/desire.ts'
import type { DesiredDomain, MailFlow } from './planning/desired.ts'
import type { MailcowState, Ownership } from './planning/mailcow-state.ts'
import type { ProvisionPlan } from './planning/context.ts'
import { desireSpam } from './planning/spam.ts'
import { planProvision } from './planning/planner.ts'

/** Everything that is known of one domain, with the plan that follows from it. */
export interface DomainFacts {
  readonly name: string
  readonly inventory: DomainInventory
  readonly desired: DesiredDomain
  readonly state: MailcowFacts
  readonly ownership: Ownership
  readonly flow: MailFlow
  readonly plan: ProvisionPlan
  /** Of the inventory and of mailcow; without what only the mailboxes themselves tell. */
  readonly findings: readonly Finding[]
}

/** Where a domain's findings of survey and provision are kept. */
export const SURVEY_SCOPE = 'survey'

/** Reads mailcow and plans. `ledger` is undefined before there is one: then nothing is ours yet. */
export async function gatherDomain(
  migration: Migration,
  ledger: Ledger | undefined,
  inventory: DomainInventory,
  options: StageOptions,
): Promise<DomainFacts> {
  const { config } = migration
  const name = inventory.domain.domain
  const mailboxes = (await ledger?.mailboxes.list(name)) ?? []
  const announced = new Set(
    mailboxes.filter((mailbox) => mailbox.announcedAt !== undefined).map((mailbox) => mailbox.address),
  )
  const base = desireDomain({
    domain: inventory.domain,
    verdicts: inventory.verdicts,
    config: domainSettings(config, name),
    quotas: config.quotas,
    nexthop: transportNexthop(config.old.smtp),
    forwardingHosts: await outgoingAddresses(config.old),
    announced,
  })
  const objects = (await ledger?.objects.list(name)) ?? []
  const desired: DesiredDomain = {
    ...base,
    ...desireSpam({
      domain: inventory.domain,
      config: domainSettings(config, name),
      made: new Set(
        objects.filter(({ state }) => state === 'created').map(({ kind, key }) => `${kind}:${key}`),
      ),
      announced,
      isHandedOver: announced.size > 0,
    }),
  }
  const state = await readMailcow(await migration.mailcow(), name, inventory.domain.aliasDomains, {
    ...options,
    dkim: desired.dkim !== undefined,
    spam: desired.spam,
  })
  return planDomain(migration, ledger, inventory, desired, state)
}

/** The plan for a state of mailcow that was read already. */
export async function planDomain(
  migration: Migration,
  ledger: Ledger | undefined,
  inventory: DomainInventory,
  desired: DesiredDomain,
  state: MailcowFacts,
): Promise<DomainFacts> {
  const { config } = migration
  const name = inventory.domain.domain
  const flow = await mailFlow(ledger, name)
  const recorded = (await ledger?.findings.list(name)) ?? []
  const ownership = recordedOwnership((await ledger?.objects.list(name)) ?? [], recorded)
  const plan = planProvision(desired, state, ownership, flow)
  const settings = { config: domainSettings(config, name), quotas: config.quotas }
  const findings = [
    ...inventoryFindings({ ...inventory, ...settings }),
    ...conflictFindings(name, plan.conflicts),
    ...inactiveOnMailcow(name, state),
    ...raisedLimits(name, plan),
  ]
  return { name, inventory, desired, state, ownership, flow, plan, findings: mergeFindings(findings) }
}

/** From its cut-over on mailcow accepts the domain's mail itself: relay, transport and alias states are not ours to set back. */
async function mailFlow(ledger: Ledger | undefined, domain: string): Promise<MailFlow> {
  const steps = (await ledger?.cutoverSteps.list(domain, 'forward')) ?? []
  return hasBegun(steps) ? 'final' : 'staged'
}

function inactiveOnMailcow(domain: string, state: MailcowState): readonly Finding[] {
  if (state.domain === undefined || state.domain.active) return []
  return [
    {
      code: 'domain-inactive-on-mailcow',
      severity: 'red',
      domain,
      message: 'mailcow has the domain, but switched off: nobody could log in, and nothing could be copied.',
      remedy: 'Switch it on in mailcow, then run this again.',
    },
  ]
}

function raisedLimits(domain: string, { actions }: ProvisionPlan): readonly Finding[] {
  if (!actions.some((action) => action.kind === 'edit-domain-limits')) return []
  return [
    {
      code: 'domain-limits',
      severity: 'info',
      domain,
      message: "The domain's limits on mailcow (mailboxes, aliases, quotas) are too small for what moves.",
      remedy: 'Nothing to do: provision raises them as far as needed, and lowers none.',
    },
  ]
}

/** Attaches what was accepted before; for a dry run, which records nothing. */
export function withAcceptances(
  findings: readonly Finding[],
  recorded: readonly RecordedFinding[],
): readonly Finding[] {
  return findings.map((finding) => {
    const acceptance = recorded.find(
      (known) => known.code === finding.code && known.item === finding.item,
    )?.acceptance
    return acceptance === undefined
      ? finding
      : {
          ...finding,
          accepted: { at: acceptance.at.toISOString(), by: acceptance.who, reason: acceptance.reason },
        }
  })
}
