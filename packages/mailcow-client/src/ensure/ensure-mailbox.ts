import type { MailcowClient } from '../client.ts'
import { usageError } from '../errors.ts'
import { comparableMailbox } from '../mailbox-request.ts'
import type { Mailbox, MailboxChanges } from '../mailbox-types.ts'
import { normaliseMailbox, splitAddress } from '../names.ts'
import type { NewPassword } from '../password.ts'
import { ensure, type Ensured, type EnsureOptions, only } from './ensure.ts'

/** A mailbox as it shall be. */
export interface WantedMailbox extends Pick<
  MailboxChanges,
  | 'name'
  | 'active'
  | 'receiveOnly'
  | 'protocols'
  | 'sogoAccess'
  | 'relayHostId'
  | 'senderAcl'
  | 'forcePasswordUpdate'
> {
  readonly address: string
  /** Bytes: whole MiB; null: unlimited. A mailbox that is made needs it. */
  readonly quotaBytes?: number | null
  readonly requireTlsIn?: boolean
  readonly requireTlsOut?: boolean
  /** Added, never taken away. */
  readonly tags?: readonly string[]
  /**
   * What is the user's from then on: never looked at again when the mailbox is there. A function is called only when the
   * mailbox is made, so that nobody needs a password before. Absent: only one that is there is meant (`usage` otherwise).
   */
  readonly atCreation?: MailboxAtCreation | (() => Promise<MailboxAtCreation> | MailboxAtCreation)
}

/** What a new mailbox is given. */
export type MailboxAtCreation = NewPassword & {
  readonly forcePasswordUpdate: boolean
  readonly permissions?: readonly string[]
}

/** Makes the mailbox be there and be like this. One that is there keeps its password, whoever made it. */
export function ensureMailbox(
  client: MailcowClient,
  wanted: WantedMailbox,
  options: EnsureOptions<Mailbox> = {},
): Promise<Ensured<Mailbox>> {
  const address = normaliseMailbox(wanted.address)
  const { address: _address, atCreation, requireTlsIn, requireTlsOut, tags = [], ...changes } = wanted
  const { signal } = options
  const tls = {
    ...(requireTlsIn === undefined ? {} : { requireIn: requireTlsIn }),
    ...(requireTlsOut === undefined ? {} : { requireOut: requireTlsOut }),
  }
  let forced = {}
  return ensure<Mailbox>(
    {
      route: 'edit/mailbox',
      name: address,
      read: () => client.mailboxes.get(address, { signal }),
      wanted: {
        ...comparableMailbox(wanted.tags === undefined ? changes : { ...changes, tags }),
        requireTlsIn,
        requireTlsOut,
      },
      fits: { tags: (found) => tags.every((tag) => found.tags.includes(tag)) },
      atCreation: () => forced,
      hasSecret: true,
      create: async () => {
        const { senderAcl, active, quotaBytes, ...settings } = changes
        if (atCreation === undefined || quotaBytes === undefined)
          throw usageError(`${address} is not there; to make it, atCreation and quotaBytes are needed`)
        const given = typeof atCreation === 'function' ? await atCreation() : atCreation
        forced = { forcePasswordUpdate: given.forcePasswordUpdate }
        await client.mailboxes.add(
          {
            ...splitAddress(address),
            name: '',
            ...settings,
            quotaBytes,
            active: wanted.receiveOnly === true ? false : (active ?? true),
            ...(requireTlsIn === undefined ? {} : { requireTlsIn }),
            ...(requireTlsOut === undefined ? {} : { requireTlsOut }),
            tags,
            ...given,
          },
          { signal },
        )
        // add/mailbox does not take it.
        if (senderAcl !== undefined) await client.mailboxes.edit(address, { senderAcl }, { signal })
      },
      change: async (names) => {
        const missing = names.has('tags') ? { addTags: tags } : {}
        const attr = { ...only(changes, names), ...missing }
        if (Object.keys(attr).length > 0) await client.mailboxes.edit(address, attr, { signal })
        // edit/mailbox would ignore these, with success.
        if (names.has('requireTlsIn') || names.has('requireTlsOut')) {
          await client.mailboxPreferences.setTlsPolicy(address, tls, { signal })
        }
      },
    },
    options,
  )
}
