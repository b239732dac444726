import { canExpunge, deleteFolder, expunge, MirrorTarget } from '../commands/mirror-target.ts'
import { searchUids } from '../commands/search.ts'
import { readStatuses } from '../commands/status.ts'
import { ifMissing } from '../errors.ts'
import { sourcesOf, targetsOf } from '../state/pairs.ts'
import { keepPairs } from '../state/pairs.ts'
import { countOf, intersect, subtract, toRanges } from '../state/ranges.ts'
import type { PairRun, UidRange } from '../state/state.ts'
import { uidSets } from '../wire/uid-sets.ts'
import { copiedCount, deletionLimit } from './diff.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'
import type { FolderPlan } from './scan.ts'

/**
 * Mirror, at the very end: takes from the target what we copied there and the source has no more. A brake: when a folder has
 * disappeared, or more would go than a user tidies up, nothing is deleted and a red finding asks. A half-mounted disk,
 * a master user without rights or a wrong namespace look exactly like that. False when the brake held.
 */
export async function deleteGone(run: Run, lane: Lane, plans: readonly FolderPlan[]): Promise<boolean> {
  const doomed: { readonly plan: FolderPlan; readonly targets: readonly UidRange[] }[] = []
  for (const plan of plans) {
    const { orphans } = await run.state.messages(plan.scanned.entry.sourceWire)
    const ours = targetsOf(plan.gone.filter(({ origin }) => origin === 'copied'))
    doomed.push({ plan, targets: toRanges([...ours, ...intersect(orphans, plan.scanned.targetUids)]) })
  }
  if (!(await isAllowed(run, doomed))) return false
  for (const { plan, targets } of doomed) {
    await forget(run, plan)
    if (countOf(targets) > 0) await lane.attempt(() => deleteMessages(run, lane, plan, targets))
    if (plan.disappeared) await lane.attempt(() => deleteEmptyFolder(run, lane, plan))
  }
  return true
}

async function isAllowed(
  run: Run,
  doomed: readonly { readonly plan: FolderPlan; readonly targets: readonly UidRange[] }[],
): Promise<boolean> {
  const accepted = run.mailbox.accepted ?? []
  const disappeared = doomed.filter(({ plan, targets }) => plan.disappeared && countOf(targets) > 0)
  const total = doomed.reduce((sum, { targets }) => sum + countOf(targets), 0)
  if (disappeared.length > 0 && !accepted.includes('folderDisappeared')) {
    for (const { plan, targets } of disappeared)
      run.find({
        code: 'folderDisappeared',
        severity: 'red',
        folder: plan.scanned.entry.source,
        count: countOf(targets),
        message: `The old server does not list ${plan.scanned.entry.source} any more, with ${countOf(targets)} messages that were copied; nothing was deleted on the new server.`,
        remedy:
          'Look whether the folder was really deleted there. If so, accept this finding and copy again.',
      })
    return false
  }
  // So few need no question however few were copied.
  if (total <= deletionLimit(0)) return true
  const states = await run.state.folders()
  const all = await Promise.all(states.map(({ source }) => run.state.messages(source)))
  const copied = all.reduce((sum, { pairs }) => sum + copiedCount(pairs), 0)
  const unasked = accepted.includes('tooManyDeletions') || accepted.includes('folderDisappeared')
  if (total <= deletionLimit(copied) || unasked) return true
  run.find({
    code: 'tooManyDeletions',
    severity: 'red',
    count: total,
    message: `${total} of ${copied} copied messages have disappeared from the old server; nothing was deleted on the new one.`,
    remedy: 'Look whether they were really deleted there. If so, accept this finding and copy again.',
  })
  return false
}

/** Pairs that need no deletion: gone on both sides, or found and not copied by us. */
async function forget(run: Run, plan: FolderPlan): Promise<void> {
  const { diff, entry } = plan.scanned
  const found = targetsOf(plan.gone.filter(({ origin }) => origin === 'found'))
  const targets = toRanges([...diff.forgotten, ...found])
  if (targets.length > 0) await run.state.commit([{ kind: 'unpaired', source: entry.sourceWire, targets }])
}

async function deleteMessages(
  run: Run,
  lane: Lane,
  plan: FolderPlan,
  all: readonly UidRange[],
): Promise<void> {
  const { entry, target, tally } = plan.scanned
  const targets = await stillDoomed(lane, plan, all)
  if (countOf(targets) === 0) return
  const { session, folder } = await lane.target.folder(target.wire, 'SELECT')
  if (folder.uidValidity !== target.uidValidity) return
  if (!canExpunge(session)) {
    run.find({
      code: 'deletionsImpossible',
      severity: 'yellow',
      folder: entry.target,
      count: countOf(targets),
      message: `${countOf(targets)} messages that the old server has no more stay in ${entry.target}: the new server cannot delete single messages (UIDPLUS).`,
    })
    return
  }
  await expunge(MirrorTarget.open(session, run.phase), targets)
  await run.state.commit([{ kind: 'unpaired', source: entry.sourceWire, targets }])
  target.expected -= countOf(targets)
  tally.changes.deleted += countOf(targets)
  run.emit({ kind: 'changed', folder: entry.target, what: 'deleted', messages: countOf(targets) })
}

/** Looks at the source once more: what is there again is not deleted. */
async function stillDoomed(
  lane: Lane,
  plan: FolderPlan,
  targets: readonly UidRange[],
): Promise<readonly UidRange[]> {
  const { entry, sourceUidValidity } = plan.scanned
  const opened = await lane.source.folder(entry.sourceWire, 'EXAMINE', { fresh: true }).catch(ifMissing)
  if (opened === undefined) return plan.disappeared ? targets : []
  if (plan.disappeared || opened.folder.uidValidity !== sourceUidValidity) return []
  let back: readonly PairRun[] = []
  for (const { set } of uidSets(toRanges(sourcesOf(plan.gone)))) {
    const there = await searchUids(opened.session, set)
    back = [...back, ...keepPairs(plan.gone, 'source', there)]
  }
  return subtract(targets, toRanges(targetsOf(back)))
}

/** The folder that we made for a source folder that is no more goes too, when nothing is left in it or below it. */
async function deleteEmptyFolder(run: Run, lane: Lane, plan: FolderPlan): Promise<void> {
  const { entry, state, target, tally } = plan.scanned
  const others = (await run.state.folders()).filter(
    (folder) => folder.source !== entry.sourceWire && folder.target.startsWith(target.wire),
  )
  const { pairs: left } = await run.state.messages(entry.sourceWire)
  if (!state.created || entry.role !== undefined || others.length > 0 || left.length > 0) return
  const session = await lane.target.session()
  const status = (await readStatuses(session, [target.wire])).get(target.wire)
  if (status?.messages !== 0 || status.uidValidity !== target.uidValidity) return
  if (await deleteFolder(MirrorTarget.open(session, run.phase), target.wire))
    tally.changes.foldersDeleted += 1
  await run.state.commit([{ kind: 'folderGone', source: entry.sourceWire }])
}
