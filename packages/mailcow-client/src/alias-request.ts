import type { AliasChanges, AliasTargets } from './alias.ts'
import { usageError } from './errors.ts'
import { normaliseAddress, splitAddress } from './names.ts'
import { optionalFlag, withoutAbsent } from './request.ts'

const SPECIAL = { discard: 'goto_null', 'learn-spam': 'goto_spam', 'learn-ham': 'goto_ham' } as const
const SPECIAL_TARGET = { discard: 'null', 'learn-spam': 'spam', 'learn-ham': 'ham' } as const

export function aliasChangesToWire(changes: AliasChanges): Record<string, unknown> {
  return withoutAbsent({
    address: changes.address === undefined ? undefined : normaliseAddress(changes.address),
    ...targetsToWire(changes.targets),
    active: optionalFlag(changes.active),
    sogo_visible: optionalFlag(changes.sogoVisible),
    sender_allowed: optionalFlag(changes.senderAllowed),
    internal: optionalFlag(changes.internal),
    public_comment: changes.publicComment,
    private_comment: changes.privateComment,
  })
}

function targetsToWire(targets: AliasTargets | undefined): Record<string, unknown> {
  if (targets === undefined) return {}
  if (typeof targets === 'string') return { [SPECIAL[targets]]: 1 }
  if (targets.length === 0) throw usageError('an alias needs a target')
  for (const target of targets) {
    const { localPart } = splitAddress(target)
    if (localPart === '') throw usageError(`${target} cannot be the target of an alias`)
  }
  return { goto: targets.join(',') }
}

/** As mailcow stores it: domains in lower case. */
export function comparableAlias(changes: AliasChanges): object {
  const { targets, address, ...rest } = changes
  return {
    ...rest,
    address: address === undefined ? undefined : normaliseAddress(address),
    targets: targets === undefined ? undefined : comparableTargets(targets),
  }
}

/** The targets as mailcow stores them. */
export function comparableTargets(targets: AliasTargets): readonly string[] {
  return typeof targets === 'string'
    ? [`${SPECIAL_TARGET[targets]}@localhost`]
    : targets.map(normaliseAddress)
}

/** mailcow's special target, if that is where an alias goes. */
export function specialTarget(
  targets: readonly string[],
): 'discard' | 'learn-spam' | 'learn-ham' | undefined {
  const [target] = targets
  if (targets.length !== 1) return undefined
  if (target === 'null@localhost') return 'discard'
  if (target === 'spam@localhost') return 'learn-spam'
  return target === 'ham@localhost' ? 'learn-ham' : undefined
}
