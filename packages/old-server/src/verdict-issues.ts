import type { Forwarding } from './forwarding.ts'
import type { Mailbox } from './model.ts'
import type { NewDeliveries } from './new-deliveries.ts'
import { printTarget } from './target.ts'
import type { Undeliverable, UndeliverableReason, VerdictIssue, VerdictKind } from './verdict.ts'

/** What there is to say of an address. */
export interface VerdictFacts {
  readonly address: string
  readonly verdict: VerdictKind
  readonly active: boolean
  readonly mailbox: Mailbox | undefined
  readonly forwarding: Forwarding
  readonly deliveries: NewDeliveries
  readonly maxRecipients: number
}

/** Everything an admin should know about an address, the gravest first. */
export function verdictIssues(facts: VerdictFacts): readonly VerdictIssue[] {
  const { address, verdict, forwarding, deliveries } = facts
  const { expansion } = forwarding
  const issues: VerdictIssue[] = []
  if (expansion.stop?.kind === 'loop')
    issues.push({
      code: 'loop',
      severity: 'red',
      message: `${address} leads in a circle: ${arrows(expansion.stop.path)}. The old server turns away every mail to it.`,
      remedy:
        'Take the circle out of the aliases on the old server, or accept that the address is not moved.',
      paths: [expansion.stop.path],
    })
  if (expansion.stop?.kind === 'too-many')
    issues.push({
      code: 'too-many-recipients',
      severity: 'red',
      message: `${address} leads to more than ${facts.maxRecipients} recipients, which neither server expands.`,
      remedy: 'Make a mailing list of it, or split it.',
      paths: [[address]],
    })
  if (verdict === 'dead')
    issues.push({
      code: 'dead',
      severity: 'red',
      message: `Mail to ${address} reaches nobody: ${list(expansion.undeliverable.map(describe))}.`,
      remedy: 'Correct or remove it on the old server, or accept that the address is not moved.',
      paths: expansion.undeliverable.map((entry) => entry.path),
    })
  for (const circle of deliveries.circles)
    issues.push({
      code: 'forward-circle',
      severity: 'red',
      message: `Mailboxes forward in a circle: ${arrows(circle)}. On the new server a copy would come back.`,
      remedy: 'Take one of the forwards out on the old server, or accept it.',
      paths: [circle],
    })
  if (facts.mailbox?.ownAddress === false && expansion.steps[0]?.by === 'catch-all')
    issues.push({
      code: 'catch-all-swallows-mailbox',
      severity: 'red',
      message: `The mailbox ${address} gets no mail, because the catch-all takes it. On the new server a mailbox comes before the catch-all.`,
      remedy: `Give the mailbox an alias row of its own on the old server, or accept that its mail goes to ${list(forwarding.deliverTo)}.`,
      paths: expansion.leaves.map((leaf) => leaf.path),
    })
  issues.push(...undeliverableIssues(facts))
  for (const { recipient, paths } of deliveries.twice)
    issues.push({
      code: 'delivered-twice',
      severity: 'yellow',
      target: recipient,
      message: `On the new server ${recipient} would get mail to ${address} twice: ${paths.map(arrows).join(' and ')}.`,
      remedy: 'Take one of the two ways out, or accept the second copy.',
      paths,
    })
  if (!facts.active)
    issues.push({
      code: 'inactive',
      severity: 'info',
      message: `${address} is switched off on the old server.`,
      remedy: 'Nothing to do if that is meant.',
      paths: [[address]],
    })
  return issues
}

/** A dead address has been named as a whole; what is left are single targets among good ones, and what needs a hand. */
function undeliverableIssues(facts: VerdictFacts): VerdictIssue[] {
  return facts.forwarding.expansion.undeliverable.flatMap((entry) => {
    const issue = undeliverableIssue(facts, entry)
    return issue === undefined ? [] : [{ ...issue, target: printTarget(entry.target), paths: [entry.path] }]
  })
}

function undeliverableIssue(
  { address, verdict }: VerdictFacts,
  entry: Undeliverable,
): Omit<VerdictIssue, 'target' | 'paths'> | undefined {
  if (entry.reason === 'discard') return undefined
  if (entry.reason === 'autoreply')
    return {
      code: 'autoreply',
      severity: 'info',
      message: `${address} answers by itself (${printTarget(entry.target)}); the inventory does not hold the text.`,
      remedy: 'Set the vacation notice up again on the new server, if it is still wanted.',
    }
  if (byHand.has(entry.reason))
    return {
      code: 'unsupported-target',
      severity: 'red',
      message: `${address} leads to ${describe(entry)}, which cannot be carried over.`,
      remedy: 'Replace it by addresses, or accept that this target is left out.',
    }
  if (verdict === 'dead') return undefined
  return {
    code: 'dead-target',
    severity: 'yellow',
    message: `One target of ${address} gets nothing: ${describe(entry)}.`,
    remedy: 'It is left out; correct the alias if somebody is missing.',
  }
}

/** What no new server does by itself. */
const byHand: ReadonlySet<UndeliverableReason> = new Set(['pipe', 'file', 'include', 'domain'])

const phrases: Readonly<Record<UndeliverableReason, (name: string) => string>> = {
  'no-such-address': (name) => `${name} does not exist`,
  inactive: (name) => `${name} is switched off or receives nothing`,
  unqualified: (name) => `'${name}' has no domain`,
  pipe: (name) => `the program ${name}`,
  file: (name) => `the file ${name}`,
  include: (name) => `the list ${name}`,
  domain: (name) => `the same name in another domain, ${name}`,
  autoreply: (name) => `the automatic answer ${name}`,
  discard: (name) => `${name}, which throws mail away`,
}

function describe({ target, reason, path }: Undeliverable): string {
  const via = path.length > 1 ? ` (by ${arrows(path.slice(1))})` : ''
  return `${phrases[reason](printTarget(target))}${via}`
}

function arrows(path: readonly string[]): string {
  return path.join(' → ')
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).join(', ')
  return texts.length > 5 ? `${shown} and ${texts.length - 5} more` : shown
}
