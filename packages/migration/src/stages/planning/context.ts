import type { PlannedAction } from '../plan-report.ts'
import type { DesiredDomain, MailFlow } from './desired.ts'
import type { MailcowState, Owner, Ownership } from './mailcow-state.ts'

/** Something on mailcow that is in the way or not ours; the findings tell people of it. */
export interface Conflict {
  readonly kind:
    | 'domain-exists'
    | 'domain-is-alias-domain'
    | 'alias-domain-exists'
    | 'mailbox-exists'
    | 'address-is-alias'
    | 'address-is-mailbox'
    | 'alias-exists'
    | 'dkim-exists'
    | 'prefilter-exists'
    | 'transport-exists'
    | 'forwarding-host-unfiltered'
    | 'mailbox-left-over'
    | 'mailbox-gone'
  readonly item: string
  /** What is so, as a sentence without its full stop. */
  readonly detail: string
}

export interface ProvisionPlan {
  /** In the order in which they are to be made. */
  readonly actions: readonly PlannedAction[]
  /** Wanted objects that are already there as wanted. */
  readonly unchanged: number
  readonly conflicts: readonly Conflict[]
}

/** What the parts of the planner share: what is wanted, what is there, and the plan that grows. */
export class PlanContext {
  readonly desired: DesiredDomain
  readonly state: MailcowState
  readonly ownership: Ownership
  readonly flow: MailFlow
  readonly #actions: PlannedAction[] = []
  readonly #conflicts: Conflict[] = []
  #unchanged = 0

  constructor(desired: DesiredDomain, state: MailcowState, ownership: Ownership, flow: MailFlow) {
    this.desired = desired
    this.state = state
    this.ownership = ownership
    this.flow = flow
  }

  act(action: PlannedAction): void {
    this.#actions.push(action)
  }

  isPlanned(kind: PlannedAction['kind'], item: string): boolean {
    return this.#actions.some((action) => action.kind === kind && action.item === item)
  }

  keep(): void {
    this.#unchanged += 1
  }

  conflict(kind: Conflict['kind'], item: string, detail: string): void {
    this.#conflicts.push({ kind, item, detail })
  }

  /** True when the object is to be left alone. What was adopted is named at each plan again: on record, not forgotten. */
  refuses(owner: Owner, kind: Conflict['kind'], item: string, detail: string): boolean {
    if (owner !== 'made') this.conflict(kind, item, detail)
    return owner === 'foreign'
  }

  result(): ProvisionPlan {
    return { actions: this.#actions, unchanged: this.#unchanged, conflicts: this.#conflicts }
  }
}
