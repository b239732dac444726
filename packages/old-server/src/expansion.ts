import { maxAddressLength } from './address.ts'
import type { Directory } from './directory.ts'
import { printTarget, type Target } from './target.ts'
import type { Leaf, PathStep, Undeliverable, UndeliverableReason } from './verdict.ts'

/** Everything that an address leads to. */
export interface Expansion {
  /** Nearest first. */
  readonly steps: readonly PathStep[]
  readonly leaves: readonly Leaf[]
  readonly undeliverable: readonly Undeliverable[]
  /** `loop`: the way into the circle and around it, the address that comes twice being the last. */
  readonly stop?: { readonly kind: 'loop'; readonly path: readonly string[] } | { readonly kind: 'too-many' }
}

/** For each recipient that may come out, so many addresses may be looked at on the way. */
const lookupsPerRecipient = 10

const tooMany: Expansion = { steps: [], leaves: [], undeliverable: [], stop: { kind: 'too-many' } }

interface Node {
  readonly address: string
  readonly from: Node | undefined
  /** Addresses looked up next; none when it is final. */
  readonly next: string[]
  /** One of its targets is itself: it is final and is not expanded a second time. */
  keepsItself: boolean
}

/**
 * Expands an address as cleanup(8) of Postfix does: each address that a row gives is looked up again; an address that
 * expands into itself stays; every other repetition would go on for ever, and the whole message is turned away.
 *
 * Breadth first, each address once: the work is bounded by the number of addresses, never by the number of ways to them.
 */
export function expand(directory: Directory, start: string, maxRecipients: number): Expansion {
  const nodes = new Map<string, Node>()
  const steps: PathStep[] = []
  const leaves: Leaf[] = []
  const undeliverable: Undeliverable[] = []
  const open = (address: string, from: Node | undefined): Node => {
    const node: Node = { address, from, next: [], keepsItself: false }
    nodes.set(address, node)
    return node
  }
  const queue = [open(start, undefined)]
  for (const node of queue) {
    // A row whose target is itself with a tag makes the address longer each time.
    if (node.address.length > maxAddressLength)
      return { steps, leaves: [], undeliverable: [], stop: { kind: 'loop', path: pathTo(node).slice(0, 10) } }
    if (nodes.size > maxRecipients * lookupsPerRecipient) return tooMany
    const lookup = directory.lookUp(node.address)
    if (lookup === undefined) {
      finish(directory, node, leaves, undeliverable)
      continue
    }
    for (const target of lookup.targets) {
      if (target.kind !== 'mailbox' && target.kind !== 'external')
        undeliverable.push({ target, reason: reasonOf(target), path: pathTo(node) })
      else if (target.address === node.address) node.keepsItself = true
      else {
        node.next.push(target.address)
        if (!nodes.has(target.address)) queue.push(open(target.address, node))
      }
    }
    if (node.keepsItself) finish(directory, node, leaves, undeliverable)
    steps.push({
      address: node.address,
      by: lookup.by,
      to: lookup.targets.map(printTarget),
      origin: lookup.origin,
    })
  }
  const circle = findCircle(nodes)
  if (circle !== undefined) {
    const path = [...pathTo(circle[0] ?? queue[0]), ...circle.slice(1).map((node) => node.address)]
    const around = new Set(path)
    return {
      steps: steps.filter((step) => around.has(step.address)),
      leaves: [],
      undeliverable: [],
      stop: { kind: 'loop', path },
    }
  }
  return leaves.length > maxRecipients ? tooMany : { steps, leaves, undeliverable }
}

function finish(directory: Directory, node: Node, leaves: Leaf[], undeliverable: Undeliverable[]): void {
  const what = directory.whatIs(node.address)
  const path = pathTo(node)
  if (what.kind === 'mailbox')
    leaves.push({ kind: 'mailbox', address: node.address, mailbox: what.mailbox, path })
  else if (what.kind === 'external') leaves.push({ kind: 'external', address: node.address, path })
  else
    undeliverable.push({
      target: { kind: 'mailbox', address: node.address },
      reason: what.kind,
      path: path.slice(0, -1),
    })
}

function reasonOf(target: Exclude<Target, { kind: 'mailbox' | 'external' }>): UndeliverableReason {
  return target.kind
}

function pathTo(node: Node | undefined): string[] {
  const path: string[] = []
  for (let at = node; at !== undefined; at = at.from) path.push(at.address)
  return path.toReversed()
}

/**
 * A circle among the addresses that do not keep themselves, its first node repeated at its end. Those that do are expanded
 * once only, so no way through them comes back for ever. Depth first without recursion: a chain may be long.
 */
function findCircle(nodes: ReadonlyMap<string, Node>): readonly Node[] | undefined {
  const done = new Set<Node>()
  for (const root of nodes.values()) {
    if (root.keepsItself || done.has(root)) continue
    const way: { readonly node: Node; next: number }[] = [{ node: root, next: 0 }]
    const onWay = new Set([root])
    while (way.length > 0) {
      const top = way.at(-1)
      if (top === undefined) break
      const address = top.node.next[top.next]
      top.next += 1
      const node = address === undefined ? undefined : nodes.get(address)
      if (address === undefined) {
        done.add(top.node)
        onWay.delete(top.node)
        way.pop()
      } else if (node !== undefined && onWay.has(node)) {
        const first = way.findIndex((entry) => entry.node === node)
        return [...way.slice(first).map((entry) => entry.node), node]
      } else if (node !== undefined && !node.keepsItself && !done.has(node)) {
        way.push({ node, next: 0 })
        onWay.add(node)
      }
    }
  }
  return undefined
}
