import { fillMailboxFromDisk, type DiskMessage, type Testbed } from '@iteg/testbed'
import { rawBytes, type MessageCase, type MessageGroup } from './message-case.ts'
import type { RawMailbox } from './raw-mailbox.ts'

/** When a case that does not care was received: each at an instant of its own, by which it can be told. */
export function receivedAt(group: MessageGroup, index: number): Date {
  const own = group.cases[index]?.date
  if (own !== undefined) return new Date(own)
  const start =
    Date.UTC(2014, 0, 1) + Buffer.from(group.folder).reduce((sum, byte) => sum + byte, 0) * 86_400_000
  return new Date(start + index * 3_723_000)
}

/** Puts the groups that lie on disk into a mailbox that nobody has opened yet, byte for byte. */
export function fillFromDisk(bed: Testbed, address: string, groups: readonly MessageGroup[]): void {
  const onDisk = groups
    .filter(({ deliver }) => deliver === 'disk')
    .map(
      (group) =>
        [
          group.folder,
          group.cases.map((message, index) => toDisk(message, receivedAt(group, index))),
        ] as const,
    )
  fillMailboxFromDisk(bed.old, address, new Map(onDisk))
}

function toDisk(message: MessageCase, date: Date): DiskMessage {
  const bytes = rawBytes(message)
  let bareLineFeeds = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1))
    if (at === 0 || bytes[at - 1] !== 13) bareLineFeeds += 1
  return { chunks: [bytes], bareLineFeeds, receivedAt: date, flags: message.flags ?? [] }
}

/** Appends the other groups, each below `prefix`. */
export async function appendGroups(
  mailbox: RawMailbox,
  prefix: string,
  groups: readonly MessageGroup[],
): Promise<void> {
  for (const group of groups) {
    await mailbox.ok(`CREATE "${prefix}${group.folder}"`)
    for (const [index, message] of group.cases.entries()) {
      const answer = await mailbox.append(`${prefix}${group.folder}`, {
        bytes: rawBytes(message),
        flags: message.flags ?? [],
        date: internalDate(receivedAt(group, index), message.zone),
      })
      if (answer.status !== 'OK') throw new Error(`${message.name}: ${answer.text}`)
    }
  }
}

/** An instant as IMAP writes it in a zone. */
export function internalDate(date: Date, zone = '+0000'): string {
  const minutes = (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)))
  const [day = '', month = '', year = '', time = ''] = new Date(date.getTime() + minutes * 60_000)
    .toUTCString()
    .split(' ')
    .slice(1)
  return `${day.padStart(2, '0')}-${month}-${year} ${time} ${zone}`
}
