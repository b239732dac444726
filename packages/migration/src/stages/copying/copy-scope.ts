import type { Ledger } from '../../ledger/ledger.ts'

const PREFIX = 'copy:'

/** Where the findings of one mailbox's copy are kept. */
export function copyScope(mailbox: string): string {
  return `${PREFIX}${mailbox}`
}

/** What a copy found about mailboxes that no longer move concerns nobody any more. */
export async function forgetCopyFindings(
  ledger: Ledger,
  domain: string,
  moving: ReadonlySet<string>,
): Promise<void> {
  const scopes = new Set((await ledger.findings.list(domain)).map((finding) => finding.scope))
  for (const scope of scopes)
    if (scope.startsWith(PREFIX) && !moving.has(scope.slice(PREFIX.length)))
      await ledger.findings.replace(domain, scope, [])
}
