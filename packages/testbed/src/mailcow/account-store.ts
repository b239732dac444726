/**
 * What the mailcow double tells the new Dovecot, and what it asks of it. mailcow's own Dovecot reads the SQL
 * tables; ours is told. Every `set...` replaces the whole of what was there before, so it may be repeated.
 * Addresses are lower-case and always complete (`local@domain`).
 */
export interface AccountStore {
  /** Creates the account or changes it to exactly this. Must hold for the next login when the promise resolves. */
  setMailbox(account: MailboxAccount): Promise<void>
  /** The account can no longer log in; its mail, app passwords and filters are gone. Unknown: does nothing. */
  removeMailbox(address: string): Promise<void>
  /** `edit/rename-mbox`: the account and its mail move to the new address; app passwords and filters follow by `set...`. */
  renameMailbox(from: string, to: string): Promise<void>
  /** All app passwords of the account, inactive ones left out. They log in beside the main password. */
  setAppPasswords(address: string, appPasswords: readonly AppPasswordAccount[]): Promise<void>
  /**
   * The filters that run at delivery: mailcow runs the prefilter before the user's own ManageSieve script and the
   * postfilter after it. Absent: none of that type.
   */
  setFilters(address: string, filters: ActiveFilters): Promise<void>
  /** What the mailbox holds now, as Dovecot's quota counts it. Unknown or never used: zeroes. */
  usage(address: string): Promise<MailboxUsage>
  /** The text of the user's own active ManageSieve script, for `get/active-user-sieve`. */
  activeUserScript(address: string): Promise<string | undefined>
}

/** Which protocols a login may use. `smtp` is submission. */
export interface ProtocolAccess {
  readonly imap: boolean
  readonly pop3: boolean
  readonly smtp: boolean
  readonly sieve: boolean
}

export interface MailboxAccount {
  readonly address: string
  /** Dovecot's passdb form, `{SCHEME}...`, as mailcow stores it. Never the password in clear. */
  readonly passwordHash: string
  /** 0: unlimited. Negative values are possible, as on mailcow. */
  readonly quotaBytes: number
  /** 1: all; 2: no login with the user's passwords but mail is still received and the master user still gets in; 0: nobody. */
  readonly active: 0 | 1 | 2
  readonly access: ProtocolAccess
}

export interface AppPasswordAccount {
  readonly id: number
  readonly name: string
  readonly passwordHash: string
  readonly access: ProtocolAccess
}

export interface ActiveFilters {
  readonly prefilter?: string
  readonly postfilter?: string
}

export interface MailboxUsage {
  readonly bytes: number
  readonly messages: number
}

/** What `memoryAccountStore()` holds, readable and, for usage and scripts, settable by tests. */
export interface MemoryAccountStore extends AccountStore {
  readonly accounts: ReadonlyMap<string, MailboxAccount>
  readonly appPasswords: ReadonlyMap<string, readonly AppPasswordAccount[]>
  readonly filters: ReadonlyMap<string, ActiveFilters>
  setUsage(address: string, usage: MailboxUsage): void
  setActiveUserScript(address: string, script: string | undefined): void
}

/** An account store for tests that need no Dovecot. */
export function memoryAccountStore(): MemoryAccountStore {
  const accounts = new Map<string, MailboxAccount>()
  const appPasswords = new Map<string, readonly AppPasswordAccount[]>()
  const filters = new Map<string, ActiveFilters>()
  const usages = new Map<string, MailboxUsage>()
  const scripts = new Map<string, string>()
  const everything: readonly Map<string, unknown>[] = [accounts, appPasswords, filters, usages, scripts]
  return {
    accounts,
    appPasswords,
    filters,
    setMailbox: async (account) => {
      accounts.set(account.address, account)
    },
    removeMailbox: async (address) => {
      for (const map of everything) map.delete(address)
    },
    renameMailbox: async (from, to) => {
      const account = accounts.get(from)
      if (account !== undefined) accounts.set(from, { ...account, address: to })
      for (const map of everything) {
        if (map.has(from)) map.set(to, map.get(from))
        map.delete(from)
      }
    },
    setAppPasswords: async (address, list) => {
      appPasswords.set(address, list)
    },
    setFilters: async (address, active) => {
      filters.set(address, active)
    },
    usage: async (address) => usages.get(address) ?? { bytes: 0, messages: 0 },
    activeUserScript: async (address) => scripts.get(address),
    setUsage: (address, usage) => {
      usages.set(address, usage)
    },
    setActiveUserScript: (address, script) => {
      if (script === undefined) scripts.delete(address)
      else scripts.set(address, script)
    },
  }
}
