import type { DomainFacts } from '../domain-facts.ts'
import { MigrationError } from '../errors.ts'

/** Who accepts the domain's mail for itself, and who hands it on. */
export interface MailFlowSides {
  readonly mailcow: 'final' | 'relays' | 'absent'
  /** `unknown`: somebody else looks after the old server, and it could not be asked. */
  readonly old: 'final' | 'relays' | 'unknown'
}

/** What of mailcow's state decides where the domain's mail goes. */
interface RoutingState {
  readonly domain:
    | Pick<NonNullable<DomainFacts['state']['domain']>, 'relay' | 'relayAllRecipients' | 'relayUnknownOnly'>
    | undefined
  readonly transports: readonly Pick<DomainFacts['state']['transports'][number], 'active'>[]
}

/** What mailcow does with mail for the domain, as its own lists show it. Pure. */
export function mailcowSide({ state }: { readonly state: RoutingState }): MailFlowSides['mailcow'] {
  const { domain, transports } = state
  if (domain === undefined) return 'absent'
  const relays = domain.relay || domain.relayAllRecipients || domain.relayUnknownOnly
  // A transport wins over local delivery, whatever the flags say.
  return relays || transports.some(({ active }) => active) ? 'relays' : 'final'
}

/**
 * The rule of every cut-over and rollback: the new side becomes final first, the side that stops being final goes last. Both final
 * is harmless, both relaying is a loop. Throws before a step that would begin one.
 */
export function assertNoLoop(sides: MailFlowSides, doing: 'mailcow-relays' | 'old-relays'): void {
  const other = doing === 'old-relays' ? sides.mailcow : sides.old
  if (other === 'final') return
  const [who, whom] = doing === 'old-relays' ? ['The old server', 'mailcow'] : ['mailcow', 'the old server']
  throw new MigrationError(
    'gate',
    `${who} must not hand the domain on: ${whom} does not accept its mail for itself (${other}), and it would go round in circles. Nothing was changed.`,
    { hint: 'Run mailmove cutover again: it begins with what is missing.' },
  )
}

/** For the report: who could lose or keep a message now. */
export function finalSide({ mailcow, old }: MailFlowSides): 'old' | 'mailcow' | 'both' {
  if (mailcow === 'final') return old === 'relays' ? 'mailcow' : 'both'
  return 'old'
}
