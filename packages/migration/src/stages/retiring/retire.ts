import type { Ledger } from '../../ledger/ledger.ts'
import { archiveRoot } from '../archiving/archive.ts'
import { ExportFolder } from '../exporting/export-folder.ts'
import { MigrationError, GateError } from '../errors.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'
import { archivesCheck, chooseSample, type DomainArchives, sampleCheck } from './backup-checks.ts'
import { deliveriesCheck, loginsCheck, monthCheck, movedCheck, queueCheck, verifiedCheck } from './checks.ts'
import { finishSteps } from './finish.ts'
import type { RetireCheck, RetireCheckName, RetireReport, RetireStep } from './retire-report.ts'

export interface RetireOptions extends StageOptions {
  /** Where the archives lie. Default: `archive` in the working folder. */
  readonly archives?: string
  /** After a yes: takes away what was there for the move only. */
  readonly finish?: boolean
  /** With `finish`: shows what would be done. */
  readonly dryRun?: boolean
}

/**
 * May the old server be switched off? Looks at everything anew and answers yes or no, with its evidence; nothing is believed that was not
 * looked at. With `finish`, after a yes of this very run: forwarding hosts, our app passwords, the old server's part of SPF and its DKIM
 * selector, and its relay are taken away, each read back; killed anywhere and run again it goes on.
 *
 * Rejects with `GateError` (never surveyed), `DomainLockedError`, or the signal's reason. A server that cannot be asked is a no.
 */
export async function retire(migration: Migration, options: RetireOptions = {}): Promise<RetireReport> {
  const { finish = false, dryRun = false } = options
  const ledger = await migration.ledger(finish && !dryRun ? 'write' : 'read')
  const domains: string[] = []
  for (const { domain } of await ledger.domains.list())
    if ((await ledger.stages.latestDone(domain, 'survey')) !== undefined) domains.push(domain)
  if (domains.length === 0)
    throw new GateError('No domain was surveyed yet.', { domains: [], hint: 'Run first: mailmove survey' })
  const checks = await allChecks(migration, ledger, domains, options)
  const isYes = checks.every(({ ok }) => ok)
  const steps: readonly RetireStep[] =
    finish && isYes ? await finishSteps(migration, ledger, domains, { ...options, dryRun }) : []
  return {
    schema: 'mailmove.retire/1',
    at: migration.now().toISOString(),
    dryRun,
    answer: isYes ? 'yes' : 'no',
    domains,
    quietDays: migration.config.retire.quietDays,
    checks,
    steps,
    ok: isYes && steps.every(({ outcome }) => outcome !== 'failed'),
  }
}

async function allChecks(
  migration: Migration,
  ledger: Ledger,
  domains: readonly string[],
  options: RetireOptions,
): Promise<readonly RetireCheck[]> {
  const { quietDays } = migration.config.retire
  const checks: RetireCheck[] = []
  const look = async (
    check: RetireCheckName,
    domain: string | undefined,
    work: () => Promise<Omit<RetireCheck, 'at'>>,
  ): Promise<void> => {
    options.signal?.throwIfAborted()
    const at = migration.now().toISOString()
    try {
      checks.push({ ...(await work()), at })
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof Error)) throw error
      // What cannot be looked at is not proven.
      const message = asSentence(`It cannot be looked at: ${error.message}`)
      const hint = error instanceof MigrationError ? error.hint : undefined
      checks.push({
        check,
        ...(domain === undefined ? {} : { domain }),
        ok: false,
        message,
        at,
        evidence: [],
        ...(hint === undefined ? {} : { remedy: hint }),
      })
    }
  }
  await look('moved', undefined, () => movedCheck(migration, ledger, domains, options))
  await look('month', undefined, () => monthCheck(ledger, domains, migration.now()))
  await look('logins', undefined, () => loginsCheck(migration, options))
  for (const domain of domains) {
    await look('deliveries', domain, () => deliveriesCheck(ledger, domain, quietDays, migration.now()))
    await look('verified', domain, () => verifiedCheck(migration, ledger, domain))
  }
  await look('queue', undefined, () => queueCheck(migration, domains, options))
  const archives: DomainArchives[] = []
  const root = await ExportFolder.root(archiveRoot(migration, options.archives))
  for (const domain of domains)
    await look('archives', domain, async () => {
      const found = await archivesCheck(ledger, root, domain)
      archives.push(found.archives)
      return found.finding
    })
  await look('sample', undefined, () => sampleCheck(migration, ledger, chooseSample(archives), options))
  return checks
}
