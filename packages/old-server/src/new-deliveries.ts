import type { DirectoryOf } from './directory.ts'
import type { ForwardingOf } from './forwarding.ts'

/** What one message to an address would become on the new server, where each mailbox forwards by itself. */
export interface NewDeliveries {
  /** Recipients that would get it more than once, with the ways to them, of which two leave the address differently. */
  readonly twice: readonly { readonly recipient: string; readonly paths: readonly (readonly string[])[] }[]
  /** Ways that come back to the address by mailboxes that forward to each other. */
  readonly circles: readonly (readonly string[])[]
}

/** Enough to see what is wrong; forwards to forwards could be followed in more ways than there are atoms. */
const maxDeliveries = 5000
const maxPaths = 5

/**
 * Postfix gives each recipient one copy, however many aliases lead to it. The new server does so for its aliases, but a
 * mailbox's forward is a second message: who is reached by an alias and by a member's forward gets two.
 */
export function newDeliveries(
  address: string,
  forwardingOf: ForwardingOf,
  directoryOf: DirectoryOf,
): NewDeliveries {
  const ways = new Map<string, string[][]>()
  const circles: string[][] = []
  const start = forwardingOf(address)
  const queue: string[][] = start.deliverTo.map((next) => [address, next])
  if (start.keeps) ways.set(address, [[address]])
  for (const [count, path] of queue.entries()) {
    if (count >= maxDeliveries) break
    const recipient = path.at(-1) ?? address
    const mailbox = directoryOf(recipient).mailboxOf(recipient)
    const forwarding = mailbox === undefined ? undefined : forwardingOf(mailbox.address)
    if (forwarding === undefined || forwarding.keeps) addWay(ways, mailbox?.address ?? recipient, path)
    for (const next of forwarding?.deliverTo ?? []) {
      if (!path.includes(next)) queue.push([...path, next])
      else if (next === address) circles.push([...path, next])
    }
  }
  const twice = [...ways].flatMap(([recipient, paths]) =>
    new Set(paths.map((path) => path[1] ?? address)).size < 2
      ? []
      : [{ recipient, paths: paths.slice(0, maxPaths) }],
  )
  return { twice, circles: circles.slice(0, maxPaths) }
}

function addWay(ways: Map<string, string[][]>, recipient: string, path: string[]): void {
  const known = ways.get(recipient)
  if (known === undefined) ways.set(recipient, [path])
  else known.push(path)
}
