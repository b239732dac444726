import type { Ledger } from '../ledger/ledger.ts'
import { asciiAddress } from './ascii-names.ts'
import { UsageError } from './errors.ts'

/** Every address of `--mailbox` must be one that a survey saw, or somebody mistyped it. */
export async function assertMailboxesRecorded(
  ledger: Ledger,
  domains: readonly string[],
  addresses: readonly string[] | undefined,
): Promise<void> {
  if (addresses === undefined) return
  const known = new Set<string>()
  for (const domain of domains)
    for (const { address } of await ledger.mailboxes.list(domain)) known.add(address)
  const missing = addresses.filter((address) => !known.has(asciiAddress(address.toLowerCase())))
  if (missing.length > 0)
    throw new UsageError(`There is no mailbox ${missing.join(', ')} in ${domains.join(', ')}.`, {
      hint: `See them with: mailmove status ${domains.join(' ')}`,
    })
}
