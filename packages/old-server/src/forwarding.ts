import { compareText } from './canonical.ts'
import type { Directory, DirectoryOf } from './directory.ts'
import { type Expansion, expand } from './expansion.ts'

/** An address as the new server will treat it. */
export interface Forwarding {
  readonly expansion: Expansion
  /** Its mail (also) stays in its own mailbox. */
  readonly keeps: boolean
  /** Where else it goes: expanded, but never beyond a mailbox, because there that mailbox's own filter forwards. Sorted. */
  readonly deliverTo: readonly string[]
}

/** Looks at addresses once each, however many others lead to them. */
export type ForwardingOf = (address: string) => Forwarding

export function memoizedForwarding(directoryOf: DirectoryOf, maxRecipients: number): ForwardingOf {
  const known = new Map<string, Forwarding>()
  return (address) => {
    const found = known.get(address)
    if (found !== undefined) return found
    const directory = directoryOf(address)
    const expansion = expand(directory, address, maxRecipients)
    const keeps = expansion.leaves.some((leaf) => leaf.mailbox === address)
    const forwarding = { expansion, keeps, deliverTo: nextRecipients(directory, address, expansion) }
    known.set(address, forwarding)
    return forwarding
  }
}

function nextRecipients(directory: Directory, start: string, expansion: Expansion): readonly string[] {
  const steps = new Map(expansion.steps.map((step) => [step.address, step]))
  const fruitful = fruitfulAddresses(expansion)
  const found = new Set<string>()
  const seen = new Set([start])
  const queue = [start]
  for (const address of queue)
    for (const next of steps.get(address)?.to ?? []) {
      if (seen.has(next) || !fruitful.has(next)) continue
      seen.add(next)
      const mailbox = directory.mailboxOf(next)
      // A row for a tagged address comes before the mailbox that it would belong to otherwise.
      const isInMailbox =
        mailbox?.active === true && (mailbox.address === next || steps.get(next)?.by !== 'row')
      if (!isInMailbox && steps.has(next)) queue.push(next)
      else if (mailbox?.address !== start) found.add(next)
    }
  return [...found].toSorted(compareText)
}

/** The addresses behind which at least one recipient really gets the mail. */
function fruitfulAddresses(expansion: Expansion): ReadonlySet<string> {
  const sources = new Map<string, string[]>()
  for (const step of expansion.steps)
    for (const next of step.to) {
      const known = sources.get(next)
      if (known === undefined) sources.set(next, [step.address])
      else known.push(step.address)
    }
  const fruitful = new Set(expansion.leaves.map((leaf) => leaf.address))
  for (const address of fruitful) for (const source of sources.get(address) ?? []) fruitful.add(source)
  return fruitful
}
