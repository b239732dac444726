import { MailcowError, type Effect, type MailcowErrorCode } from './errors.ts'
import { isKnownMessage, type MailcowMessage } from './messages.ts'

/** How the answer to one kind of write shows that it was done. */
export interface Expectation {
  readonly route: string
  /** Success keys that conclude an item, e.g. `mailbox_added`. Other successes are side effects. */
  readonly done: readonly string[]
  /** Danger keys after which mailcow goes on with the same item. */
  readonly soft?: readonly string[]
  /** Which item a concluding message names, as far as mailcow says so. */
  readonly names?: (message: MailcowMessage) => string | undefined
}

/** Side effects that mailcow reports before the real result. */
const SIDE_EFFECTS = new Set([
  'rl_saved',
  'dkim_added',
  'dovecot_restart_success',
  'alias_added',
  'sogo_profile_reset',
  'domain_add_dkim_available',
  'dkim_removed',
])

/** A warning that says that part of the request was dropped. */
const DROPPED = new Set(['tag_limit_exceeded'])

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly error: MailcowError }

/** Judges all entries that belong to one item (or to a call with one). Pure. */
export function judge(entries: readonly MailcowMessage[], expectation: Expectation): Verdict {
  const refusals = entries.filter(isRefusal)
  const isDone = entries.some((entry) => isSuccess(entry, expectation))
  if (refusals.length === 0 && isDone) return { ok: true }
  if (refusals.length === 0) return { ok: false, error: nothingDone(expectation.route, entries) }
  const effect: Effect = isDone || hasSideEffect(entries) ? 'partial' : 'none'
  return { ok: false, error: refused(expectation.route, entries, refusals, isDone, effect) }
}

/**
 * Judges a bulk call item by item. mailcow sends one concluding entry per item, in the order of the items, with side
 * effects and soft errors before it. Where the entries do not add up to that, no item is believed to be done.
 */
export function judgeItems(
  items: readonly string[],
  entries: readonly MailcowMessage[],
  expectation: Expectation,
): Verdict[] {
  // With one item every entry is about it.
  const groups = items.length === 1 ? [entries] : groupByItem(entries, expectation)
  if (
    groups.length === items.length &&
    items.every((item, index) => fits(item, groups[index] ?? [], expectation))
  ) {
    return groups.map((group) => judge(group, expectation))
  }
  const refusals = entries.filter(isRefusal)
  return items.map(() => ({
    ok: false,
    error: new MailcowError(
      'unexpected_answer',
      `${expectation.route}: mailcow's answer does not tell which of the ${items.length} items were done: ${sentence(refusals.length > 0 ? refusals : entries)}`,
      { route: expectation.route, messages: entries, effect: 'unknown', hint: 'Read the items back.' },
    ),
  }))
}

/** What "Task completed" means: nothing was done, or nothing that mailcow would vouch for. */
export function nothingDone(route: string, messages: readonly MailcowMessage[] = []): MailcowError {
  return new MailcowError('nothing_done', `${route}: mailcow reports no result: nothing was done`, {
    route,
    messages,
    effect: messages.length > 0 ? 'unknown' : 'none',
    hint: 'The object does not exist, or there was nothing to do. Read it back.',
  })
}

function groupByItem(entries: readonly MailcowMessage[], expectation: Expectation): MailcowMessage[][] {
  const groups: MailcowMessage[][] = []
  let open: MailcowMessage[] = []
  for (const entry of entries) {
    open.push(entry)
    const isSoft = entry.type === 'danger' && (expectation.soft?.includes(entry.key) ?? false)
    if (isSuccess(entry, expectation) || (isRefusal(entry) && entry.type !== 'warning' && !isSoft)) {
      groups.push(open)
      open = []
    }
  }
  if (open.length > 0) groups.push(open)
  return groups
}

/** False when a success names another item than the one whose turn it is. */
function fits(item: string, group: readonly MailcowMessage[], expectation: Expectation): boolean {
  const conclusion = group.find((entry) => isSuccess(entry, expectation))
  const name = conclusion === undefined ? undefined : expectation.names?.(conclusion)
  return name === undefined || name.toLowerCase() === item.toLowerCase()
}

function isRefusal(entry: MailcowMessage): boolean {
  return (
    entry.type === 'danger' || entry.type === 'error' || (entry.type === 'warning' && DROPPED.has(entry.key))
  )
}

/** Also a success that this client has never heard of: a newer mailcow may have renamed it. */
function isSuccess(entry: MailcowMessage, expectation: Expectation): boolean {
  return entry.type === 'success' && (expectation.done.includes(entry.key) || !isKnownMessage(entry.key))
}

function hasSideEffect(entries: readonly MailcowMessage[]): boolean {
  return entries.some((entry) => entry.type === 'success' && SIDE_EFFECTS.has(entry.key))
}

function refused(
  route: string,
  messages: readonly MailcowMessage[],
  refusals: readonly MailcowMessage[],
  isDone: boolean,
  effect: Effect,
): MailcowError {
  const key = refusals[0]?.key ?? ''
  const code = isDone ? 'partial' : (CODES.get(key) ?? 'rejected')
  const text = isDone ? `only part of it was done: ${sentence(refusals)}` : sentence(refusals)
  return new MailcowError(code, `${route}: ${text}`, {
    route,
    messages,
    effect,
    status: 200,
    hint: HINTS.get(key),
  })
}

/** The first few messages as one text. */
function sentence(messages: readonly MailcowMessage[]): string {
  const texts = [...new Set(messages.map((message) => message.text))]
  const shown = texts.slice(0, 3).join('; ')
  return texts.length > 3 ? `${shown}; and ${texts.length - 3} more` : shown
}

const CODES: ReadonlyMap<string, MailcowErrorCode> = new Map<string, MailcowErrorCode>([
  ['object_exists', 'exists'],
  ['template_exists', 'exists'],
  ['dkim_domain_or_sel_exists', 'exists'],
  ['domain_exists', 'exists'],
  ['is_alias', 'exists'],
  ['is_alias_or_mailbox', 'exists'],
  ['is_spam_alias', 'exists'],
  ['transport_dest_exists', 'exists'],
  ['bcc_exists', 'exists'],
  ['recipient_map_entry_exists', 'exists'],
  ['tls_policy_map_entry_exists', 'exists'],
  ['policy_list_from_exists', 'exists'],
  ['access_denied', 'denied'],
  ['object_doesnt_exist', 'denied'],
  ['domain_not_found', 'denied'],
  ['targetd_not_found', 'denied'],
  ['app_passwd_id_invalid', 'denied'],
  ['max_mailbox_exceeded', 'limit'],
  ['max_alias_exceeded', 'limit'],
  ['mailbox_quota_exceeded', 'limit'],
  ['mailbox_quota_left_exceeded', 'limit'],
  ['mailboxes_in_use', 'limit'],
  ['aliases_in_use', 'limit'],
  ['domain_quota_m_in_use', 'limit'],
  ['max_quota_in_use', 'limit'],
  ['tag_limit_exceeded', 'limit'],
  ['password_complexity', 'password_refused'],
  ['password_mismatch', 'password_refused'],
  ['password_empty', 'password_refused'],
])

const HINTS: ReadonlyMap<string, string> = new Map([
  ['access_denied', 'Check the spelling; mailcow answers the same for objects that do not exist.'],
  ['password_complexity', 'Read the policy with passwordPolicy.get().'],
  ['mailbox_quota_left_exceeded', 'Raise the quota of the domain first.'],
  ['mailbox_quota_exceeded', "Raise the domain's largest quota of a mailbox first."],
  ['max_mailbox_exceeded', "Raise the domain's number of mailboxes first."],
  ['max_alias_exceeded', "Raise the domain's number of aliases first."],
  ['targetd_relay_domain', 'Create alias domains after the cut-over.'],
  ['domain_not_empty', 'Delete its mailboxes first.'],
])
