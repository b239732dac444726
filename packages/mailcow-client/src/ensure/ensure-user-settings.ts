import type { MailcowClient } from '../client.ts'
import type { Filter, FilterSettings } from '../filter.ts'
import { normaliseDomain, normaliseMailbox } from '../names.ts'
import type { PolicyEntry, PolicyList } from '../policy.ts'
import type { SpamScore } from '../spam-score.ts'
import { ensure, type Ensured, type EnsureOptions, only } from './ensure.ts'

/** Whether two scripts are the same but for line ends and blanks at the ends of lines, which web forms and file systems change. */
function isSameScript(one: string, other: string): boolean {
  const [left, right] = [one, other].map((script) =>
    script
      .replaceAll('\r\n', '\n')
      .replaceAll(/[ \t]+$/gm, '')
      .trimEnd(),
  )
  return left === right
}

/**
 * Makes a filter with this description be there, of this type and with this script; with `known`, that very filter,
 * whatever its description was. Others stay, except that an active
 * one switches the active one of its type off: look at `filters.list` before.
 */
export function ensureFilter(
  client: MailcowClient,
  wanted: FilterSettings,
  options: EnsureOptions<Filter> = {},
): Promise<Ensured<Filter>> {
  const mailbox = normaliseMailbox(wanted.mailbox)
  const { mailbox: _mailbox, ...changes } = wanted
  const { signal } = options
  return ensure<Filter>(
    {
      route: 'edit/filter',
      name: `${mailbox}: ${wanted.description}`,
      read: async () => {
        const all = await client.filters.list(mailbox, { signal })
        const known = all.find(({ id }) => id === options.known?.id)
        const fitting = all.filter(
          ({ type, description }) => type === wanted.type && description === wanted.description,
        )
        return known ?? fitting.find(({ active }) => active) ?? fitting[0]
      },
      wanted: changes,
      fits: { script: (found) => isSameScript(found.script, wanted.script) },
      create: () => client.filters.addOnly(wanted, { signal }),
      change: (names, found) => client.filters.edit(found.id, only(changes, names), { signal }),
    },
    options,
  )
}

/** Makes the sender be on the list of the domain or mailbox. One that is on the other list is an error (`exists`). */
export function ensurePolicyEntry(
  client: MailcowClient,
  wanted: { readonly owner: string; readonly list: PolicyList; readonly sender: string },
  options: EnsureOptions<PolicyEntry> = {},
): Promise<Ensured<PolicyEntry>> {
  const isMailbox = wanted.owner.includes('@')
  const owner = isMailbox ? normaliseMailbox(wanted.owner) : normaliseDomain(wanted.owner)
  const { list, sender } = wanted
  const { signal } = options
  const read = async (): Promise<PolicyEntry | undefined> => {
    const entries = isMailbox
      ? await client.policies.listMailbox(owner, list, { signal })
      : await client.policies.listDomain(owner, list, { signal })
    return entries.find((entry) => entry.sender.toLowerCase() === sender.toLowerCase())
  }
  const add = (): Promise<PolicyEntry> =>
    isMailbox
      ? client.policies.addMailbox(owner, { list, sender }, { signal })
      : client.policies.addDomain(owner, { list, sender }, { signal })
  return ensure<PolicyEntry>(
    {
      route: isMailbox ? 'add/mailbox-policy' : 'add/domain-policy',
      name: `${owner}: ${sender}`,
      read,
      wanted: { owner, list },
      create: async () => (await add()).id,
      change: add,
    },
    options,
  )
}

/** Makes the mailbox have these spam thresholds. */
export function ensureSpamScore(
  client: MailcowClient,
  wanted: SpamScore & { readonly mailbox: string },
  options: EnsureOptions<SpamScore> = {},
): Promise<Ensured<SpamScore>> {
  const { mailbox, junk, reject } = wanted
  const { signal } = options
  const set = (): Promise<void> => client.spamScores.set(mailbox, { junk, reject }, { signal })
  return ensure<SpamScore>(
    {
      route: 'edit/spam-score',
      name: mailbox,
      read: () => client.spamScores.get(mailbox, { signal }),
      wanted: { junk, reject },
      create: set,
      change: set,
    },
    options,
  )
}
