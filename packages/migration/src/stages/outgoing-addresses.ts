import { lookup } from 'node:dns/promises'
import type { OldConfig } from '../config/index.ts'
import { ServerError } from './errors.ts'

/** The addresses that the old server sends from: as configured, else what its SMTP name resolves to. Sorted. */
export async function outgoingAddresses(old: OldConfig): Promise<readonly string[]> {
  if (old.outgoingAddresses.length > 0) return [...new Set(old.outgoingAddresses)].toSorted()
  try {
    const found = await lookup(old.smtp.host, { all: true })
    return [...new Set(found.map((entry) => entry.address))].toSorted()
  } catch (cause) {
    throw new ServerError('old.smtp', `${old.smtp.host} (old.smtp) cannot be resolved.`, {
      hint: 'Name the addresses that the old server sends from under old.outgoingAddresses.',
      cause,
    })
  }
}
