import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { RawBody } from '../calls.ts'
import {
  domainNames,
  findAccount,
  findMailbox,
  hasDomainAccess,
  hasMailboxAccess,
  mailboxNames,
} from '../lookup.ts'
import { byKey, htmlEscape, isEmail, same, text, toList, type JsonRecord } from '../php-values.ts'
import { updateRow, type MailcowState } from '../state.ts'
import { addMailbox } from './mailbox-add.ts'
import { editMailbox } from './mailbox-edit.ts'
import { mailboxDetails } from './mailbox-view.ts'
import type { DoubleContext } from '../calls.ts'
import { dropRateLimit } from './rate-limit.ts'
import { searchNames } from './search.ts'
import { isTagged } from './tags.ts'

const deleteMailbox: WriteRoute = {
  log: ['mailbox', 'delete', 'mailbox'],
  logTail: true,
  items: 'username',
  run: async (call) => {
    for (const item of toList(call.data['username'])) await removeMailbox(call, text(item))
  },
}

async function removeMailbox(call: WriteCall, username: string): Promise<void> {
  const { state } = call
  const row = findAccount(state, username)
  if (!isEmail(username) || row === undefined || !hasDomainAccess(state, row.domain)) {
    return call.danger('access_denied')
  }
  dropTarget(state, row.username, call.now)
  state.mailboxes = state.mailboxes.filter((other) => other !== row)
  state.appPasswords = state.appPasswords.filter((other) => !same(other.mailbox, row.username))
  state.filters = state.filters.filter((other) => !same(other.username, row.username))
  state.senderAcl = state.senderAcl.filter(
    (entry) => !same(entry.loggedInAs, row.username) && !same(entry.sendAs, row.username),
  )
  state.userAcl = state.userAcl.filter((other) => !same(other.username, row.username))
  state.pushover = state.pushover.filter((other) => !same(other.username, row.username))
  state.timeLimitedAliases = state.timeLimitedAliases.filter((other) => !same(other.goto, row.username))
  state.syncJobs = state.syncJobs.filter((other) => !same(other.user2, row.username))
  state.policies = state.policies.filter((other) => !same(other.object, row.username))
  state.spamScores = state.spamScores.filter((other) => !same(other.object, row.username))
  state.bccMaps = state.bccMaps.filter((other) => !same(other.local_dest, row.username))
  dropRateLimit(state, row.username)
  await call.context.accounts.removeMailbox(row.username)
  call.success(['mailbox_removed', htmlEscape(username)])
}

/** Aliases lose the target; those that had no other vanish, the mailbox's own row among them. */
function dropTarget(state: MailcowState, username: string, now: string): void {
  state.aliases = state.aliases.filter((alias) => !same(alias.goto, username))
  for (const alias of state.aliases) {
    const kept = alias.goto.split(',').filter((target) => !same(target, username))
    updateRow(alias, { goto: kept.join(',') }, now)
  }
}

const deleteMailboxTag: WriteRoute = {
  log: ['mailbox', 'delete', 'tags_mailbox'],
  logTail: true,
  items: 'tags',
  extra: 'username',
  run: (call) => {
    const username = text(call.data['username'])
    const tags = toList(call.data['tags'])
    const row = findMailbox(call.state, username)
    if (!isEmail(username)) call.danger('email invalid')
    else if (row === undefined || !hasMailboxAccess(call.state, username)) call.danger('access_denied')
    if (tags.length === 0) return
    if (row !== undefined) row.tags = row.tags.filter((tag) => !tags.includes(tag))
    if (row !== undefined) call.success(['mailbox_modified', username])
  },
}

/**
 * The names that mailcow finds for one domain of a list. An unknown domain means ALL mailboxes of the server; with tags
 * the domain is only a part of the address.
 */
function namesFor(state: MailcowState, domain: string, tags: readonly string[] | undefined): string[] {
  if (tags !== undefined) {
    return state.mailboxes
      .filter((row) => row.username.includes(domain.toLowerCase()) && isTagged(row, tags))
      .map((row) => row.username)
      .toSorted(byKey)
  }
  return hasDomainAccess(state, domain) ? mailboxNames(state, domain) : mailboxNames(state)
}

async function listMailboxes(
  context: DoubleContext,
  input: { extra: string | undefined; tags: readonly string[] | undefined; view: 'full' | 'reduced' },
): Promise<JsonRecord[]> {
  const { state } = context
  const wanted = input.extra === undefined || input.extra === '' ? domainNames(state) : input.extra.split(',')
  const names = wanted.flatMap((domain) => namesFor(state, domain, input.tags))
  const found = await Promise.all(names.map((name) => mailboxDetails(context, name, input.view)))
  return found.filter((details) => details !== undefined)
}

export const mailboxes: Resource = {
  get: {
    'mailbox/all': ({ context, extra, tags }) => listMailboxes(context, { extra, tags, view: 'full' }),
    'mailbox/reduced': ({ context, extra, tags }) => listMailboxes(context, { extra, tags, view: 'reduced' }),
    mailbox: async ({ context, state, object = '', tags }) => {
      if (tags === undefined) return (await mailboxDetails(context, object)) ?? null
      const names = namesFor(state, object, tags)
      const found = await Promise.all(names.map((name) => mailboxDetails(context, name)))
      const list = found.filter((details) => details !== undefined)
      // The one list of mailboxes that is [] when empty.
      return list.length === 0 ? new RawBody('[]') : list
    },
  },
  add: { mailbox: addMailbox },
  edit: { mailbox: editMailbox },
  delete: { mailbox: deleteMailbox, 'mailbox/tag': deleteMailboxTag },
  search: {
    mailbox: async (context, query) => {
      const found = searchNames(query, mailboxNames(context.state), (name) =>
        findMailbox(context.state, name),
      )
      const details = await Promise.all(found.page.map((name) => mailboxDetails(context, name)))
      return { ...found.answer, data: details.filter((entry) => entry !== undefined) }
    },
  },
}
