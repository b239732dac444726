import type { Inventory } from '@iteg/old-server'
import type { CheckReport, CheckResult } from './check-report.ts'
import { checkAddressBooks } from './checking/check-address-books.ts'
import { checkImap } from './checking/check-imap.ts'
import { checkLocal } from './checking/check-local.ts'
import { checkMailcow } from './checking/check-mailcow.ts'
import { checkLoginLog, checkNotify } from './checking/check-notify.ts'
import { checkSieve } from './checking/check-sieve.ts'
import { probe } from './checking/probe.ts'
import { newMasterEndpoint, oldEndpoint, serverUrl } from './endpoints.ts'
import { MigrationError, ServerError } from './errors.ts'
import { loadInventory } from './inventory.ts'
import { LoginGuard } from './logins.ts'
import { asking } from './mailcow-facts.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import { asSentence } from './sentence.ts'

/**
 * Tries every server and credential of the configuration, one result each. Writes nothing anywhere, repeats no refused
 * login, and has at most two refused logins per server. What fails is a result; rejects only when aborted.
 */
export async function check(migration: Migration, options: StageOptions = {}): Promise<CheckReport> {
  migration.emit({ type: 'stage-started', stage: 'check', domains: [] })
  const results: CheckResult[] = []
  const add = (found: readonly CheckResult[]): void => {
    for (const result of found) {
      results.push(result)
      migration.emit({ type: 'check-finished', result })
    }
  }
  add(await checkLocal(migration))
  const { result, inventory } = await checkInventory(migration, options)
  add([result])
  const mailboxes = activeMailboxes(inventory)
  const oldGuard = new LoginGuard()
  const newGuard = new LoginGuard()
  add(await checkOldImap(migration, mailboxes, oldGuard, options))
  add([await checkOldSieve(migration, mailboxes, oldGuard, options)])
  add(await checkAddressBooks(migration.config.old.addressBooks, options.signal))
  add([await checkOldSmtp(migration, options)])
  add(await checkLoginLog(migration, options))
  const { mailcow } = migration.config.new
  const mailcowResults = await checkMailcowApi(migration, mailcow.url, options)
  add(mailcowResults)
  const isAnswering = mailcowResults.every(
    (each) => each.status !== 'failed' || each.subject !== 'new.mailcow',
  )
  const moved = isAnswering ? await mailboxesOnMailcow(migration, inventory, options) : []
  add(await checkNewImap(migration, moved, newGuard, options))
  add([await checkNewSieve(migration, moved, newGuard, options)])
  add(await checkNotify(migration, options))
  migration.emit({ type: 'stage-finished', stage: 'check' })
  return {
    schema: 'mailmove.check/1',
    at: migration.now().toISOString(),
    results,
    ok: results.every((each) => each.status !== 'failed'),
    refusedLogins: oldGuard.refused + newGuard.refused,
  }
}

async function checkInventory(
  migration: Migration,
  options: StageOptions,
): Promise<{ readonly result: CheckResult; readonly inventory: Inventory | undefined }> {
  const subject = 'old.inventory'
  const { inventory: sources } = migration.config.old
  const target = sources.map((source) => ('path' in source ? source.path : source.kind)).join(', ')
  try {
    const inventory = await loadInventory(migration, options)
    const mailboxes = inventory.domains.reduce((sum, domain) => sum + domain.mailboxes.length, 0)
    const facts = { domains: inventory.domains.length, mailboxes, conflicts: inventory.issues.length }
    const detail = `${facts.domains} domains with ${mailboxes} mailboxes.`
    const status = mailboxes === 0 ? 'warning' : 'ok'
    return { result: { subject, status, target, detail, facts }, inventory }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof MigrationError)) throw error
    const remedy = error.hint === undefined ? {} : { remedy: error.hint }
    return {
      result: {
        subject,
        status: 'failed',
        target,
        detail: error.message,
        ...remedy,
        cause: error instanceof ServerError ? 'server' : 'configuration',
        facts: {},
      },
      inventory: undefined,
    }
  }
}

function activeMailboxes(inventory: Inventory | undefined): readonly string[] {
  return (inventory?.domains ?? []).flatMap((domain) =>
    domain.mailboxes.filter((mailbox) => mailbox.active).map((mailbox) => mailbox.address),
  )
}

async function checkOldImap(
  migration: Migration,
  mailboxes: readonly string[],
  guard: LoginGuard,
  options: StageOptions,
): Promise<readonly CheckResult[]> {
  const { config, logger } = migration
  if (mailboxes.length > 0)
    return checkImap({
      server: 'old.imap',
      login: 'old.imap.master',
      mailboxes,
      endpoint: (mailbox) => oldEndpoint(config, mailbox),
      guard,
      logger,
      signal: options.signal,
    })
  const greeting = await greetingOf('old.imap', config.old.imap, options)
  const target = serverUrl(config.old.imap)
  const detail = 'The inventory names no active mailbox that it could be tried with.'
  return [greeting, { subject: 'old.imap.master', status: 'skipped', target, detail, facts: {} }]
}

async function checkNewImap(
  migration: Migration,
  mailboxes: readonly string[],
  guard: LoginGuard,
  options: StageOptions,
): Promise<readonly CheckResult[]> {
  const { config, logger } = migration
  const target = serverUrl(config.new.imap)
  const isByAppPassword = config.new.access === 'appPassword'
  const [first] = mailboxes
  const reachable = first === undefined ? undefined : newMasterEndpoint(config, first)
  if (!isByAppPassword && reachable !== undefined)
    return checkImap({
      server: 'new.imap',
      login: 'new.imap.master',
      mailboxes,
      endpoint: (mailbox) => newMasterEndpoint(config, mailbox) ?? reachable,
      guard,
      logger,
      signal: options.signal,
    })
  const detail = isByAppPassword
    ? 'The configuration says appPassword: one is made for each mailbox while it is copied.'
    : 'None of our mailboxes is on mailcow yet; run check again once a domain was provisioned.'
  return [
    await greetingOf('new.imap', config.new.imap, options),
    { subject: 'new.imap.master', status: 'skipped', target, detail, facts: {} },
  ]
}

async function checkOldSieve(
  { config, logger }: Migration,
  mailboxes: readonly string[],
  guard: LoginGuard,
  { signal }: StageOptions,
): Promise<CheckResult> {
  const { sieve: server, master, sieveFiles } = config.old
  if (sieveFiles !== undefined)
    return {
      subject: 'old.sieve',
      status: 'skipped',
      target: sieveFiles.home,
      detail: 'Scripts are read from files (old.sieveFiles); ManageSieve is not asked.',
      facts: {},
    }
  const nobody = 'The inventory names no active mailbox that it could be tried with.'
  return checkSieve({ subject: 'old.sieve', server, master, mailboxes, nobody, guard, logger, signal })
}

async function checkNewSieve(
  { config, logger }: Migration,
  moved: readonly string[],
  guard: LoginGuard,
  { signal }: StageOptions,
): Promise<CheckResult> {
  const { sieve: server, access } = config.new
  const master = access === 'master' ? config.new.master : undefined
  const nobody =
    access === 'appPassword'
      ? 'The configuration says appPassword: one is made for each mailbox while its filters are put there.'
      : 'None of our mailboxes is on mailcow yet; run check again once a domain was provisioned.'
  return checkSieve({ subject: 'new.sieve', server, master, mailboxes: moved, nobody, guard, logger, signal })
}

/** The server alone, where there is no mailbox to log in to. */
async function greetingOf(
  subject: 'old.imap' | 'new.imap',
  server: Migration['config']['old']['imap'],
  options: StageOptions,
): Promise<CheckResult> {
  const { host, port, tls, tlsOptions } = server
  const target = serverUrl(server)
  // A pinned certificate, or one that comes after STARTTLS, is verified by the first login.
  const isVerified = tls === 'implicit' && tlsOptions?.fingerprint === undefined
  const verify = isVerified ? { tls: tlsOptions?.ca === undefined ? {} : { ca: tlsOptions.ca } } : {}
  if (tls === 'implicit' && !isVerified)
    return {
      subject,
      status: 'skipped',
      target,
      detail: 'Its pinned certificate is verified by the first login.',
      facts: {},
    }
  try {
    const { banner } = await probe({ host, port, ...verify }, options.signal)
    const detail = isVerified
      ? 'Reachable, certificate verified.'
      : 'Reachable; its certificate is verified by the first login.'
    return { subject, status: 'ok', target, detail, facts: { banner } }
  } catch (error) {
    options.signal?.throwIfAborted()
    return unreachable(subject, target, error, `Check ${subject}.host, port and tlsOptions.`)
  }
}

async function checkOldSmtp(migration: Migration, options: StageOptions): Promise<CheckResult> {
  const subject = 'old.smtp'
  const { host, port } = migration.config.old.smtp
  const target = `${host}:${port}`
  try {
    const { banner } = await probe({ host, port }, options.signal)
    if (banner.startsWith('220'))
      return {
        subject,
        status: 'ok',
        target,
        detail: 'It takes mail: mailcow hands the domain over here until cut-over.',
        facts: { banner },
      }
    throw new Error(`it greets with "${banner.slice(0, 80)}"`)
  } catch (error) {
    options.signal?.throwIfAborted()
    const remedy = 'What counts is that mailcow reaches it: try there, and check old.smtp.'
    return { ...unreachable(subject, target, error, remedy), status: 'warning' }
  }
}

function unreachable(
  subject: CheckResult['subject'],
  target: string,
  error: unknown,
  remedy: string,
): CheckResult {
  const reason = error instanceof Error ? error.message : 'unknown reason'
  return {
    subject,
    status: 'failed',
    target,
    detail: asSentence(`It cannot be reached: ${reason}`),
    remedy,
    facts: {},
  }
}

async function checkMailcowApi(
  migration: Migration,
  url: string,
  options: StageOptions,
): Promise<readonly CheckResult[]> {
  try {
    const client = await migration.mailcow()
    return await checkMailcow({
      client,
      url,
      minLength: migration.config.passwords.minLength,
      signal: options.signal,
    })
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof MigrationError)) throw error
    const remedy = error.hint === undefined ? {} : { remedy: error.hint }
    return [
      { subject: 'new.mailcow', status: 'failed', target: url, detail: error.message, ...remedy, facts: {} },
    ]
  }
}

/** Mailboxes of the inventory that mailcow has: nobody else's mailbox is looked into. */
async function mailboxesOnMailcow(
  migration: Migration,
  inventory: Inventory | undefined,
  options: StageOptions,
): Promise<readonly string[]> {
  const wanted = new Set(activeMailboxes(inventory))
  if (wanted.size === 0) return []
  try {
    const client = await migration.mailcow()
    const there = await asking(options, (call) => client.mailboxes.list(undefined, call))
    return there
      .filter((mailbox) => mailbox.active && wanted.has(mailbox.address))
      .map((mailbox) => mailbox.address)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof MigrationError)) throw error
    return []
  }
}
