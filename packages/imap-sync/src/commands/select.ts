import { ImapSyncError } from '../errors.ts'
import { command, mailboxArgument } from '../wire/command.ts'
import type { Session } from '../wire/session.ts'
import { parseStatusLine } from '../wire/status-line.ts'
import { listOf, parseTokens, textOf } from '../wire/tokens.ts'

/** An opened folder. */
export interface SelectedFolder {
  readonly uidValidity: number
  readonly uidNext: number
  readonly exists: number
  /** Lower case; undefined when the server does not say (RFC 3501 §7.1: then all flags can be kept). */
  readonly permanentFlags: ReadonlySet<string> | undefined
}

/**
 * Opens a folder: EXAMINE to read, SELECT to write (EXAMINE would not tell which flags are kept).
 * Rejects with `folderMissing` when it is not there.
 */
export async function openFolder(
  session: Session,
  wire: string,
  verb: 'EXAMINE' | 'SELECT',
): Promise<SelectedFolder> {
  const seen = { uidValidity: 0, uidNext: 0, exists: 0 }
  let permanentFlags: ReadonlySet<string> | undefined
  const result = await session.run(command(verb, mailboxArgument(wire)), {
    untagged: (response) => {
      const text = response.texts[0] ?? ''
      const exists = /^\* (\d{1,10}) EXISTS\b/i.exec(text)
      if (exists !== null) seen.exists = Number(exists[1])
      const status = parseStatusLine(text.slice(2))
      const value = status?.codeArguments ?? ''
      if (status?.code === 'UIDVALIDITY' && /^\d{1,10}$/.test(value)) seen.uidValidity = Number(value)
      if (status?.code === 'UIDNEXT' && /^\d{1,10}$/.test(value)) seen.uidNext = Number(value)
      if (status?.code === 'PERMANENTFLAGS') permanentFlags = flagSet(value)
    },
  })
  if (result.status === 'NO') {
    const missing =
      result.code === 'NONEXISTENT' || result.code === 'TRYCREATE' || /exist|unknown/i.test(result.text)
    if (!missing) throw session.refusal(verb, result)
    throw new ImapSyncError('folderMissing', `${session.side}: the folder is not there: ${result.text}`, {
      side: session.side,
      command: verb,
    })
  }
  if (seen.uidValidity === 0)
    throw new ImapSyncError('protocol', `${session.side}: the server keeps no UIDVALIDITY`, {
      side: session.side,
    })
  return { ...seen, permanentFlags }
}

function flagSet(list: string): ReadonlySet<string> | undefined {
  const [token] = parseTokens({ texts: [list], literals: [] })
  const items = listOf(token)
  return items === undefined ? undefined : new Set(items.flatMap((item) => textOf(item)?.toLowerCase() ?? []))
}
