import type { Ledger } from '../../ledger/ledger.ts'
import type { LedgerNotice } from '../../ledger/notices.ts'
import { limitedAll } from '../limited-all.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { keepOldServerDraft } from './drafts.ts'
import { gatherNoticeFacts } from './notice-facts.ts'
import type { NoticeResult } from './notice-report.ts'
import { dispatch, openNoticeRun } from './notice-run.ts'

/** Somebody who was told to use mailcow, and by which hand-over last. */
export interface HandedOver {
  readonly recipient: string
  /** Of the ledger. */
  readonly handOver: number
  /** It was printed: a mail in this mailbox may not be seen. */
  readonly onPaper: boolean
  /** It was taken back already. */
  readonly isTakenBack: boolean
}

/** Everybody who was, or may have been, told to use mailcow. Pure. */
export function handedOver(notices: readonly LedgerNotice[]): readonly HandedOver[] {
  const last = new Map<string, HandedOver>()
  const mayHaveArrived = notices.filter(({ outcome }) => outcome !== 'failed' && outcome !== 'refused')
  for (const { id, recipient, kind, via } of mayHaveArrived) {
    if (kind !== 'hand-over') continue
    const known = last.get(recipient)
    last.set(recipient, {
      recipient,
      handOver: Math.max(id, known?.handOver ?? 0),
      onPaper: via === 'letter' || known?.onPaper === true,
      isTakenBack: false,
    })
  }
  return [...last.values()]
    .map((each) => ({
      ...each,
      isTakenBack: mayHaveArrived.some(
        ({ kind, recipient, occasion, outcome, via }) =>
          kind === 'keep-old-server' &&
          via !== 'letter' &&
          recipient === each.recipient &&
          occasion === occasionOf(each) &&
          outcome === 'delivered',
      ),
    }))
    .toSorted((one, other) => (one.recipient < other.recipient ? -1 : 1))
}

/** Each hand-over is taken back once, however often the rollback is run; another cut-over's is another one. */
function occasionOf({ handOver }: HandedOver): string {
  return `hand-over-${handOver}`
}

/**
 * Under which occasion a mailbox is handed over: after a rollback it is told anew, and not only that it was told before. Empty
 * the first time. Pure.
 */
export function handOverOccasion(notices: readonly LedgerNotice[], mailbox: string): string {
  const back = notices.findLast(
    ({ kind, recipient, outcome, via }) =>
      kind === 'keep-old-server' &&
      recipient === mailbox &&
      via !== 'letter' &&
      outcome !== 'failed' &&
      outcome !== 'refused',
  )
  return back === undefined ? '' : `after-${back.id}`
}

/**
 * Asks everybody who was told to use mailcow to go on using the old server: into the old mailboxes, where the hand-over mail lies,
 * and on paper too for those whose hand-over was printed. What fails is data.
 */
export async function tellOldServerStays(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  since: Date,
  options: StageOptions,
): Promise<readonly NoticeResult[]> {
  const told = new Map(
    handedOver(await ledger.notices.list(domain)).map((each) => [each.recipient, each] as const),
  )
  await using run = await openNoticeRun(migration, options)
  const [facts] = await gatherNoticeFacts(migration, ledger, [domain], options)
  const mailboxes = facts?.mailboxes.filter(({ address }) => told.has(address)) ?? []
  return limitedAll(run.limit, mailboxes, async (mailbox): Promise<NoticeResult> => {
    options.signal?.throwIfAborted()
    const of = told.get(mailbox.address)
    if (facts === undefined || of === undefined) throw new Error(`${mailbox.address} was told nothing`)
    const draft = keepOldServerDraft(run.drafting, facts, mailbox, { since, occasion: occasionOf(of) })
    return dispatch(
      run,
      ledger,
      draft,
      {
        again: false,
        perVersion: false,
        hasOldMailbox: true,
        announces: false,
        ...(of.onPaper ? { accepted: 'Its hand-over was printed.' } : {}),
      },
      options,
    )
  })
}
