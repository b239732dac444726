import { join } from 'node:path'
import {
  connect,
  type Endpoint,
  type FolderMap,
  mapFolders,
  memoryState,
  readFolders,
  syncMailbox,
} from '@iteg/imap-sync'
import { movingMailboxes } from '../chosen-mailboxes.ts'
import { mailboxFailure } from '../copying/failures.ts'
import { oldEndpoint } from '../endpoints.ts'
import { GateError } from '../errors.ts'
import { withTarget } from '../target-access.ts'
import { removeProbeMailbox } from './probe-message.ts'
import type { CutoverContext, CutoverStep } from './step.ts'

/** What came to mailcow since the cut-over, into the old mailboxes: only added, by content, nothing twice. */
export const mailBack: CutoverStep = {
  name: 'mail-back',
  title: 'Mail that came to mailcow meanwhile is in the old mailboxes',
  run: async (context) => {
    const { migration, ledger, domain, options } = context
    if (options.dryRun === true)
      return { outcome: 'planned', message: 'It will be copied from mailcow to the old server.' }
    // Killed in the middle of a cut-over, it may still be there.
    await removeProbeMailbox(context)
    // Nobody could log in to the others on mailcow, and it took no mail for them.
    const mailboxes = movingMailboxes(migration, domain, await ledger.mailboxes.list(domain)).filter(
      ({ active }) => active,
    )
    let copied = 0
    const failed: string[] = []
    for (const { address } of mailboxes) {
      options.signal?.throwIfAborted()
      try {
        copied += await copyBack(context, address)
      } catch (error) {
        options.signal?.throwIfAborted()
        failed.push(`${address}: ${mailboxFailure(error, { stage: 'copy', domain }).message}`)
      }
    }
    if (failed.length > 0)
      throw new GateError(
        `Mail of ${failed.length} mailboxes could not be copied back: ${failed.slice(0, 3).join('; ')}.`,
        {
          domains: [domain],
          hint: 'It is still on mailcow. Run mailmove rollback again.',
        },
      )
    return copied === 0
      ? { outcome: 'unchanged', message: 'Nothing came there that the old mailboxes have not got.' }
      : {
          outcome: 'done',
          message: `${copied} messages were copied to the old server; run it again until it finds none.`,
        }
  },
}

async function copyBack(context: CutoverContext, mailbox: string): Promise<number> {
  const { migration, ledger, domain, options } = context
  const old = oldEndpoint(migration.config, mailbox)
  const onLeftBehind = (message: string): void =>
    migration.emit({ type: 'notice', stage: 'rollback', domain, mailbox, message })
  return withTarget(migration, ledger, { domain, mailbox }, { ...options, onLeftBehind }, async (fresh) => {
    const frozen = await ledger.folderMaps.get(mailbox)
    const folderMap = await mapBack(context, fresh, old, frozen)
    const report = await syncMailbox(
      {
        source: fresh,
        target: old,
        folderMap,
        // No memory is needed: in this phase a message counts as there when its content is, wherever it lies.
        state: memoryState(),
        phase: 'additive',
        accepted: ['stateMissing'],
        setAsideDirectory: join(migration.config.workDir, 'set-aside', domain, `${mailbox} (back)`),
      },
      { logger: migration.logger, ...(options.signal === undefined ? {} : { signal: options.signal }) },
    )
    return report.totals.copied
  })
}

/** The frozen map the other way round, so that every folder finds the one it came from; new folders are mapped anew. */
async function mapBack(
  { migration, options }: CutoverContext,
  fresh: Endpoint,
  old: Endpoint,
  frozen: FolderMap | undefined,
): Promise<FolderMap> {
  const call = options.signal === undefined ? {} : { signal: options.signal }
  const listing = async (endpoint: Endpoint) => {
    await using connection = await connect(endpoint.server, endpoint.login, {
      ...call,
      logger: migration.logger,
    })
    return await readFolders(connection, call)
  }
  const [source, target] = await Promise.all([listing(fresh), listing(old)])
  const known = new Map<string, FolderMap['entries'][number]>()
  // Of several that were merged into one, the first is its way back.
  for (const entry of frozen?.entries ?? [])
    if (entry.selectable && !known.has(entry.targetWire))
      known.set(entry.targetWire, {
        source: entry.target,
        sourceWire: entry.targetWire,
        target: entry.source,
        targetWire: entry.sourceWire,
        selectable: true,
        ...(entry.role === undefined ? {} : { role: entry.role }),
      })
  const inverse: FolderMap = { entries: [...known.values()], collisions: [], leftOut: [] }
  return mapFolders(source, target, { frozen: inverse })
}
