import { join } from 'node:path'
import {
  type ExcludeRule,
  folderRuleFor,
  type FolderMap,
  type FolderMessages,
  type FolderState,
  type SearchHit,
} from '@iteg/imap-sync'
import type { ExplainedMessage, ExplainedPlace } from '../explain-report.ts'

/** What the ledger and both servers know of the messages that were looked for. */
export interface MailboxEvidence {
  readonly mailbox: string
  readonly old: readonly SearchHit[]
  readonly new: readonly SearchHit[]
  /** False where mailcow lets nobody in, or could not be reached: then what is not found there may be there all the same. */
  readonly isNewRead: boolean
  readonly folderMap: FolderMap | undefined
  /** By wire name of the source folder. */
  readonly folders: ReadonlyMap<string, { readonly state: FolderState; readonly messages: FolderMessages }>
  readonly rules: readonly ExcludeRule[]
  /** Where its messages that were set aside lie. */
  readonly setAsideDirectory: string
}

type Explained = ExplainedMessage & {
  /** To look up when it was copied. */
  readonly source?: { readonly wire: string; readonly uid: number }
}

/** One answer for each message: those of the old server first, then what only mailcow has. Pure. */
export function explainMailbox(evidence: MailboxEvidence): readonly Explained[] {
  const explained = new Set<SearchHit>()
  const ofOld = evidence.old.map((hit) => explainOld(evidence, hit, explained))
  const ofNew = evidence.new.filter((hit) => !explained.has(hit)).map((hit) => explainNew(evidence, hit))
  return [...ofOld, ...ofNew]
}

function explainOld(evidence: MailboxEvidence, hit: SearchHit, explained: Set<SearchHit>): Explained {
  const known = evidence.folders.get(hit.folderWire)
  // Numbers of another UIDVALIDITY say nothing.
  const isKnown = known?.state.sourceUidValidity === hit.uidValidity
  const source = { wire: hit.folderWire, uid: hit.uid }
  const base = { ...facts(evidence.mailbox, hit), old: place(hit) }
  const pair = isKnown
    ? known.messages.pairs.find((run) => hit.uid >= run.source && hit.uid < run.source + run.count)
    : undefined
  const same = (candidate: SearchHit): boolean => candidate.hash === hit.hash && !explained.has(candidate)
  if (known !== undefined && pair !== undefined) {
    const uid = pair.target + hit.uid - pair.source
    const there = evidence.new.find(
      (candidate) => candidate.folderWire === known.state.target && candidate.uid === uid && same(candidate),
    )
    const found = there ?? evidence.new.find(same)
    if (found === undefined && !evidence.isNewRead)
      return {
        ...base,
        source,
        fate: pair.origin,
        message: `mailmove copied it to ${targetName(evidence, hit.folderWire)} (UID ${uid}); mailcow could not be looked through now.`,
      }
    if (found === undefined)
      return {
        ...base,
        source,
        fate: 'copied-gone',
        message: `It was copied to ${targetName(evidence, hit.folderWire)} (UID ${uid}), and is not on mailcow any more.`,
      }
    explained.add(found)
    const fate = there === undefined ? 'moved' : pair.origin
    const message = {
      moved: `It was copied (UID ${uid}), and lies in another folder now.`,
      copied: 'mailmove copied it.',
      found: 'It lay on mailcow already, with the same content.',
    }[fate]
    return { ...base, source, new: place(found), fate, message }
  }
  const aside = isKnown ? known.messages.setAside.find(({ uid }) => uid === hit.uid) : undefined
  if (aside !== undefined)
    return {
      ...base,
      fate: 'set-aside',
      message: `It was not copied: ${aside.reason}`,
      file: join(evidence.setAsideDirectory, aside.file),
    }
  const twin = evidence.new.find(same)
  if (twin !== undefined) {
    explained.add(twin)
    return {
      ...base,
      new: place(twin),
      fate: 'found',
      message: 'mailcow has one with the same content; no copy has looked at this one yet.',
    }
  }
  const rule = ruleFor(evidence, hit)
  if (rule?.kind === 'content')
    return { ...base, fate: 'our-notice', message: 'mailmove wrote it: notices are not copied.' }
  if (rule !== undefined)
    return { ...base, fate: 'excluded', message: `The rule “${rule.name}” leaves it out.` }
  const leftOut = evidence.folderMap?.leftOut.find((folder) => folder.sourceWire === hit.folderWire)
  if (leftOut !== undefined)
    return { ...base, fate: 'excluded', message: 'Its folder is left out: the survey says why.' }
  return { ...base, fate: 'not-yet', message: 'No copy has brought it to mailcow yet; the next one does.' }
}

function explainNew(evidence: MailboxEvidence, hit: SearchHit): Explained {
  const base = { ...facts(evidence.mailbox, hit), new: place(hit) }
  for (const [wire, { state, messages }] of evidence.folders) {
    if (state.target !== hit.folderWire || state.targetUidValidity !== hit.uidValidity) continue
    const pair = messages.pairs.find((run) => hit.uid >= run.target && hit.uid < run.target + run.count)
    if (pair === undefined) continue
    const uid = pair.source + hit.uid - pair.target
    return {
      ...base,
      source: { wire, uid },
      fate: 'vanished',
      message: `mailmove copied it (UID ${uid} on the old server); it is gone from there since.`,
    }
  }
  return { ...base, fate: 'only-new', message: 'Only mailcow has it: it came or was written there.' }
}

function ruleFor({ rules }: MailboxEvidence, hit: SearchHit): ExcludeRule | undefined {
  const folder = folderRuleFor(rules, { source: hit.folder })
  if (folder !== undefined) return folder
  return rules.find((rule) => {
    if (rule.kind === 'content') return rule.hashes.includes(hit.hash)
    return rule.kind === 'deleted' && hit.flags.some((flag) => flag.toLowerCase() === '\\deleted')
  })
}

function targetName({ folderMap }: MailboxEvidence, wire: string): string {
  return folderMap?.entries.find(({ sourceWire }) => sourceWire === wire)?.target ?? 'mailcow'
}

function place({ folder, uid, uidValidity, flags }: SearchHit): ExplainedPlace {
  return { folder, uid, uidValidity, flags }
}

function facts(mailbox: string, { subject, from, messageId, date, size }: SearchHit) {
  return {
    mailbox,
    bytes: size,
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(date === undefined ? {} : { date }),
  }
}
