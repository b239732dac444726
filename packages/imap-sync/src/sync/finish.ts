import { listFolders } from '../commands/list.ts'
import { folderRuleFor } from '../folders/exclude.ts'
import type { Changes, Fates, SyncReport } from '../report.ts'
import { countOf } from '../state/ranges.ts'
import type { StateChange } from '../state/state.ts'
import { command } from '../wire/command.ts'
import { remembers, rulesDigest } from './checkpoint.ts'
import { deleteGone } from './deletions.ts'
import { applyFlagFixes } from './flags-sync.ts'
import { canExpunge } from '../commands/mirror-target.ts'
import type { Lane } from './lane.ts'
import type { Prepared } from './prepare.ts'
import { settleLate } from './recover.ts'
import type { Run } from './run.ts'
import { applySubscriptions, planSubscriptions } from './subscriptions.ts'
import { noChanges, type Tally } from './tally.ts'

/** What follows the copying: flags, subscriptions, deletions last, and the checkpoints that make the next run cheap. */
export async function finish(run: Run, lane: Lane, prepared: Prepared): Promise<void> {
  const { plans, tallies } = prepared
  if (run.phase === 'mirror')
    for (const { scanned } of plans)
      if (!scanned.tally.failed) await lane.attempt(() => applyFlagFixes(run, lane, scanned))
  for (const intent of await run.state.intents()) await lane.attempt(() => settleLate(run, lane, intent))
  await lane.attempt(() => subscribeAll(run, lane, prepared))
  // Deleting comes last and only when everything that had to be copied is there: a message on its way from one
  // folder to another is never on neither.
  const whole = !run.full && tallies.every((tally) => !tally.failed)
  const deleted = run.phase === 'mirror' && whole ? await deleteGone(run, lane, plans) : false
  for (const tally of tallies) reportTally(run, tally)
  const changed = plans.filter(({ scanned, gone, disappeared }) => {
    const { tally } = scanned
    return !disappeared && tally.report().complete && (deleted || countOf(gone.map(targetRange)) === 0)
  })
  if (changed.length > 0 && !run.full) await lane.attempt(() => checkpoint(run, lane, changed))
}

function targetRange({ target, count }: { readonly target: number; readonly count: number }): {
  readonly first: number
  readonly last: number
} {
  return { first: target, last: target + count - 1 }
}

async function subscribeAll(run: Run, lane: Lane, { source, target, tallies }: Prepared): Promise<void> {
  const created = new Set(
    tallies.filter(({ changes }) => changes.foldersCreated > 0).map(({ entry }) => entry.targetWire),
  )
  const { exclude = [] } = run.mailbox
  const entries = run.folderMap.entries.filter((entry) => folderRuleFor(exclude, entry) === undefined)
  const plan = planSubscriptions(entries, source, target, { mirror: run.phase === 'mirror', created })
  if (plan.add.length === 0 && plan.remove.length === 0) return
  await applySubscriptions(run, lane, plan, (entry) => {
    const tally = tallies.find((one) => one.entry.targetWire === entry.targetWire)
    if (tally !== undefined) tally.changes.subscriptions += 1
  })
}

async function checkpoint(run: Run, lane: Lane, plans: Prepared['plans']): Promise<void> {
  const session = await lane.target.session()
  // Of the folder that is open here, the server would tell what this session last saw of it.
  await session.must(command('NOOP'))
  const rows = await listFolders(session)
  const statuses = new Map(rows.map((row) => [row.wire, row.status]))
  const rules = rulesDigest(run.mailbox.exclude ?? [])
  const changes: StateChange[] = []
  for (const { scanned } of plans) {
    const { target, tally, sourceStatus, entry, sourceUidValidity } = scanned
    const status = statuses.get(target.wire)
    const asExpected = status?.uidValidity === target.uidValidity && status.messages === target.expected
    // Somebody else wrote to the target meanwhile, or the source was replaced: the next run looks again.
    if (status === undefined || sourceStatus.uidValidity !== sourceUidValidity) continue
    if (!asExpected && run.phase === 'mirror') continue
    // Messages that came while it was listed are not accounted for by the status from before.
    if (sourceStatus.messages !== tally.exists) continue
    changes.push({
      kind: 'checkpoint',
      source: entry.sourceWire,
      checkpoint: {
        source: sourceStatus,
        target: status,
        excluded: Object.fromEntries(tally.excluded),
        rules,
        // What the target cannot delete (no UIDPLUS) is told of in every run: there the fates are counted.
        ...(canExpunge(session) ? remembers(tally.fates) : {}),
      },
    })
  }
  if (changes.length > 0) await run.state.commit(changes)
}

function reportTally(run: Run, tally: Tally): void {
  const report = tally.report()
  if (tally.droppedKeywords.size > 0) {
    const keywords = [...tally.droppedKeywords.keys()].slice(0, 10).join(', ')
    run.find({
      code: 'keywordsDropped',
      severity: 'info',
      folder: tally.entry.target,
      count: tally.droppedKeywords.size,
      message: `Keywords that the new server does not keep were dropped in ${tally.entry.target}: ${keywords}.`,
    })
  }
  if (tally.datesReplaced > 0)
    run.find({
      code: 'dateReplaced',
      severity: 'info',
      folder: tally.entry.target,
      count: tally.datesReplaced,
      message: `${tally.datesReplaced} messages in ${tally.entry.target} have a date that not every server takes (before 1970, or in the future); on the new one it may be the nearest that it does.`,
    })
  if (!report.complete && !tally.failed && !run.full)
    run.find({
      code: 'sumMismatch',
      severity: 'yellow',
      folder: tally.entry.source,
      message: `${tally.entry.source} has ${tally.exists} messages, but only ${tally.accounted} are accounted for.`,
      remedy: 'Copy again.',
    })
  run.emit({ kind: 'folderDone', report })
}

/** The report of a run, whatever came of it. */
export function makeReport(
  run: Run,
  tallies: readonly Tally[],
  facts: Pick<SyncReport, 'commands' | 'startedAt'> & { readonly stopped: boolean },
): SyncReport {
  const folders = tallies.map((tally) => tally.report())
  const sum = (pick: (folder: (typeof folders)[number]) => number) =>
    folders.reduce((total, folder) => total + pick(folder), 0)
  const fates: Fates = {
    copied: sum(({ fates: { copied } }) => copied),
    alreadyThere: sum(({ fates: { alreadyThere } }) => alreadyThere),
    setAside: sum(({ fates: { setAside } }) => setAside),
    excluded: sum(({ fates: { excluded } }) => excluded),
    vanished: sum(({ fates: { vanished } }) => vanished),
  }
  const changes: Changes = folders.reduce(
    (total, { changes: one }) => ({
      foldersCreated: total.foldersCreated + one.foldersCreated,
      subscriptions: total.subscriptions + one.subscriptions,
      flags: total.flags + one.flags,
      moved: total.moved + one.moved,
      deleted: total.deleted + one.deleted,
      foldersDeleted: total.foldersDeleted + one.foldersDeleted,
    }),
    noChanges(),
  )
  const complete =
    folders.every((folder) => folder.complete) &&
    run.findings.every(({ code, severity }) => severity !== 'red' && code !== 'folderUnmapped')
  return {
    schema: 'mailmove/imap-sync-report/1',
    phase: run.phase,
    outcome: facts.stopped ? 'stopped' : complete ? 'complete' : 'incomplete',
    folders,
    totals: {
      ...fates,
      exists: sum(({ exists }) => exists),
      bytesCopied: sum(({ bytesCopied }) => bytesCopied),
    },
    changes,
    findings: run.findings,
    commands: facts.commands,
    startedAt: facts.startedAt,
    finishedAt: new Date().toISOString(),
  }
}
