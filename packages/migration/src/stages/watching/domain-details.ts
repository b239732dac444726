import { z } from 'zod'
import { present } from '../../ledger/rows.ts'
import { readProgress } from '../../progress/progress-file.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { asciiDomain } from '../ascii-names.ts'
import { existingLedger } from '../existing-ledger.ts'
import { mergeFindings } from '../findings/merge.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { reportedFinding } from '../recorded-findings.ts'
import { status } from '../status.ts'
import type {
  Adoption,
  DomainDetails,
  NoticeDetails,
  StageDetails,
  StepDetails,
  Verification,
} from './details-report.ts'

const MOST_NOTICES = 1000

/**
 * All that the ledger tells of one domain. Asks no server and takes no lock; `undefined` for a domain that neither the
 * ledger nor the configuration knows.
 */
export async function domainDetails(
  migration: Migration,
  name: string,
  options: StageOptions = {},
): Promise<DomainDetails | undefined> {
  const domain = asciiDomain(name)
  const ledger = await existingLedger(migration)
  const isKnown =
    (await ledger?.domains.get(domain)) !== undefined ||
    [...migration.config.domains.keys()].some((configured) => asciiDomain(configured) === domain)
  if (!isKnown) return undefined
  const report = await status(migration, [domain], options)
  const [found] = report.domains
  if (found === undefined) return undefined
  return {
    schema: 'mailmove.domain/1',
    at: report.at,
    status: found,
    ...(ledger === undefined ? NOTHING : await recorded(ledger, domain)),
    progress: readProgress(migration.config.workDir, domain),
  }
}

const NOTHING = { findings: [], stages: [], steps: [], notices: [], verifications: [] } as const

async function recorded(
  ledger: Ledger,
  domain: string,
): Promise<Pick<DomainDetails, 'findings' | 'stages' | 'steps' | 'notices' | 'verifications' | 'adoption'>> {
  const adoption = await adoptionOf(ledger, domain)
  return {
    findings: mergeFindings((await ledger.findings.list(domain)).map(reportedFinding)),
    stages: await stagesOf(ledger, domain),
    steps: [...(await stepsOf(ledger, domain, 'forward')), ...(await stepsOf(ledger, domain, 'back'))],
    notices: await noticesOf(ledger, domain),
    verifications: await verificationsOf(ledger, domain),
    ...(adoption === undefined ? {} : { adoption }),
  }
}

export async function stagesOf(ledger: Ledger, domain: string): Promise<readonly StageDetails[]> {
  const runs = await ledger.stages.overview(domain)
  return runs.map(({ stage, state, startedAt, endedAt, summary }) => ({
    stage,
    state,
    startedAt: startedAt.toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.toISOString() }),
    ...(summary === undefined ? {} : { summary }),
  }))
}

export async function stepsOf(
  ledger: Ledger,
  domain: string,
  way: 'forward' | 'back',
): Promise<readonly StepDetails[]> {
  const steps = await ledger.cutoverSteps.list(domain, way)
  return steps.map(({ step, startedAt, doneAt, message }) => ({
    way,
    step,
    startedAt: startedAt.toISOString(),
    ...(doneAt === undefined ? {} : { doneAt: doneAt.toISOString() }),
    ...(message === undefined ? {} : { message }),
  }))
}

async function noticesOf(ledger: Ledger, domain: string): Promise<readonly NoticeDetails[]> {
  const notices = await ledger.notices.list(domain)
  return notices
    .toReversed()
    .slice(0, MOST_NOTICES)
    .map(({ recipient, kind, occasion, via, outcome, intendedAt, endedAt, message }) => ({
      recipient,
      kind,
      ...(occasion === '' ? {} : { occasion }),
      via,
      at: (endedAt ?? intendedAt).toISOString(),
      outcome: outcome ?? 'open',
      ...(message === undefined ? {} : { message }),
    }))
}

export async function verificationsOf(ledger: Ledger, domain: string): Promise<readonly Verification[]> {
  const reports = await ledger.verifyReports.list(domain)
  return reports
    .filter(({ mailbox }) => mailbox === undefined)
    .map(({ at, coverage, green, digest }) => ({ at: at.toISOString(), coverage, green, digest }))
}

const logins = z.array(z.looseObject({ at: z.string() }))
const adopted = z.looseObject({
  mailboxes: z.array(
    z.looseObject({
      mailbox: z.string(),
      state: z.string(),
      ownPasswordSince: z.string().exactOptional(),
      newLogins: logins.exactOptional(),
      oldLogins: logins.exactOptional(),
      reminders: z.array(z.number()).exactOptional(),
    }),
  ),
})

async function adoptionOf(ledger: Ledger, domain: string): Promise<Adoption | undefined> {
  const run = await ledger.stages.latest(domain, 'adopt')
  const parsed = run === undefined ? undefined : adopted.safeParse(await ledger.stages.report(run.id))
  if (run === undefined || parsed?.success !== true) return undefined
  return {
    at: (run.endedAt ?? run.startedAt).toISOString(),
    mailboxes: parsed.data.mailboxes.map(
      ({ mailbox, state, ownPasswordSince, newLogins, oldLogins, reminders = [] }) => ({
        mailbox,
        state,
        ...(ownPasswordSince === undefined ? {} : { ownPasswordSince }),
        ...present('lastNewLogin', newestOf(newLogins)),
        ...present('lastOldLogin', newestOf(oldLogins)),
        reminders: reminders.length,
      }),
    ),
  }
}

function newestOf(found: z.infer<typeof logins> | undefined): string | undefined {
  return found
    ?.map(({ at }) => at)
    .toSorted()
    .at(-1)
}
