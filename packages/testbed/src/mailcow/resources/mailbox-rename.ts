import { syncAppPasswords, syncFilters, syncMailbox } from '../account-sync.ts'
import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { findAccount, findMailbox } from '../lookup.ts'
import { intval, isEmail, same, text } from '../php-values.ts'
import { updateRow, type MailcowState } from '../state.ts'
import { addAlias } from './alias-add.ts'

const renameMailbox: WriteRoute = {
  log: ['mailbox', 'edit', 'mailbox_rename'],
  logTail: true,
  items: 'mailbox',
  run: async (call) => {
    const { data, state } = call
    const [oldLocal, newLocal] = [text(data['old_local_part']), text(data['new_local_part'])]
    const from = `${oldLocal}@${text(data['domain'])}`
    const to = `${newLocal}@${text(data['domain'])}`
    for (const name of [from, to]) if (!isEmail(name)) return call.danger(['username_invalid', name])
    const row = findMailbox(state, from)
    if (row === undefined || row.active === 0) return call.danger('access_denied')
    if (findAccount(state, to) !== undefined || state.aliases.some((alias) => same(alias.address, to))) {
      return call.danger(`SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '${to}'`)
    }
    updateRow(row, { username: to, localPart: newLocal }, call.now)
    renameElsewhere(state, from, to)
    await call.context.accounts.renameMailbox(from.toLowerCase(), to)
    await syncMailbox(call.context, to)
    await syncAppPasswords(call.context, to)
    await syncFilters(call.context, to)
    if (intval(data['create_alias']) === 1) await keepOldAddress(call, from, to)
    call.success(['mailbox_renamed', from, to])
  },
}

async function keepOldAddress(call: WriteCall, from: string, to: string): Promise<void> {
  const alias = {
    address: from,
    goto: to,
    active: 1,
    sogo_visible: 1,
    private_comment: `Mailbox was renamed from ${from} to ${to}`,
  }
  await addAlias.run(call.nested(addAlias, alias))
}

/** mailcow compares whole columns: an alias with several targets keeps the old address among them. */
function renameElsewhere(state: MailcowState, from: string, to: string): void {
  const renamed = (value: string): string => (same(value, from) ? to : value)
  for (const row of state.aliases) {
    if (same(row.address, from)) Object.assign(row, { address: to, goto: to })
    row.goto = renamed(row.goto)
  }
  for (const row of state.filters) row.username = renamed(row.username)
  for (const row of state.appPasswords) row.mailbox = renamed(row.mailbox)
  for (const row of state.userAcl) row.username = renamed(row.username)
  for (const row of state.pushover) row.username = renamed(row.username)
  for (const row of state.syncJobs) row.user2 = renamed(row.user2)
  for (const row of state.senderAcl) {
    row.loggedInAs = renamed(row.loggedInAs)
    row.sendAs = renamed(row.sendAs)
  }
  for (const row of state.bccMaps) {
    row.local_dest = renamed(row.local_dest)
    row.bcc_dest = renamed(row.bcc_dest)
  }
  for (const row of state.recipientMaps) {
    row.recipient_map_old = renamed(row.recipient_map_old)
    row.recipient_map_new = renamed(row.recipient_map_new)
  }
}

export const mailboxRename: Resource = { edit: { 'rename-mbox': renameMailbox } }
