import type { Run } from './run.ts'
import type { Tally } from './tally.ts'

/**
 * The source listed the folder, and when it was to be opened it was gone: somebody deleted or renamed it meanwhile. Its
 * messages are counted as vanished; what was copied of it earlier stays, and is the next run's business.
 */
export function folderVanished(run: Run, { entry, fates }: Tally, messages: number): void {
  fates.vanished += messages
  run.find({
    code: 'folderVanished',
    severity: 'yellow',
    folder: entry.source,
    count: messages,
    message: `${entry.source} (${messages} messages) went away at the source while it was copied: it was deleted or renamed meanwhile.`,
    remedy: 'Copy again: under another name it is a new folder.',
  })
}
