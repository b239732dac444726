import type { Selectable } from 'kysely'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { clip } from './json.ts'
import { ensureDomain, present, presentDate } from './rows.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'

export type Severity = 'red' | 'yellow' | 'info'

/** A problem (or remark) that a stage found. `domain` + `code` + `item` name it for good. */
export interface Finding {
  readonly domain: string
  /** Stable, kebab-case. */
  readonly code: string
  readonly severity: Severity
  /** An address, a folder, a host; absent: the domain as a whole. */
  readonly item?: string
  readonly message: string
  readonly remedy: string
}

/** A red finding that somebody let pass, on the record. */
interface Acceptance {
  readonly domain: string
  readonly code: string
  readonly item?: string
  readonly reason: string
  readonly who: string
  readonly at: Date
  /** What the finding said when it was accepted. */
  readonly message: string
  /** The finding went away at this time: should it come back, it needs a new acceptance. */
  readonly lapsedAt?: Date
}

export interface RecordedFinding extends Finding {
  /** The part of the work that found it, see {@link Findings.replace}. */
  readonly scope: string
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
  readonly acceptance?: Acceptance
}

export interface Findings {
  /**
   * Replaces all findings of a scope by what was found now (an empty list: all solved). A scope is what was looked at as a whole:
   * `survey`, or `copy:anna@example.at` when a stage runs mailbox by mailbox. An acceptance lapses when no scope has its finding any more.
   */
  replace(domain: string, scope: string, found: readonly Finding[]): Promise<readonly RecordedFinding[]>
  /** Most severe first. */
  list(domain?: string): Promise<readonly RecordedFinding[]>
  /** Red and not accepted: these stop a gate. */
  blocking(domain: string): Promise<readonly RecordedFinding[]>
  /**
   * Lets red findings pass: the one named, or without `item` all that the domain has now under this code.
   * Resolves to what was accepted; empty if there is no such red finding (nothing is recorded then).
   */
  accept(request: {
    readonly domain: string
    readonly code: string
    readonly item?: string
    readonly reason: string
    readonly who: string
  }): Promise<readonly Acceptance[]>
  /** Every acceptance ever given, lapsed ones too, oldest first. */
  acceptances(domain: string): Promise<readonly Acceptance[]>
}

/** How a finding about the domain as a whole is stored. */
const WHOLE_DOMAIN = ''

export function findings(context: LedgerContext): Findings {
  const { db } = context
  const readNow = (narrow: (query: FindingsQuery) => FindingsQuery) =>
    context.snapshot((connection) => read(connection, narrow))
  return {
    replace: (domain, scope, found) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, domain, now)
        for (const finding of found) {
          if (finding.domain !== domain)
            throw new LedgerError('invalid_record', `a finding of ${finding.domain} among those of ${domain}`)
          await upsert(trx, scope, finding, now)
        }
        const kept = new Set(
          found.map((finding) => JSON.stringify([finding.code, finding.item ?? WHOLE_DOMAIN])),
        )
        const known = await trx
          .selectFrom('findings')
          .select(['code', 'item'])
          .where('domain', '=', domain)
          .where('scope', '=', scope)
          .execute()
        for (const { code, item } of known)
          if (!kept.has(JSON.stringify([code, item])))
            await trx
              .deleteFrom('findings')
              .where('domain', '=', domain)
              .where('scope', '=', scope)
              .where('code', '=', code)
              .where('item', '=', item)
              .execute()
        await lapseAcceptances(trx, domain, now)
        return read(trx, (query) =>
          query.where('findings.domain', '=', domain).where('findings.scope', '=', scope),
        )
      }),

    list: (domain) =>
      readNow((query) => (domain === undefined ? query : query.where('findings.domain', '=', domain))),

    blocking: async (domain) => {
      const red = await readNow((query) =>
        query.where('findings.domain', '=', domain).where('findings.severity', '=', 'red'),
      )
      return red.filter((finding) => finding.acceptance === undefined)
    },

    accept: async (request) => {
      const reason = request.reason.trim()
      const who = request.who.trim()
      if (reason === '') throw new LedgerError('invalid_record', 'an acceptance needs a reason')
      if (who === '') throw new LedgerError('invalid_record', 'an acceptance needs a name')
      return context.write(async (trx) => {
        const red = await read(trx, (query) =>
          query
            .where('findings.domain', '=', request.domain)
            .where('findings.severity', '=', 'red')
            .where('findings.code', '=', request.code),
        )
        const meant = red.filter((finding) => request.item === undefined || finding.item === request.item)
        const accepted = new Map<string, Acceptance>()
        for (const finding of meant) {
          const item = finding.item ?? WHOLE_DOMAIN
          accepted.set(
            item,
            finding.acceptance ??
              accepted.get(item) ??
              (await accept(trx, finding, { reason, who }, context.timestamp())),
          )
        }
        return [...accepted.values()]
      })
    },

    acceptances: async (domain) => {
      const rows = await db
        .selectFrom('acceptances')
        .selectAll()
        .where('domain', '=', domain)
        .orderBy('id')
        .execute()
      return rows.map(acceptance)
    },
  }
}

async function upsert(trx: LedgerTransaction, scope: string, finding: Finding, now: string): Promise<void> {
  const values = {
    severity: finding.severity,
    message: clip(finding.message),
    remedy: clip(finding.remedy),
    last_seen_at: now,
  }
  await trx
    .insertInto('findings')
    .values({
      domain: finding.domain,
      scope,
      code: finding.code,
      item: finding.item ?? WHOLE_DOMAIN,
      first_seen_at: now,
      ...values,
    })
    .onConflict((conflict) => conflict.columns(['domain', 'scope', 'code', 'item']).doUpdateSet(values))
    .execute()
}

async function accept(
  trx: LedgerTransaction,
  finding: Finding,
  by: { readonly reason: string; readonly who: string },
  now: string,
): Promise<Acceptance> {
  const row = await trx
    .insertInto('acceptances')
    .values({
      domain: finding.domain,
      code: finding.code,
      item: finding.item ?? WHOLE_DOMAIN,
      reason: clip(by.reason),
      who: clip(by.who),
      at: now,
      message: finding.message,
      lapsed_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return acceptance(row)
}

/** An acceptance is for the problem that was looked at; the same code years later may be another one. */
async function lapseAcceptances(trx: LedgerTransaction, domain: string, now: string): Promise<void> {
  await trx
    .updateTable('acceptances')
    .set({ lapsed_at: now })
    .where('domain', '=', domain)
    .where('lapsed_at', 'is', null)
    .where((each) =>
      each.not(
        each.exists(
          each
            .selectFrom('findings')
            .select('findings.code')
            .whereRef('findings.domain', '=', 'acceptances.domain')
            .whereRef('findings.code', '=', 'acceptances.code')
            .whereRef('findings.item', '=', 'acceptances.item'),
        ),
      ),
    )
    .execute()
}

const SEVERITIES: readonly Severity[] = ['red', 'yellow', 'info']

type FindingsQuery = ReturnType<typeof selectFindings>

function selectFindings(db: LedgerDatabase | LedgerTransaction) {
  return db
    .selectFrom('findings')
    .selectAll()
    .orderBy('domain')
    .orderBy('code')
    .orderBy('item')
    .orderBy('scope')
}

async function read(
  db: LedgerDatabase | LedgerTransaction,
  narrow: (query: FindingsQuery) => FindingsQuery,
): Promise<RecordedFinding[]> {
  const rows = await narrow(selectFindings(db)).execute()
  const inForce = await db.selectFrom('acceptances').selectAll().where('lapsed_at', 'is', null).execute()
  const byName = new Map(inForce.map((row) => [name(row), acceptance(row)]))
  return rows
    .map((row) => ({
      domain: row.domain,
      scope: row.scope,
      code: row.code,
      severity: row.severity,
      ...present('item', row.item === WHOLE_DOMAIN ? undefined : row.item),
      message: row.message,
      remedy: row.remedy,
      firstSeenAt: new Date(row.first_seen_at),
      lastSeenAt: new Date(row.last_seen_at),
      ...present('acceptance', row.severity === 'red' ? byName.get(name(row)) : undefined),
    }))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}

function name(row: { readonly domain: string; readonly code: string; readonly item: string }): string {
  return JSON.stringify([row.domain, row.code, row.item])
}

function acceptance(row: Selectable<Schema['acceptances']>): Acceptance {
  return {
    domain: row.domain,
    code: row.code,
    ...present('item', row.item === WHOLE_DOMAIN ? undefined : row.item),
    reason: row.reason,
    who: row.who,
    at: new Date(row.at),
    message: row.message,
    ...presentDate('lapsedAt', row.lapsed_at),
  }
}
