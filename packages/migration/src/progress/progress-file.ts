import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { fileExists, prepareFile } from '../ledger/work-dir.ts'
import type { Amount } from '../stages/amount.ts'

/** How far one mailbox is in the stage that worked on it last. */
export interface MailboxProgress {
  readonly mailbox: string
  readonly stage: string
  /** `running` of a process that died stays: compare who holds the domain. */
  readonly state: 'running' | 'waiting' | 'done' | 'unchanged' | 'failed'
  /** ISO 8601. */
  readonly startedAt: string
  readonly at: string
  /** Settled by this run, copied or not. */
  readonly done: Amount
  /** Of the last survey. */
  readonly total?: Amount
  /** What it waits for, or why it failed, as one sentence. */
  readonly message?: string
}

/** One run of a stage over a domain as it went on: amounts only grow. */
export interface ProgressRun {
  readonly stage: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly total?: Amount
  readonly samples: readonly ProgressSample[]
}

export interface ProgressSample extends Amount {
  /** ISO 8601. */
  readonly at: string
}

/** What is known of a domain's progress. */
export interface DomainProgress {
  readonly mailboxes: readonly MailboxProgress[]
  /** Oldest first; the last few of each stage. */
  readonly runs: readonly ProgressRun[]
}

/** What one write brings. */
export interface ProgressUpdate {
  readonly mailboxes: readonly (MailboxProgress & { readonly domain: string })[]
  readonly samples: readonly (ProgressSample & {
    readonly domain: string
    readonly stage: string
    readonly startedAt: string
    readonly total?: Amount
  })[]
  /** Runs that have grown too many samples: every second one goes. */
  readonly thin: readonly { readonly domain: string; readonly stage: string; readonly startedAt: string }[]
}

/** Of each stage of a domain. */
const RUNS_KEPT = 3

const LAYOUT = `
create table if not exists mailbox_progress (
  mailbox text primary key,
  domain text not null,
  stage text not null,
  state text not null,
  started_at text not null,
  at text not null,
  messages integer not null,
  bytes integer not null,
  total_messages integer,
  total_bytes integer,
  message text
) strict, without rowid;
create index if not exists mailbox_progress_by_domain on mailbox_progress (domain);
create table if not exists samples (
  domain text not null,
  stage text not null,
  started_at text not null,
  at text not null,
  messages integer not null,
  bytes integer not null,
  total_messages integer,
  total_bytes integer,
  primary key (domain, stage, started_at, at)
) strict, without rowid;
`

/** The file beside the ledger: what it holds is for looking only, so nothing waits for the disk. */
export function progressPath(workDir: string): string {
  return join(workDir, 'progress.sqlite')
}

/** The writing side. Synchronous: one small transaction without a sync to disk, some tens of microseconds. */
export class ProgressWriter implements Disposable {
  readonly #database: DatabaseSync

  /** Makes the file where there is none. Throws what SQLite throws. */
  constructor(workDir: string) {
    const path = progressPath(workDir)
    prepareFile(path)
    this.#database = new DatabaseSync(path)
    try {
      // Never waits: whoever finds another process writing tries again a second later.
      this.#database.exec(
        'pragma busy_timeout = 0; pragma journal_mode = wal; pragma synchronous = normal; pragma trusted_schema = off;',
      )
      this.#database.exec(LAYOUT)
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** All of it or nothing. False: another process writes right now. */
  write(update: ProgressUpdate): boolean {
    const database = this.#database
    try {
      database.exec('begin immediate')
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
    try {
      const mailbox = database.prepare(
        `insert into mailbox_progress values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (mailbox) do update set domain = excluded.domain, stage = excluded.stage, state = excluded.state,
         started_at = excluded.started_at, at = excluded.at, messages = excluded.messages, bytes = excluded.bytes,
         total_messages = excluded.total_messages, total_bytes = excluded.total_bytes, message = excluded.message`,
      )
      for (const one of update.mailboxes)
        mailbox.run(
          one.mailbox,
          one.domain,
          one.stage,
          one.state,
          one.startedAt,
          one.at,
          one.done.messages,
          one.done.bytes,
          one.total?.messages ?? null,
          one.total?.bytes ?? null,
          one.message ?? null,
        )
      for (const sample of update.samples) this.#sample(sample)
      for (const { domain, stage, startedAt } of update.thin)
        database
          .prepare(
            `delete from samples where domain = ? and stage = ? and started_at = ? and at in (
               select at from (select at, row_number() over (order by at desc) as number from samples
               where domain = ? and stage = ? and started_at = ?) where number % 2 = 0)`,
          )
          .run(domain, stage, startedAt, domain, stage, startedAt)
      database.exec('commit')
      return true
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }

  #sample(sample: ProgressUpdate['samples'][number]): void {
    const { domain, stage, startedAt, at, messages, bytes, total } = sample
    const database = this.#database
    database
      .prepare('insert or replace into samples values (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(domain, stage, startedAt, at, messages, bytes, total?.messages ?? null, total?.bytes ?? null)
    database
      .prepare(
        `delete from samples where domain = ? and stage = ? and started_at < coalesce((
           select started_at from (select distinct started_at from samples where domain = ? and stage = ?)
           order by started_at desc limit 1 offset ?), '')`,
      )
      .run(domain, stage, domain, stage, RUNS_KEPT - 1)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5
}

const mailboxRow = z.object({
  mailbox: z.string(),
  stage: z.string(),
  state: z.enum(['running', 'waiting', 'done', 'unchanged', 'failed']),
  started_at: z.string(),
  at: z.string(),
  messages: z.number(),
  bytes: z.number(),
  total_messages: z.number().nullable(),
  total_bytes: z.number().nullable(),
  message: z.string().nullable(),
})
const sampleRow = z.object({
  stage: z.string(),
  started_at: z.string(),
  at: z.string(),
  messages: z.number(),
  bytes: z.number(),
  total_messages: z.number().nullable(),
  total_bytes: z.number().nullable(),
})

const NOTHING: DomainProgress = { mailboxes: [], runs: [] }

/** What the file knows of a domain; nothing where there is none, or one that cannot be read: it is for looking only. */
export function readProgress(workDir: string, domain: string): DomainProgress {
  const path = progressPath(workDir)
  if (!fileExists(path)) return NOTHING
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    database.exec('pragma busy_timeout = 1000; pragma query_only = on; pragma trusted_schema = off;')
    const mailboxes = database
      .prepare('select * from mailbox_progress where domain = ? order by mailbox')
      .all(domain)
      .map((row) => mailboxProgress(mailboxRow.parse(row)))
    const samples = database
      .prepare('select * from samples where domain = ? order by started_at, stage, at')
      .all(domain)
      .map((row) => sampleRow.parse(row))
    return { mailboxes, runs: runsOf(samples) }
  } catch {
    return NOTHING
  } finally {
    database?.close()
  }
}

function mailboxProgress(row: z.infer<typeof mailboxRow>): MailboxProgress {
  const total = totalOf(row)
  return {
    mailbox: row.mailbox,
    stage: row.stage,
    state: row.state,
    startedAt: row.started_at,
    at: row.at,
    done: { messages: row.messages, bytes: row.bytes },
    ...(total === undefined ? {} : { total }),
    ...(row.message === null ? {} : { message: row.message }),
  }
}

function totalOf(row: {
  readonly total_messages: number | null
  readonly total_bytes: number | null
}): Amount | undefined {
  return row.total_messages === null || row.total_bytes === null
    ? undefined
    : { messages: row.total_messages, bytes: row.total_bytes }
}

function runsOf(rows: readonly z.infer<typeof sampleRow>[]): readonly ProgressRun[] {
  const grouped = Map.groupBy(rows, ({ stage, started_at }) => `${started_at} ${stage}`)
  return [...grouped.values()].flatMap((samples): ProgressRun[] => {
    const last = samples.at(-1)
    if (last === undefined) return []
    const total = totalOf(last)
    return [
      {
        stage: last.stage,
        startedAt: last.started_at,
        ...(total === undefined ? {} : { total }),
        samples: samples.map(({ at, messages, bytes }) => ({ at, messages, bytes })),
      },
    ]
  })
}
