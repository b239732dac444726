import type { FolderMap, NameChange } from '@iteg/imap-sync'
import type { Amount } from '../amount.ts'
import type { Finding } from '../finding.ts'
import { quotaFit } from '../planning/quota.ts'

export interface ReadMailbox {
  readonly domain: string
  readonly address: string
  readonly size: Amount
  readonly folderMap: FolderMap
  /** Of the last survey, if there was one. */
  readonly earlier: Amount | undefined
}

/** What only the mailbox itself tells, once it was read. Pure. */
export function mailboxFindings(mailbox: ReadMailbox): readonly Finding[] {
  return [...emptinessFindings(mailbox), ...folderFindings(mailbox)]
}

function emptinessFindings({ domain, address, size, earlier }: ReadMailbox): Finding[] {
  const found: Finding[] = []
  if (size.messages === 0 && earlier !== undefined && earlier.messages > 0)
    found.push({
      code: 'mailbox-sees-nothing',
      severity: 'red',
      domain,
      item: address,
      message: `It is empty now; the last survey saw ${earlier.messages} messages.`,
      remedy:
        "Look whether the old server's mail is mounted and the master user has all rights. Accept only if somebody emptied it on purpose.",
    })
  return found
}

export interface SizedMailbox {
  readonly domain: string
  readonly address: string
  readonly bytes: number
  readonly newQuotaBytes: number
  /** What it would get without the `quota` of the configuration; absent where none is set. */
  readonly ordinaryQuotaBytes?: number
}

/** Whether the mail fits into what the mailbox gets on mailcow. Pure. */
export function sizeFindings({
  domain,
  address,
  bytes,
  newQuotaBytes,
  ordinaryQuotaBytes,
}: SizedMailbox): readonly Finding[] {
  const found: Finding[] = []
  const fit = quotaFit(bytes, newQuotaBytes)
  if (fit === 'over')
    found.push({
      code: 'over-quota',
      severity: 'red',
      domain,
      item: address,
      message: `It holds ${inMiB(bytes)}, and gets ${inMiB(newQuotaBytes)} on mailcow: not everything fits.`,
      remedy: `Set domains: { ${domain}: { mailboxes: { ${address}: { quota: ... } } } } in the configuration, or let the user tidy up.`,
    })
  if (fit !== 'over' && ordinaryQuotaBytes !== undefined && quotaFit(bytes, ordinaryQuotaBytes) === 'over')
    found.push({
      code: 'quota-override',
      severity: 'info',
      domain,
      item: address,
      message: `It holds ${inMiB(bytes)}; the ${inMiB(ordinaryQuotaBytes)} that it would get by itself are too small, and your quota of ${inMiB(newQuotaBytes)} settles it.`,
      remedy: 'Nothing to do, as long as the quota stays in the configuration.',
    })
  if (fit === 'tight')
    found.push({
      code: 'quota-tight',
      severity: 'yellow',
      domain,
      item: address,
      message: `It holds ${inMiB(bytes)} of the ${inMiB(newQuotaBytes)} it gets: mailcow writes a quota warning to the user.`,
      remedy: 'Raise its quota in the configuration, or tell the user.',
    })
  return found
}

function folderFindings({ domain, address, folderMap }: ReadMailbox): Finding[] {
  const at = (folder: string): string => `${address}: ${folder}`
  const found: Finding[] = folderMap.leftOut.map(({ source, reason }) => ({
    code: 'folder-left-out',
    severity: 'yellow',
    domain,
    item: at(source),
    message:
      reason === 'shared'
        ? 'It belongs to somebody else and is shared with this user: it is left out here.'
        : 'It only shows mail that lies in other folders: it is left out.',
    remedy:
      reason === 'shared'
        ? 'Its owner moves with his own mailbox; shares are set up again on mailcow by hand.'
        : 'Nothing to do.',
  }))
  for (const { kind, wanted, entries } of folderMap.collisions)
    found.push({
      code: 'folder-collision',
      severity: 'yellow',
      domain,
      item: at(wanted),
      message:
        kind === 'name'
          ? `Several folders want this name on mailcow: ${entries.map((entry) => `${entry.source} becomes ${entry.target}`).join(', ')}.`
          : `Folders whose names differ only in upper and lower case: ${entries.map((entry) => entry.source).join(', ')}. Some programs show only one of them.`,
      remedy: 'Rename one of them on the old server before the first copy, or leave it so.',
    })
  for (const entry of folderMap.entries) {
    const changes = entry.changes ?? []
    if (changes.includes('merged'))
      found.push({
        code: 'folder-merged',
        severity: 'info',
        domain,
        item: at(entry.source),
        message: `Its mail goes into ${entry.target}, together with another folder of the same purpose.`,
        remedy: 'Nothing to do; rename it on the old server before the first copy if it should stay apart.',
      })
    const reasons = changes.flatMap((change) => RENAMED[change] ?? [])
    if (reasons.length > 0)
      found.push({
        code: 'folder-renamed',
        severity: 'info',
        domain,
        item: at(entry.source),
        message: `It becomes ${entry.target}: ${reasons.join(', ')}.`,
        remedy: 'Nothing to do; the user sees the new name.',
      })
  }
  return found
}

const RENAMED: Readonly<Partial<Record<NameChange, string>>> = {
  separator: 'mailcow uses / between folders',
  control: 'it held control characters',
  empty: 'a part of its name was empty',
  tooLong: 'its name was too long',
  reserved: 'mailcow needs that name itself',
  undecodable: 'its name is not validly encoded',
}

function inMiB(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2
  return mebibytes >= 1024
    ? `${(mebibytes / 1024).toFixed(1)} GiB`
    : `${mebibytes >= 10 ? mebibytes.toFixed(0) : mebibytes.toFixed(1)} MiB`
}
