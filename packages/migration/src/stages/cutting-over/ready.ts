import { isWithinHours, nextAllowed } from '../../config/index.ts'
import { isBlocking } from '../finding.ts'
import { reportedFinding } from '../recorded-findings.ts'
import { movingMailboxes } from '../chosen-mailboxes.ts'
import { freezeDomain } from '../frozen-domains.ts'
import { warnGate } from '../notifying/warn-gate.ts'
import type { CutoverContext, CutoverStep } from './step.ts'

const DAY_MS = 24 * 60 * 60_000
/** How old a full comparison may be: what came since, the last delta compares. */
const VERIFY_DAYS = 7

/**
 * Everything that must be so before the first change. Once mailcow is final it is not asked again: then going on is safer than waiting.
 */
export const ready: CutoverStep = {
  name: 'ready',
  title: 'Everything is ready',
  run: async (context) => {
    const { migration, ledger, domain } = context
    if ((await context.sides()).mailcow === 'final')
      return { outcome: 'unchanged', message: 'The cut-over has begun: it is gone on with.' }
    const obstacles = [
      ...(await openFindings(context)),
      ...(await stagesMissing(context)),
      ...(await verifyMissing(context)),
      ...(await warningMissing(context)),
    ]
    if (obstacles.length > 0)
      return {
        outcome: 'waiting',
        message: 'Something is missing before the cut-over may begin:',
        lines: obstacles,
      }
    const gate = await warnGate(migration, ledger, domain)
    const from = gate === undefined ? undefined : new Date(gate.cutoverFrom)
    if (from !== undefined && from > migration.now())
      return { outcome: 'waiting', message: 'Its users were promised some days.', until: from }
    if (!isWithinHours(migration.config.hours, migration.now()))
      return {
        outcome: context.options.dryRun === true ? 'planned' : 'waiting',
        message: 'The configuration allows cut-overs at other hours only (hours).',
        until: nextAllowed(migration.config.hours, migration.now()),
      }
    const mailboxes = movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))
    const { inventory } = await context.facts()
    const message = `${mailboxes.length} mailboxes are copied and verified.`
    return { outcome: 'done', message, detail: freezeDomain(inventory.domain) }
  },
}

async function openFindings({ ledger, domain }: CutoverContext): Promise<readonly string[]> {
  const open = (await ledger.findings.list(domain)).map(reportedFinding).filter(isBlocking)
  return open.map(
    ({ code, item, message }) =>
      `${item === undefined ? '' : `${item}: `}${message} (mailmove accept ${domain} ${code}${item === undefined ? '' : ` "${item}"`} --reason "...", or repair it)`,
  )
}

async function stagesMissing(context: CutoverContext): Promise<readonly string[]> {
  const { ledger, domain } = context
  const missing: string[] = []
  const { plan, state } = await context.facts()
  if (state.domain === undefined || plan.actions.length > 0)
    missing.push(`mailcow is not as planned: mailmove provision ${domain}`)
  for (const stage of ['copy', 'export'] as const)
    if ((await ledger.stages.latest(domain, stage))?.state !== 'done')
      missing.push(`${stage} has not ended well: mailmove ${stage} ${domain}`)
  return missing
}

async function verifyMissing({ migration, ledger, domain }: CutoverContext): Promise<readonly string[]> {
  const since = migration.now().getTime() - VERIFY_DAYS * DAY_MS
  const missing: string[] = []
  for (const { address } of movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))) {
    const [newest] = await ledger.verifyReports.list(domain, { mailbox: address, limit: 1 })
    if (newest?.coverage !== 'full' || !newest.green || newest.at.getTime() < since)
      missing.push(
        `${address} has no full comparison without differences in the last ${VERIFY_DAYS} days: mailmove verify ${domain}`,
      )
  }
  return missing
}

/** No user is surprised: who has nobody to warn says so. */
async function warningMissing({
  migration,
  ledger,
  domain,
  options,
}: CutoverContext): Promise<readonly string[]> {
  if (migration.config.notify === undefined || options.unwarned === true) return []
  if ((await warnGate(migration, ledger, domain)) !== undefined) return []
  return [`its users were not warned yet: mailmove warn ${domain} (or mailmove cutover --unwarned)`]
}
