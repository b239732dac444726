import type { RecordedFinding } from '../ledger/findings.ts'
import type { Finding } from './finding.ts'

/** The ledger's record of a finding as reports show it. */
export function reportedFinding(recorded: RecordedFinding): Finding {
  const { code, severity, domain, item, message, remedy, acceptance } = recorded
  return {
    code,
    severity,
    domain,
    ...(item === undefined ? {} : { item }),
    message,
    remedy,
    ...(acceptance === undefined
      ? {}
      : { accepted: { at: acceptance.at.toISOString(), by: acceptance.who, reason: acceptance.reason } }),
  }
}

/** The mailbox that a finding is about: its item is an address, or begins with one (`anna@example.at: Sent`). */
export function mailboxOf(finding: Finding, mailboxes: ReadonlySet<string>): string | undefined {
  const address = finding.item?.split(/: | -> /, 1)[0]
  return address !== undefined && mailboxes.has(address) ? address : undefined
}
