import type { Ledger } from '../../ledger/ledger.ts'
import { asciiAddress } from '../ascii-names.ts'
import { movingMailboxes } from '../chosen-mailboxes.ts'
import type { CopyMailbox } from '../copy-report.ts'
import type { Migration } from '../migration.ts'
import { lastSurvey, type SurveyedMailbox } from '../survey-record.ts'
import { failedMailbox } from './failures.ts'

const NO_FATES = { copied: 0, alreadyThere: 0, setAside: 0, excluded: 0, vanished: 0 }

/** What a copy would work on, from the last survey: asks no server. */
export async function plannedCopies(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  only: readonly string[] | undefined,
): Promise<readonly CopyMailbox[]> {
  const wanted =
    only === undefined ? undefined : new Set(only.map((address) => asciiAddress(address.toLowerCase())))
  const survey = await lastSurvey(ledger, domain)
  return movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))
    .filter(({ address }) => wanted?.has(address) ?? true)
    .map(({ address }) => plannedCopy(domain, address, survey?.mailboxes.get(address)))
}

function plannedCopy(domain: string, address: string, surveyed: SurveyedMailbox | undefined): CopyMailbox {
  if (surveyed?.size === undefined)
    return failedMailbox(address, 0, {
      code: 'old-mailbox-unreadable',
      message: 'The last survey could not read it.',
      remedy: `Run: mailmove survey ${domain}`,
    })
  return {
    mailbox: address,
    outcome: 'planned',
    folders: surveyed.folders.flatMap(({ source, target, messages }) =>
      target === null ? [] : [{ source, target, messages, fates: NO_FATES, flagsChanged: 0, deleted: 0 }],
    ),
    fates: NO_FATES,
    sourceMessages: surveyed.size.messages,
    bytesCopied: 0,
    setAside: [],
    warnings: [],
    durationMs: 0,
  }
}
