import type { InventoryDomain, Mailbox, SpamSettings } from '@iteg/old-server'
import type { DomainConfig } from '../../config/index.ts'
import type { PlannedPolicy, PlannedSpamScore } from '../plan-report.ts'
import type { PlanContext } from './context.ts'
import { movedMailboxes } from './desire.ts'
import type { DesiredSpam } from './desired.ts'

/** mailcow's own threshold for refusing, where the old server names only the other one. */
const REJECT = 15
const JUNK = 8

export interface SpamWishes {
  readonly domain: InventoryDomain
  readonly config: DomainConfig
  /** `policy:…` and `spam-score:…` that we made once: from then on they are the users'. */
  readonly made: ReadonlySet<string>
  /** Mailboxes that were handed over: theirs too. */
  readonly announced: ReadonlySet<string>
  /** The domain is its users': its own lists are no longer ours to set. */
  readonly isHandedOver: boolean
}

export function policyKey({ owner, sender }: Pick<PlannedPolicy, 'owner' | 'sender'>): string {
  return `${owner} ${sender}`
}

/** mailcow's PHP lets nothing else into a list. */
export function isAcceptedSender(sender: string): boolean {
  return /^[a-z\d@_.*-]+$/.test(sender) && /[a-z\d]/.test(sender)
}

/** The spam lists and thresholds as mailcow shall have them, without those that it was given before; absent: none. Pure. */
export function desireSpam(wishes: SpamWishes): { readonly spam?: DesiredSpam } {
  const { domain, config, made, announced, isHandedOver } = wishes
  const mailboxes = movedMailboxes(domain, config).filter(({ address }) => !announced.has(address))
  const policies = [
    ...(isHandedOver ? [] : entries(domain.domain, domain.spam)),
    // What the domain says need not be said once more.
    ...mailboxes.flatMap(({ address, spam }) =>
      entries(address, spam).filter(
        ({ list, sender }) => domain.spam?.[list].includes(sender) !== true || isHandedOver,
      ),
    ),
  ].filter((policy) => !made.has(`policy:${policyKey(policy)}`))
  const scores = mailboxes
    .flatMap((mailbox) => score(mailbox, domain.spam) ?? [])
    .filter(({ mailbox }) => !made.has(`spam-score:${mailbox}`))
  return policies.length === 0 && scores.length === 0 ? {} : { spam: { policies, scores } }
}

function entries(owner: string, spam: SpamSettings | undefined): readonly PlannedPolicy[] {
  const of = (list: 'allow' | 'deny') =>
    (spam?.[list] ?? []).filter(isAcceptedSender).map((sender) => ({ owner, list, sender }))
  return [...of('allow'), ...of('deny')]
}

/** mailcow knows thresholds of mailboxes only: what the domain says holds for each of them. */
function score({ address, spam }: Mailbox, domain: SpamSettings | undefined): PlannedSpamScore | undefined {
  const junk = spam?.junk ?? domain?.junk
  const reject = spam?.reject ?? domain?.reject
  if (junk === undefined && reject === undefined) return undefined
  const low = junk ?? Math.min(JUNK, (reject ?? REJECT) - 1)
  // mailcow wants the second one higher; refusing loses mail, so it gives way.
  const high = reject !== undefined && reject > low ? reject : Math.max(REJECT, low + 1)
  return { mailbox: address, junk: low, reject: high }
}

/** Each is set once: what is on mailcow already, whoever put it there, stays as it is. */
export function planSpam(context: PlanContext): void {
  const { desired, state, ownership } = context
  const isOurs = (owner: string): boolean =>
    !owner.includes('@') ||
    ownership.of('mailbox', owner) === 'made' ||
    context.isPlanned('add-mailbox', owner)
  for (const policy of desired.spam?.policies ?? []) {
    if (!isOurs(policy.owner)) continue
    const isThere = state.policies?.some(
      ({ owner, sender }) => owner === policy.owner && sender.toLowerCase() === policy.sender,
    )
    if (isThere === true) context.keep()
    else context.act({ kind: 'add-policy', item: policy.owner, ...policy })
  }
  for (const wanted of desired.spam?.scores ?? []) {
    if (!isOurs(wanted.mailbox)) continue
    const there = state.spamScores?.get(wanted.mailbox)
    if (there?.junk === wanted.junk && there.reject === wanted.reject) context.keep()
    else context.act({ kind: 'set-spam-score', item: wanted.mailbox, ...wanted })
  }
}
