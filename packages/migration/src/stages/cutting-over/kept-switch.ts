import type { DnsChange, DnsPlan, RecordSet } from '@iteg/cutover'
import { z } from 'zod'

const kept = z.looseObject({
  plans: z.array(z.custom<DnsPlan>((value) => typeof value === 'object' && value !== null)),
})

/** In the ledger, as JSON, a set that is not there is null. */
const orAbsent = (set: RecordSet | null | undefined): RecordSet | undefined => set ?? undefined

/** What the ledger keeps of the switch for its way back; undefined when mailmove has not switched. */
export function keptSwitch(detail: unknown): readonly DnsPlan[] | undefined {
  const parsed = kept.safeParse(detail)
  if (!parsed.success) return undefined
  return parsed.data.plans.map((plan) => ({
    ...plan,
    changes: plan.changes.map((change) => ({
      ...change,
      before: orAbsent(change.before),
      after: orAbsent(change.after),
    })),
  }))
}

/**
 * Plans that are about to be written, joined to those of earlier tries: of a set that is changed once more, the way back leads to what
 * stood there before the first. Pure.
 */
export function joinSwitch(earlier: readonly DnsPlan[], plans: readonly DnsPlan[]): readonly DnsPlan[] {
  return plans.map((plan) => {
    const before =
      earlier.find(({ zone, domain }) => zone === plan.zone && domain === plan.domain)?.changes ?? []
    const again = plan.changes.map((change) => {
      const first = before.find((known) => isSameSet(known, change))
      return first === undefined ? change : { ...change, before: first.before }
    })
    const others = before.filter((known) => !plan.changes.some((change) => isSameSet(known, change)))
    return { ...plan, changes: [...others, ...again] }
  })
}

function isSameSet(one: DnsChange, other: DnsChange): boolean {
  return one.name === other.name && one.type === other.type
}
