import type { Stage, StageRun } from '../ledger/stages.ts'
import type { Finding } from './finding.ts'
import type { OpenAction, StatusMailbox, StatusMailFlow } from './status-report.ts'

export interface Situation {
  readonly domain: string
  /** The furthest stage that is done. */
  readonly stage: Stage | 'new'
  /** The last run of every stage that was ever started. */
  readonly runs: readonly StageRun[]
  readonly mailboxes: readonly StatusMailbox[]
  readonly blockedBy: readonly Finding[]
  /** Some of these are about the domain as surveyed; the others came up while copying. */
  readonly isSurveyBlocked: boolean
  /** Somebody works on the domain right now. */
  readonly isRunning: boolean
  /** There is somebody to warn, and not everybody was. */
  readonly isUnwarned?: boolean
  /** How far its mail flow is; `staged` when absent. */
  readonly mailFlow?: StatusMailFlow['state']
  /** The last rollback found mail on mailcow that the old mailboxes had not got. */
  readonly mailCameBack?: boolean
}

const setAsideCode = 'message-set-aside'

/** The exact command line that brings the domain on; `undefined` when everything that this version can do is done. Pure. */
export function nextAction(situation: Situation): string | undefined {
  const { domain, stage, isRunning, blockedBy, isSurveyBlocked, mailFlow = 'staged' } = situation
  if (isRunning) return `mailmove status ${domain}`
  if (stage === 'new') return `mailmove survey ${domain}`
  switch (mailFlow) {
    // Once it is begun, going on is safer than anything else.
    case 'begun':
    case 'mx-pending':
      return `mailmove cutover ${domain}`
    case 'moved':
      return `mailmove catchup ${domain}`
    case 'over':
      return undefined
    case 'taking-back':
      return `mailmove rollback ${domain}`
    case 'taken-back':
      return situation.mailCameBack === true ? `mailmove rollback ${domain}` : undefined
    case 'removed':
      return `mailmove provision ${domain}`
    case 'staged':
    case 'prepared':
      // Copying once more changes nothing for a message that the new server does not take: a person has to decide.
      if (blockedBy.some(({ code }) => code !== setAsideCode))
        return `mailmove ${isSurveyBlocked ? 'survey' : 'copy'} ${domain}`
      return stagedAction(situation)
    default:
      return mailFlow satisfies never
  }
}

/** Mail still goes to the old server. */
function stagedAction({
  domain,
  runs,
  mailboxes,
  isUnwarned = false,
  mailFlow = 'staged',
}: Situation): string {
  const moving = mailboxes.filter((mailbox) => mailbox.state !== 'skipped')
  const provisioned = runs.find((run) => run.stage === 'provision')
  if (provisioned === undefined && isUnwarned) return `mailmove warn ${domain}`
  if (provisioned?.state !== 'done') return `mailmove provision ${domain}`
  if (moving.some((mailbox) => mailbox.state === 'known' || mailbox.state === 'surveyed'))
    return `mailmove provision ${domain}`
  if (moving.some((mailbox) => mailbox.state === 'provisioned' || mailbox.state === 'copying'))
    return `mailmove copy ${domain}`
  if (moving.some((mailbox) => mailbox.verified?.equal === false)) return `mailmove copy ${domain}`
  if (moving.some((mailbox) => mailbox.state === 'copied')) return `mailmove verify ${domain}`
  if (runs.find((run) => run.stage === 'export')?.state !== 'done') return `mailmove export ${domain}`
  if (isUnwarned) return `mailmove warn ${domain}`
  return `mailmove cutover ${domain}${mailFlow === 'prepared' ? '' : ' --prepare'}`
}

/** Lets one finding pass; the reason is for a person to write. */
function acceptCommand({
  domain,
  code,
  item,
}: Pick<Finding, 'domain' | 'code'> & { readonly item?: string | undefined }): string {
  return `mailmove accept ${domain} ${code}${item === undefined ? '' : ` ${shellQuoted(item)}`} --reason "..."`
}

/** An admin pastes the command into a shell; a folder may be called `$(reboot)`. POSIX: only `'` ends single quotes. */
export function shellQuoted(text: string): string {
  if (/^[\w@.+/=,-]+$/.test(text)) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

export interface OpenSituation extends Situation {
  /** To mailcow itself. */
  readonly unsettledWrites: number
  /** To users' scripts on mailcow. */
  readonly unsettledScripts: number
  /** Notices that may have arrived. */
  readonly unsettledNotices?: number
  /** Mailboxes on mailcow whose filters are to be put there and are not yet. */
  readonly waitingFilters: number
  /** The same of contacts, which go into SOGo. */
  readonly waitingContacts: number
  /** What a person has to do about the mail flow. */
  readonly mailFlowActions?: readonly OpenAction[]
  /** Mailboxes with an app password of ours that was not removed. */
  readonly appPasswords: readonly string[]
}

/** What stays to be done beside the next action. Pure. */
export function openActions(situation: OpenSituation): readonly OpenAction[] {
  const {
    domain,
    runs,
    mailboxes,
    unsettledWrites,
    unsettledScripts,
    waitingFilters,
    waitingContacts,
    appPasswords,
    isRunning,
  } = situation
  if (isRunning) return []
  const refused = situation.blockedBy.filter(({ code }) => code === setAsideCode)
  const [first] = refused
  const open: OpenAction[] = situation.blockedBy
    // A thousand of them would be a thousand lines.
    .filter((finding) => finding.code !== setAsideCode || refused.length === 1)
    .map((finding) => ({
      message: `${finding.item === undefined ? '' : `${finding.item}: `}${finding.message} ${finding.remedy}`,
      command: acceptCommand(finding),
    }))
  if (first !== undefined && refused.length > 1)
    open.push({
      message: `${refused.length} messages were not copied; they lie as files in the working folder (set-aside/${domain}). Give them to their owners, then accept that they stay there.`,
      command: acceptCommand({ ...first, item: undefined }),
    })
  open.push(...(situation.mailFlowActions ?? []))
  for (const { stage, state, summary } of runs) {
    if (state === 'running' || state === 'interrupted')
      open.push({
        message: `${stage} was interrupted; run again, it goes on where it stopped.`,
        command: `mailmove ${stage} ${domain}`,
      })
    if (stage === 'adopt' && state === 'incomplete')
      open.push({
        message: `Not everybody is on the new server yet: ${summary ?? 'see its report'}.`,
        command: `mailmove adopt ${domain} --remind`,
      })
    else if (state === 'failed' || state === 'incomplete')
      open.push({
        message: `${stage} did not end well: ${summary ?? 'see its report'}`,
        command: `mailmove ${stage} ${domain}`,
      })
  }
  if (unsettledWrites > 0)
    open.push({
      message: `${unsettledWrites} writes to mailcow have no recorded outcome; provision reads them back.`,
      command: `mailmove provision ${domain}`,
    })
  if ((situation.unsettledNotices ?? 0) > 0)
    open.push({
      message: `${situation.unsettledNotices} notices have no recorded outcome; sending them again looks first whether they arrived.`,
      command: `mailmove ${runs.some(({ stage }) => stage === 'announce') ? 'announce' : 'warn'} ${domain}`,
    })
  if (unsettledScripts > 0)
    open.push({
      message: `${unsettledScripts} writes to scripts and address books on mailcow have no recorded outcome; export reads them back.`,
      command: `mailmove export ${domain}`,
    })
  if (waitingFilters > 0)
    open.push({
      message: `The filters of ${waitingFilters} mailboxes are exported, but not on mailcow yet (filters: install).`,
      command: `mailmove export ${domain}`,
    })
  if (waitingContacts > 0)
    open.push({
      message: `The contacts of ${waitingContacts} mailboxes are exported, but not in SOGo yet (importContacts).`,
      command: `mailmove export ${domain}`,
    })
  if (appPasswords.length > 0)
    open.push({
      message: `App passwords of ours are still on mailcow: ${appPasswords.join(', ')}. The next export removes them.`,
      command: `mailmove export ${domain}`,
    })
  const setAside = mailboxes.reduce((sum, mailbox) => sum + (mailbox.copied?.setAside ?? 0), 0)
  if (setAside > refused.length)
    open.push({
      message: `${setAside} messages that mailcow refuses lie as files in the working folder (set-aside/${domain}).`,
    })
  return open
}
