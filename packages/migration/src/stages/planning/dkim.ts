import type { PlanContext } from './context.ts'

/**
 * The key that the old server signs with, if the configuration names it. mailcow makes one of its own with every domain: as long
 * as we made the domain and mailcow does not send for it, that one is nobody's loss. Later, or in a domain of somebody else, a key
 * signs mail: replacing it without its record in the DNS would spoil every signature, so somebody must accept that.
 */
export function planDkim(context: PlanContext): void {
  const { desired, state, ownership, flow } = context
  const { domain, dkim: wanted } = desired
  if (wanted === undefined) return
  const { dkim: there } = state
  if (there?.selector === wanted.selector && there.publicKey === wanted.publicKey) {
    context.keep()
    return
  }
  const isUnused = flow === 'staged' && ownership.of('domain', domain) === 'made'
  if (there !== undefined && !isUnused) {
    const detail = `mailcow signs its mail with another DKIM key (selector ${there.selector}) than the one in the configuration`
    if (context.refuses(ownership.of('dkim', domain), 'dkim-exists', domain, detail)) return
  }
  context.act({ kind: 'import-dkim', item: domain, ...wanted })
}
