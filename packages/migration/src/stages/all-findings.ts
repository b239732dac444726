import type { PasswordPolicy } from '../secrets/policy.ts'
import { domainSettings } from './ascii-names.ts'
import type { DomainFacts } from './domain-facts.ts'
import type { Finding, FindingCode } from './finding.ts'
import { sizeFindings } from './findings/mailbox-findings.ts'
import { mergeFindings } from './findings/merge.ts'
import { passwordFindings } from './findings/server-findings.ts'
import type { Migration } from './migration.ts'
import { ordinaryQuotaBytes } from './planning/desire.ts'

/** What only a survey finds: it reads the mailboxes themselves. Other stages take these from the last survey. */
const SURVEY_ONLY: ReadonlySet<string> = new Set<FindingCode>([
  'old-login-refused',
  'old-mailbox-unreadable',
  'mailbox-sees-nothing',
  'folder-collision',
  'folder-merged',
  'folder-renamed',
  'folder-left-out',
  'filters-unread',
  'address-books-unread',
  'script-not-compiling',
  'script-loses',
  'script-unlisted',
  'login-log-unread',
  'disk-space',
  'disk-space-unknown',
])

function isSurveyOnly(finding: Finding): boolean {
  return SURVEY_ONLY.has(finding.code)
}

/**
 * All findings of a domain: those of inventory and mailcow (fresh), whether the mail fits (sizes of the last survey against
 * the quotas of today's configuration), passwords (fresh), and what the survey alone sees.
 */
export function allFindings(
  migration: Migration,
  facts: DomainFacts,
  policy: PasswordPolicy,
  /** Bytes by address, where known. */
  sizes: ReadonlyMap<string, number>,
  surveyed: readonly Finding[],
): readonly Finding[] {
  const { config } = migration
  const domain = facts.name
  const settings = domainSettings(config, domain)
  return mergeFindings([
    ...facts.findings,
    ...facts.desired.mailboxes.flatMap(({ address, quotaBytes }) => {
      const bytes = sizes.get(address)
      const mailbox = facts.inventory.domain.mailboxes.find((candidate) => candidate.address === address)
      if (bytes === undefined || mailbox === undefined) return []
      const ordinary = ordinaryQuotaBytes(mailbox, settings, config.quotas)
      return sizeFindings({
        domain,
        address,
        bytes,
        newQuotaBytes: quotaBytes,
        ...(ordinary === undefined ? {} : { ordinaryQuotaBytes: ordinary }),
      })
    }),
    ...passwordFindings({
      domain,
      policy,
      minLength: config.passwords.minLength,
      sharedPassword: settings.sharedPassword?.reveal(),
    }),
    ...surveyed.filter(isSurveyOnly),
  ])
}
