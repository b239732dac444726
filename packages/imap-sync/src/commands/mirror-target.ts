import { ImapSyncError } from '../errors.ts'
import type { Phase } from '../report.ts'
import { parseUidSet, uidsOf, countOf } from '../state/ranges.ts'
import type { UidRange } from '../state/state.ts'
import { command, mailboxArgument } from '../wire/command.ts'
import type { Session } from '../wire/session.ts'
import { parseStatusLine } from '../wire/status-line.ts'
import { uidSets } from '../wire/uid-sets.ts'

/**
 * The key to everything that changes or removes mail on the target. There is one only in phase `mirror`; the functions
 * below take nothing else, and the session checks every command once more.
 */
export class MirrorTarget {
  readonly #session: Session

  private constructor(session: Session) {
    this.#session = session
  }

  /** Throws `ImapSyncError` (`phase`) unless the phase is `mirror`. */
  static open(session: Session, phase: Phase): MirrorTarget {
    if (phase !== 'mirror')
      throw new ImapSyncError('phase', 'only additions are allowed from now on', { retryable: false })
    return new MirrorTarget(session)
  }

  get session(): Session {
    return this.#session
  }
}

/** Whether single messages can be deleted without touching others (RFC 4315). */
export function canExpunge(session: Session): boolean {
  return session.capabilities.has('UIDPLUS') || session.capabilities.has('IMAP4REV2')
}

/** Removes messages of the opened folder. */
export async function expunge({ session }: MirrorTarget, ranges: readonly UidRange[]): Promise<void> {
  for (const { set } of uidSets(ranges)) {
    await session.must(command('UID STORE', set, String.raw`+FLAGS.SILENT (\Deleted)`))
    await session.must(command('UID EXPUNGE', set))
  }
}

/**
 * Moves messages of the opened folder (RFC 6851). Resolves with old and new UIDs, or undefined when the server does
 * not tell (no UIDPLUS).
 */
export async function move(
  { session }: MirrorTarget,
  ranges: readonly UidRange[],
  toWire: string,
): Promise<readonly { readonly from: number; readonly to: number }[] | undefined> {
  const moved: { from: number; to: number }[] = []
  let told = true
  for (const { set, ranges: part } of uidSets(ranges)) {
    let copied: string | undefined
    // RFC 6851 §4.3: COPYUID comes untagged, before the EXPUNGEs.
    const result = await session.must(command('UID MOVE', set, mailboxArgument(toWire)), {
      untagged: (response) => {
        const status = parseStatusLine((response.texts[0] ?? '').slice(2))
        if (status?.code === 'COPYUID') copied = status.codeArguments
      },
    })
    if (result.code === 'COPYUID') copied = result.codeArguments
    const pairs = copiedUids(copied ?? '', countOf(part))
    if (pairs === undefined) told = false
    else moved.push(...pairs)
  }
  return told ? moved : undefined
}

function copiedUids(
  text: string,
  atMost: number,
): readonly { readonly from: number; readonly to: number }[] | undefined {
  const [, from = '', to = ''] = text.split(' ')
  const sources = parseUidSet(from)
  const targets = parseUidSet(to)
  if (sources === undefined || targets === undefined) return undefined
  const count = countOf(sources)
  if (count !== countOf(targets) || count > atMost) return undefined
  const destinations = [...uidsOf(targets)]
  return [...uidsOf(sources)].map((uid, index) => ({ from: uid, to: destinations[index] ?? 0 }))
}

export async function unsubscribe({ session }: MirrorTarget, wire: string): Promise<boolean> {
  return (await session.run(command('UNSUBSCRIBE', mailboxArgument(wire)))).status === 'OK'
}

/** Deletes a folder. The caller has made sure that it is empty and ours. */
export async function deleteFolder({ session }: MirrorTarget, wire: string): Promise<boolean> {
  return (await session.run(command('DELETE', mailboxArgument(wire)))).status === 'OK'
}
