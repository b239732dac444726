import { createHash } from 'node:crypto'
import {
  asDovecotShows,
  asDovecotStores,
  rawBytes,
  type MessageCase,
  type MessageGroup,
} from './message-case.ts'
import { receivedAt } from './prepare-dovecot.ts'
import type { RawMessage } from './raw-mailbox.ts'

/** A message in few words, so that a difference can be read. */
export interface Fingerprint {
  readonly sha256: string
  readonly size: number
  readonly date: string
  readonly flags: readonly string[]
}

export function fingerprint({ bytes, date, flags }: RawMessage): Fingerprint {
  return toFingerprint(bytes, new Date(date * 1000), flags)
}

export function toFingerprint(bytes: Buffer, date: Date, flags: readonly string[]): Fingerprint {
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
    date: date.toISOString(),
    flags: flags.toSorted(),
  }
}

/** What lies on the old Dovecot for a case. */
export function oldFingerprint(group: MessageGroup, index: number): Fingerprint {
  const message = caseAt(group, index)
  return toFingerprint(asDovecotShows(rawBytes(message)), receivedAt(group, index), message.flags ?? [])
}

/** What must lie on the target for a case. */
export function expectedFingerprint(group: MessageGroup, index: number): Fingerprint {
  const message = caseAt(group, index)
  const flags = (message.flags ?? []).filter((flag) => message.dropped?.includes(flag) !== true)
  const wanted = toFingerprint(asDovecotStores(rawBytes(message)), receivedAt(group, index), flags)
  return message.dateBecomesNow === true ? { ...wanted, date: 'the time of the copy' } : wanted
}

export function caseAt(group: MessageGroup, index: number): MessageCase {
  const message = group.cases[index]
  if (message === undefined) throw new RangeError(`no case ${index} in ${group.folder}`)
  return message
}

export function countOf(prints: readonly Fingerprint[], wanted: Fingerprint): number {
  const key = JSON.stringify(wanted)
  return prints.filter((print) => JSON.stringify(print) === key).length
}

/** The message that this one became: itself, or the one that is most like it. */
export function likest(prints: readonly Fingerprint[], wanted: Fingerprint): Fingerprint | undefined {
  const key = JSON.stringify(wanted)
  return (
    prints.find((print) => JSON.stringify(print) === key) ??
    prints.find((print) => print.sha256 === wanted.sha256) ??
    prints.find((print) => print.date === wanted.date)
  )
}
