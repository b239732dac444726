import type { LedgerObject } from '../ledger/objects.ts'
import type { RecordedFinding } from '../ledger/findings.ts'
import type { ObjectKind, Owner, Ownership } from './planning/mailcow-state.ts'

/** The red finding that, once accepted, lets us take an object over. */
const ADOPTED_BY: Readonly<Partial<Record<ObjectKind, string>>> = {
  domain: 'domain-exists',
  mailbox: 'mailbox-exists',
  alias: 'alias-exists',
  transport: 'transport-exists',
  dkim: 'dkim-exists',
}

/**
 * Who made what, from the record: what the ledger says we created is ours, also while an outcome is still unknown
 * (the intent was written when the object was not there). A filter is named by the number that mailcow gave it.
 */
export function recordedOwnership(
  objects: readonly LedgerObject[],
  findings: readonly RecordedFinding[],
): Ownership {
  const made = new Set(
    objects
      .filter((object) => object.state === 'created')
      .map((object) => `${object.kind}:${object.kind === 'filter' ? (object.remoteId ?? '') : object.key}`),
  )
  const accepted = findings.filter((finding) => finding.acceptance !== undefined)
  return {
    of(kind: ObjectKind, key: string): Owner {
      if (made.has(`${kind}:${key}`)) return 'made'
      const code = ADOPTED_BY[kind]
      const isAdopted =
        code !== undefined &&
        accepted.some((finding) => finding.code === code && (finding.item ?? finding.domain) === key)
      return isAdopted ? 'adopted' : 'foreign'
    },
  }
}
