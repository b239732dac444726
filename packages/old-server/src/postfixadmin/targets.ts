import { splitAddress } from '../address.ts'
import { parseTarget, splitTargets, type Target } from '../target.ts'
import { maxGotoLength } from './tables.ts'

/** PostfixAdmin ships its default aliases (abuse, postmaster, ...) with targets in this domain. */
const placeholderDomain = 'change-this-to-your.domain.tld'

interface ReadTargets {
  readonly targets: readonly Target[]
  readonly problems: readonly string[]
  readonly placeholders: number
}

/** Reads the column `goto`: targets separated by commas, in old databases also by blanks or line ends. */
export function readTargets(goto: string): ReadTargets {
  if (goto.length > maxGotoLength)
    return {
      targets: [],
      problems: [`its targets have more than ${maxGotoLength} characters`],
      placeholders: 0,
    }
  const targets: Target[] = []
  const problems: string[] = []
  let placeholders = 0
  for (const text of splitTargets(goto)) {
    const target = parseTarget(text)
    if ('problem' in target) problems.push(target.problem)
    else if (isPlaceholder(target.value)) placeholders += 1
    else targets.push(target.value)
  }
  // One sentence for a row, however many of its targets are wrong.
  const [first] = problems
  const said =
    first === undefined || problems.length === 1 ? problems : [`${first}, and ${problems.length - 1} more`]
  return { targets, problems: said, placeholders }
}

function isPlaceholder(target: Target): boolean {
  return target.kind === 'external' && splitAddress(target.address).domain === placeholderDomain
}
