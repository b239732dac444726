import type { AllowedExtra, FolderMap, KnownSetAside } from '@iteg/imap-sync'
import { z } from 'zod'
import type { Ledger } from '../../ledger/ledger.ts'

/** mailcow writes these itself, at 80 and 95 per cent of a quota (quota_notify.py): the copy may well cause one. */
export const MAILCOW_QUOTA_MAIL: AllowedExtra = {
  name: 'quota warning of mailcow',
  headers: [{ name: 'from', contains: 'quota-warning@localhost' }],
}

/** Messages that the copy set aside, for each folder of the map: they are explained, not missing. */
export async function setAsideOf(
  ledger: Ledger,
  mailbox: string,
  folderMap: FolderMap,
): Promise<readonly KnownSetAside[]> {
  const state = ledger.syncState(mailbox)
  const found: KnownSetAside[] = []
  for (const { sourceWire } of folderMap.entries) {
    const { setAside } = await state.messages(sourceWire)
    for (const { uid, reason } of setAside) found.push({ sourceWire, uid, reason })
  }
  return found
}

const withHashes = z.looseObject({
  folders: z.array(z.looseObject({ hashes: z.array(z.string()).exactOptional() })),
})

/** Hashes that frozen reports of this mailbox proved present on mailcow: after the hand-over a user may delete them. */
export async function provenHashes(
  ledger: Ledger,
  domain: string,
  mailbox: string,
): Promise<ReadonlySet<string>> {
  const proven = new Set<string>()
  for (const report of await ledger.verifyReports.list(domain, { mailbox })) {
    const parsed = withHashes.safeParse(await ledger.verifyReports.read(report.id))
    if (!parsed.success) continue
    for (const folder of parsed.data.folders) for (const hash of folder.hashes ?? []) proven.add(hash)
  }
  return proven
}
