import { mailcowServer } from '@iteg/sieve-export'
import type { Ledger } from '../../ledger/ledger.ts'
import { domainSettings } from '../ascii-names.ts'
import { ServerError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import type { SurveyFilters } from '../survey-report.ts'
import { ownJudgement } from './check-scripts.ts'
import type { ExportMailbox } from './export-report.ts'
import { languageOf } from './export-mailbox.ts'
import { exportFindings } from './findings.ts'
import { oldNamespaceOf } from './old-namespace.ts'
import { readOldScripts } from './old-scripts.ts'
import { prepareAll, scriptFiles } from './prepared-scripts.ts'
import { exportedScripts } from './write-mailbox.ts'

/** What the mailboxes of one survey share. */
export interface FilterSurvey {
  readonly guard: LoginGuard
  /** Set once the old server's scripts cannot be asked for at all. */
  away: string | undefined
}

export interface FilterReading {
  /** Absent when they could not be read. */
  readonly filters?: SurveyFilters
  readonly findings: readonly Finding[]
}

/**
 * Looks into the scripts of one mailbox, and says what will not work on mailcow, by our own reading: mailcow is not asked.
 * That they cannot be read is a finding, never an error.
 */
export async function surveyFilters(
  migration: Migration,
  ledger: Ledger,
  {
    domain,
    mailbox,
    hasMail,
  }: { readonly domain: string; readonly mailbox: string; readonly hasMail: boolean },
  shared: FilterSurvey,
  options: StageOptions,
): Promise<FilterReading> {
  if (shared.away !== undefined) return { findings: [unread(domain, undefined, shared.away)] }
  try {
    const found = await readOldScripts(migration, mailbox, shared.guard, options)
    if ('failure' in found) {
      const isNobody = found.failure.code === 'old-home-missing' && !hasMail
      return { findings: isNobody ? [] : [unread(domain, mailbox, found.failure.message)] }
    }
    const folderMap = await ledger.folderMaps.get(mailbox)
    const oldNamespace = folderMap === undefined ? undefined : oldNamespaceOf([folderMap])
    const folders = { folderMap, oldNamespace, ownDomains: [domain] }
    const language = languageOf(domainSettings(migration.config, domain), mailbox)
    const prepared = prepareAll(found.scripts, folders, mailcowServer, language).map((each) => ({
      ...each,
      judgement: ownJudgement(each.local, 'A survey asks the old server only.'),
    }))
    const active = prepared.find(({ old }) => old.active)
    const { scripts } = exportedScripts(
      { scripts: prepared.map(scriptFiles), unread: found.unread },
      undefined,
      migration.now(),
    )
    const exported: ExportMailbox = {
      mailbox,
      outcome: 'planned',
      language,
      filters: { scripts, warnings: [] },
    }
    return {
      filters: {
        scripts: scripts.length,
        ...(active === undefined ? {} : { active: active.old.name, kinds: active.english.kinds }),
      },
      findings: [
        ...exportFindings(domain, exported),
        ...found.warnings.map((warning) => unread(domain, mailbox, warning)),
      ],
    }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    shared.away = error.message
    return { findings: [unread(domain, undefined, error.message)] }
  }
}

function unread(domain: string, mailbox: string | undefined, message: string): Finding {
  return {
    code: 'filters-unread',
    severity: 'yellow',
    domain,
    ...(mailbox === undefined ? {} : { item: mailbox }),
    message,
    remedy:
      mailbox === undefined
        ? "Check old.sieve, or name the files under old.sieveFiles; users' filters are exported from there."
        : 'Look at its Sieve scripts on the old server; then run survey again.',
  }
}
