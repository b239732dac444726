import { findAccount, findAliasDomain, findDomain } from '../mailcow/lookup.ts'
import { same } from '../mailcow/php-values.ts'
import type { MailcowState, MailboxRow } from '../mailcow/state.ts'
import type { LiveMaps, Lookup } from './lookup-server.ts'

interface Address {
  readonly user: string
  readonly domain: string
}

/** SQL's `%u` and `%d`; a key that is no address is not asked for. */
function split(key: string): Address | undefined {
  const at = key.lastIndexOf('@')
  return at === -1 ? undefined : { user: key.slice(0, at), domain: key.slice(at + 1) }
}

function receives(row: MailboxRow | undefined): row is MailboxRow {
  return row?.active === 1 || row?.active === 2
}

/**
 * The queries of mailcow's maps, asked of the double's state. Comparisons are case-insensitive, as MySQL's are. A query
 * with `%u` or `%d` in it is asked for whole addresses only: that is why user+tag finds an alias but no mailbox.
 */
export function mailcowMaps(state: MailcowState, now: () => Date, lmtp: string) {
  const finalDomain = (domain: string): boolean => {
    const row = findDomain(state, domain)
    return row?.active === 1 && row.backupmx === 0
  }
  const relayDomain = (domain: string): boolean => {
    const row = findDomain(state, domain)
    return row?.active === 1 && row.backupmx === 1
  }
  const aliasRow = (address: string) => state.aliases.find((row) => same(row.address, address))
  const senderRow = (address: string) => {
    const row = aliasRow(address)
    return row?.active === 1 && row.senderAllowed === 1 ? row : undefined
  }
  /** The mailbox of the target domain that an address of an alias domain stands for. */
  const behindAliasDomain = (key: string): string | undefined => {
    const { user, domain } = split(key) ?? { user: '', domain: '' }
    const row = findAliasDomain(state, domain)
    const mailbox = row?.active === 1 ? findAccount(state, `${user}@${row.targetDomain}`) : undefined
    return receives(mailbox) ? mailbox.username : undefined
  }
  const relayHostOf = (sender: string) => {
    const { domain } = split(sender) ?? { domain: '' }
    const alias = aliasRow(sender)
    const ids = [
      alias?.active === 1 ? findAccount(state, alias.goto)?.attributes['relayhost'] : undefined,
      findDomain(state, findAliasDomain(state, domain)?.targetDomain ?? domain)?.relayhost,
    ]
    return ids
      .map((id) => state.relayHosts.find((row) => row.active === 1 && String(row.id) === String(id ?? '')))
      .find((row) => row !== undefined)
  }
  const bcc =
    (type: string): Lookup =>
    (key) =>
      state.bccMaps.find((row) => row.type === type && row.active === 1 && same(row.local_dest, key))
        ?.bcc_dest
  return {
    parts: {
      relayDomains: (key) => (relayDomain(key) ? key : undefined),
      mailboxDomains: (key) =>
        finalDomain(key) || findAliasDomain(state, key)?.active === 1 ? key : undefined,
      // whatever the domain's flags say
      aliases: (key) => {
        const row = aliasRow(key)
        return row?.active === 1 || row?.active === 2 ? row.goto : undefined
      },
      resources: (key) => {
        const row = findAccount(state, key)
        return row !== undefined && row.kind !== '' ? 'null@localhost' : undefined
      },
      spamAliases: (key) =>
        state.timeLimitedAliases.find(
          (row) =>
            same(row.address, key) &&
            (row.permanent !== 0 || row.validity >= Math.floor(now().getTime() / 1000)),
        )?.goto,
      transports: (key) => {
        const row = state.transports.find(
          (transport) =>
            transport.active === 1 && transport.isMxBased !== 1 && same(transport.destination, key),
        )
        return row === undefined ? undefined : `smtp_via_transport_maps:${row.nexthop}`
      },
      transportCredentials: (key) => {
        const row = state.transports.find((transport) => transport.active === 1 && transport.nexthop === key)
        return row === undefined || row.username === '' ? undefined : `${row.username}:${row.password}`
      },
      relayUnknownOnly: (key) => {
        const alias = aliasRow(key)
        const row = alias === undefined ? undefined : findDomain(state, alias.domain)
        return row?.backupmx === 1 && row.relayAllRecipients === 1 && row.relayUnknownOnly === 1
          ? lmtp
          : undefined
      },
      senderBcc: bcc('sender'),
      recipientBcc: bcc('rcpt'),
      recipientCanonical: (key) =>
        state.recipientMaps.find((row) => row.active === 1 && same(row.recipient_map_old, key))
          ?.recipient_map_new,
    },
    whole: {
      relayRecipients: (key) => {
        const address = split(key)
        if (address === undefined) return undefined
        const row = findDomain(state, address.domain)
        if (row?.relayAllRecipients === 1 && row.backupmx === 1) return key
        const alias = aliasRow(key)
        return alias?.active === 1 ? alias.goto : undefined
      },
      mailboxes: (key) => {
        const row = findAccount(state, key)
        return receives(row) ? `maildir:/var/vmail/${row.domain}/${row.localPart}/` : undefined
      },
      aliasDomains: behindAliasDomain,
      senderTransports: (key) => {
        const host = relayHostOf(key)
        return host === undefined ? undefined : `smtp:${host.hostname}`
      },
      senderCredentials: (key) => {
        const host = relayHostOf(key)
        return host === undefined || host.username === '' ? undefined : `${host.username}:${host.password}`
      },
      senderLogins: (key) => {
        const address = split(key)
        if (address === undefined) return undefined
        const { domain } = address
        const open = findDomain(state, domain)?.active === 1 || findAliasDomain(state, domain)?.active === 1
        const byAlias = open ? (senderRow(key) ?? senderRow(`@${domain}`))?.goto : undefined
        const target = findAliasDomain(state, domain)?.targetDomain
        const sendAs = ['*', key, `@${domain}`, ...(target === undefined ? [] : [`@${target}`])]
        const byAcl = state.senderAcl
          .filter((row) => sendAs.some((wanted) => same(row.sendAs, wanted)))
          .map((row) => row.loggedInAs)
        const names = [byAlias, ...byAcl, behindAliasDomain(key)].filter((name) => name !== undefined)
        return names.length === 0 ? undefined : [...new Set(names)].join(',')
      },
    },
  } satisfies LiveMaps
}
