/** Rows of PostfixAdmin that a change of the mail flow may touch; addresses and domains in lower case. */
export interface RelayTables {
  readonly domains: readonly {
    readonly domain: string
    readonly transport: string
    readonly backupmx: boolean
    readonly active: boolean
  }[]
  readonly aliases: readonly { readonly address: string; readonly goto: string; readonly active: boolean }[]
  readonly aliasDomains: readonly {
    readonly aliasDomain: string
    readonly targetDomain: string
    readonly active: boolean
  }[]
  readonly vacations: readonly { readonly email: string; readonly active: boolean }[]
  readonly mailboxes: readonly { readonly username: string; readonly active: boolean }[]
}

export interface PostfixAdminRelayWanted {
  readonly domain: string
  readonly aliasDomains: readonly string[]
  /** Who is accepted; `@example.at` accepts all. */
  readonly recipients: readonly string[]
  /** `[mailcow.example]:25`. */
  readonly nextHop: string
}

/** One row: `before` null is one to be added, `after` null one to be taken out. Only the columns that change. */
export interface RowChange {
  readonly table: 'domain' | 'alias' | 'alias_domain' | 'vacation'
  /** Value of its key (`domain`, `address`, `alias_domain`, `email`). */
  readonly key: string
  readonly before: Readonly<Record<string, string>> | null
  readonly after: Readonly<Record<string, string>> | null
}

/** The difference between what the tables are and what they shall be. Plain data. */
export interface PostfixAdminPlan {
  readonly changes: readonly RowChange[]
  /** What makes it impossible. */
  readonly problems: readonly string[]
}

/** As Postfix' `transport_maps` need it. */
function relayTransport(nextHop: string): string {
  return `relay:${nextHop}`
}

/**
 * The domain and its alias domains are relayed by `domain.transport`, which wins over local delivery; whoever is wanted has an alias row that
 * leads to itself, and nobody else has an active one. So aliases, forwards and vacations no longer fire, and the list of recipients is
 * the tables' own. Mailboxes stay as they are: their users still read them. Pure.
 */
export function planPostfixAdminRelay(
  tables: RelayTables,
  wanted: PostfixAdminRelayWanted,
): PostfixAdminPlan {
  const names = new Set([wanted.domain, ...wanted.aliasDomains])
  const isOurs = (address: string): boolean => names.has(address.slice(address.lastIndexOf('@') + 1))
  const recipients = new Set(wanted.recipients.filter(isOurs))
  const transport = relayTransport(wanted.nextHop)
  const changes: RowChange[] = []
  const problems: string[] = []
  for (const name of names) {
    const row = tables.domains.find(({ domain }) => domain === name)
    if (row === undefined) problems.push(`PostfixAdmin has no domain ${name}.`)
    else if (row.backupmx || !row.active)
      problems.push(`PostfixAdmin's domain ${name} is ${row.active ? 'a backup MX' : 'switched off'}.`)
    else if (row.transport !== transport)
      changes.push({
        table: 'domain',
        key: name,
        before: { transport: row.transport },
        after: { transport },
      })
  }
  const catchAll = recipients.has(`@${wanted.domain}`)
  for (const { username, active } of tables.mailboxes)
    if (active && isOurs(username) && !recipients.has(username) && !catchAll)
      problems.push(
        `The mailbox ${username} is active in PostfixAdmin, and mailcow does not know it: its mail would bounce.`,
      )
  for (const { address, goto, active } of tables.aliases) {
    if (!isOurs(address)) continue
    const after = recipients.has(address) ? { goto: address, active: '1' } : { goto, active: '0' }
    const before = { goto, active: active ? '1' : '0' }
    if (before.goto !== after.goto || before.active !== after.active)
      changes.push({ table: 'alias', key: address, before, after })
  }
  const known = new Set(tables.aliases.map(({ address }) => address))
  for (const address of [...recipients].toSorted())
    if (!known.has(address))
      changes.push({
        table: 'alias',
        key: address,
        before: null,
        after: { goto: address, domain: address.slice(address.lastIndexOf('@') + 1), active: '1' },
      })
  // Every address of an alias domain is on the list by itself.
  for (const { aliasDomain, active } of tables.aliasDomains)
    if (active && names.has(aliasDomain))
      changes.push({
        table: 'alias_domain',
        key: aliasDomain,
        before: { active: '1' },
        after: { active: '0' },
      })
  for (const { email, active } of tables.vacations)
    if (active && isOurs(email))
      changes.push({ table: 'vacation', key: email, before: { active: '1' }, after: { active: '0' } })
  return { changes, problems }
}

/** What the way back does: each row as it was before the first change, and rows that were added taken out. Pure. */
export function planPostfixAdminPrimary(kept: readonly RowChange[]): PostfixAdminPlan {
  return {
    changes: kept.map(({ table, key, before, after }) => ({ table, key, before: after, after: before })),
    problems: [],
  }
}
