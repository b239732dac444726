import type { UidRange } from '../state/state.ts'
import { addsSeen, command } from '../wire/command.ts'
import { sendableFlag } from '../wire/flags.ts'
import type { Session } from '../wire/session.ts'
import { uidSets } from '../wire/uid-sets.ts'
import type { MirrorTarget } from './mirror-target.ts'

/** Replaces the flags of messages of the opened folder. Flags that must not be sent are left out. */
export async function storeFlags(
  target: MirrorTarget,
  ranges: readonly UidRange[],
  flags: readonly string[],
): Promise<void> {
  const sendable = flags.flatMap((flag) => sendableFlag(flag) ?? [])
  for (const { set } of uidSets(ranges))
    await target.session.must(command('UID STORE', set, `FLAGS.SILENT (${sendable.join(' ')})`))
}

/** Marks messages of the opened folder as read: the only change that is allowed once people use the target. */
export async function addSeen(session: Session, ranges: readonly UidRange[]): Promise<void> {
  for (const { set } of uidSets(ranges)) await session.must(command('UID STORE', set, addsSeen))
}
