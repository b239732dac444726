import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { z } from 'zod'
import { addAndFind } from './add-and-find.ts'
import { differences } from './compare.ts'
import { type ItemResult, usageError } from './errors.ts'
import { normaliseMailbox, requireId } from './names.ts'
import type { BulkOptions, CallOptions, SettleOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { count, optionalFlag, withoutAbsent } from './request.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, integer, looseText, nullableText, text } from './wire.ts'
import { byId, finder, hasId, writeEach } from './write-each.ts'

/** `implicit` TLS, `starttls`, or `none`; mailcow calls them SSL, TLS and PLAIN. */
export type SyncEncryption = 'implicit' | 'starttls' | 'none'

const TO_WIRE = { implicit: 'SSL', starttls: 'TLS', none: 'PLAIN' } as const
const FROM_WIRE: Readonly<Record<string, SyncEncryption>> = {
  SSL: 'implicit',
  TLS: 'starttls',
  PLAIN: 'none',
}

/** What a sync job fetches, and how. */
export interface SyncJobOptions {
  readonly host: string
  readonly port: number
  readonly encryption: SyncEncryption
  readonly user: string
  readonly everyMinutes: number
  readonly active: boolean
  /** Into this folder; empty: into the same folders as at the source. */
  readonly targetFolder: string
  /** A Perl regular expression of folder names; empty: none. */
  readonly exclude: string
  /** Only messages that are younger; 0: all. */
  readonly maxAgeDays: number
  /** 0: no limit. */
  readonly maxBytesPerSecond: number
  /** Options of imapsync, `--option=value`; mailcow has a list of those it allows. */
  readonly customParameters: string
  readonly timeoutSourceSeconds: number
  readonly timeoutTargetSeconds: number
  readonly deleteDuplicatesAtTarget: boolean
  /** Deletes mail at the source. */
  readonly deleteAtSource: boolean
  /** Deletes at the target what is not at the source. */
  readonly deleteAtTarget: boolean
  readonly mapFolders: boolean
  readonly skipCrossDuplicates: boolean
  readonly subscribeAll: boolean
}

/** A job of mailcow's built-in imapsync. The password at the source is never handed out. */
export interface SyncJob extends SyncJobOptions {
  readonly id: number
  readonly mailbox: string
  readonly running: boolean
  readonly lastRunAt: Date | null
  readonly success: boolean | null
  /** `EX_OK`, `EXIT_AUTHENTICATION_FAILURE_USER1`, … */
  readonly exitStatus: string | null
  /** imapsync's output; empty with `withLog: false`. */
  readonly log: string
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

export type SyncJobSettings = Pick<SyncJobOptions, 'host' | 'port' | 'encryption' | 'user' | 'active'> &
  Partial<SyncJobOptions> & { readonly mailbox: string; readonly password: string }

export type SyncJobChanges = Partial<SyncJobOptions> & { readonly password?: string }

export const syncJobReply = defineReply('sync job', {
  required: { id: integer, user2: text, host1: text, user1: text, port1: integer, enc1: text, active: flag },
  expected: {
    mins_interval: integer,
    subfolder2: nullableText,
    exclude: nullableText,
    maxage: integer,
    maxbytespersecond: integer,
    custom_params: nullableText,
    timeout1: integer,
    timeout2: integer,
    delete2duplicates: flag,
    delete1: flag,
    delete2: flag,
    automap: flag,
    skipcrossduplicates: flag,
    subscribeall: flag,
    is_running: flag,
    last_run: nullableText,
    success: z.union([z.null(), flag]),
    exit_status: nullableText,
    log: z.union([z.null(), looseText]),
    created: nullableText,
    modified: nullableText,
    authmech1: ignored,
    authmd51: ignored,
    regextrans2: ignored,
    domain2: ignored,
    dry: ignored,
  },
  sometimes: {},
})

function decodeSyncJob(value: unknown, context: DecodeContext): SyncJob {
  const reply = context.parse(syncJobReply, value)
  return {
    id: reply.id,
    mailbox: reply.user2,
    host: reply.host1,
    port: reply.port1,
    encryption: FROM_WIRE[reply.enc1] ?? 'none',
    user: reply.user1,
    everyMinutes: reply.mins_interval ?? 0,
    active: reply.active,
    targetFolder: reply.subfolder2 ?? '',
    exclude: reply.exclude ?? '',
    maxAgeDays: reply.maxage ?? 0,
    maxBytesPerSecond: reply.maxbytespersecond ?? 0,
    customParameters: reply.custom_params ?? '',
    timeoutSourceSeconds: reply.timeout1 ?? 0,
    timeoutTargetSeconds: reply.timeout2 ?? 0,
    deleteDuplicatesAtTarget: reply.delete2duplicates ?? false,
    deleteAtSource: reply.delete1 ?? false,
    deleteAtTarget: reply.delete2 ?? false,
    mapFolders: reply.automap ?? false,
    skipCrossDuplicates: reply.skipcrossduplicates ?? false,
    subscribeAll: reply.subscribeall ?? false,
    running: reply.is_running ?? false,
    lastRunAt: parseServerTime(reply.last_run, context.timeZone),
    success: reply.success ?? null,
    exitStatus: reply.exit_status ?? null,
    log: reply.log ?? '',
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

/** Options for listing: the logs are long (up to 18 KB each). */
export interface SyncJobListOptions extends CallOptions {
  /** Default false. */
  readonly withLog?: boolean | undefined
}

const SYNC_JOB = requestSchema('sync job', [
  'host',
  'port',
  'encryption',
  'user',
  'password',
  'everyMinutes',
  'active',
  'targetFolder',
  'exclude',
  'maxAgeDays',
  'maxBytesPerSecond',
  'customParameters',
  'timeoutSourceSeconds',
  'timeoutTargetSeconds',
  'deleteDuplicatesAtTarget',
  'deleteAtSource',
  'deleteAtTarget',
  'mapFolders',
  'skipCrossDuplicates',
  'subscribeAll',
  'mailbox',
])

/** Sync jobs: `get/syncjobs`, `add/syncjob`, `edit/syncjob`, `delete/syncjob`. */
export class SyncJobs {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** The jobs of all mailboxes, or of one. */
  list(mailbox?: string, options: SyncJobListOptions = {}): Promise<SyncJob[]> {
    const segment = mailbox === undefined ? 'all' : normaliseMailbox(mailbox)
    const segments = options.withLog === true ? [segment] : [segment, 'no_log']
    return this.#api.readList('get/syncjobs', segments, decodeSyncJob, options)
  }

  /**
   * Adds a job and resolves with it: mailcow does not tell its id. Rejects with `exists` when the mailbox has a job for
   * this user at this host, with `rejected` for options that are not allowed.
   */
  async add(settings: SyncJobSettings, options: WriteOptions = {}): Promise<SyncJob> {
    checkRequest(SYNC_JOB, settings)
    const mailbox = normaliseMailbox(settings.mailbox)
    const job = { ...DEFAULTS, ...settings }
    return addAndFind(
      this.#api,
      {
        write: {
          route: 'add/syncjob',
          done: ['mailbox_modified'],
          body: { username: mailbox, ...changesToWire(job) },
        },
        subject: mailbox,
        list: () => this.list(mailbox, options),
        isIt: (candidate) => candidate.user === job.user && candidate.port === job.port,
        wanted: { encryption: job.encryption, active: job.active },
      },
      options,
    )
  }

  edit(id: number, changes: SyncJobChanges, options?: WriteOptions): Promise<void>
  edit(ids: readonly number[], changes: SyncJobChanges, options?: BulkOptions): Promise<readonly ItemResult[]>
  async edit(
    ids: number | readonly number[],
    changes: SyncJobChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(SYNC_JOB, changes)
    const { password: _password, ...wanted } = changes
    const all = () => this.list(undefined, options)
    const one = async (id: number) => (await all()).find((job) => job.id === id)
    const find = finder(ids, { one, all, is: hasId })
    return writeEach(
      this.#api,
      ids,
      {
        route: 'edit/syncjob',
        done: ['mailbox_modified'],
        normalise: requireId,
        attr: changesToWire(changes),
      },
      options,
      async (id) => differences(wanted, await find(id)),
    )
  }

  delete(id: number, options?: CallOptions): Promise<void>
  delete(ids: readonly number[], options?: SettleOptions): Promise<readonly ItemResult[]>
  async delete(
    ids: number | readonly number[],
    options: SettleOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      ids,
      { route: 'delete/syncjob', done: ['deleted_syncjob'], names: byId, normalise: requireId },
      options,
    )
  }
}

/** All fields are sent: without `exclude`, for example, mailcow crashes. */
const DEFAULTS: Omit<SyncJobOptions, 'host' | 'port' | 'encryption' | 'user' | 'active'> = {
  everyMinutes: 20,
  targetFolder: '',
  exclude: '',
  maxAgeDays: 0,
  maxBytesPerSecond: 0,
  customParameters: '',
  timeoutSourceSeconds: 600,
  timeoutTargetSeconds: 600,
  deleteDuplicatesAtTarget: true,
  deleteAtSource: false,
  deleteAtTarget: false,
  mapFolders: true,
  skipCrossDuplicates: false,
  subscribeAll: true,
}

function changesToWire(changes: SyncJobChanges): Record<string, unknown> {
  const { port, everyMinutes } = changes
  if (port !== undefined && (!Number.isSafeInteger(port) || port < 1 || port > 65_535)) {
    throw usageError(`${port} is not a port`)
  }
  if (
    everyMinutes !== undefined &&
    (!Number.isSafeInteger(everyMinutes) || everyMinutes < 1 || everyMinutes > 43_800)
  ) {
    throw usageError('everyMinutes must be a whole number from 1 to 43800')
  }
  return withoutAbsent({
    host1: changes.host,
    port1: port,
    user1: changes.user,
    password1: changes.password,
    enc1: changes.encryption === undefined ? undefined : TO_WIRE[changes.encryption],
    mins_interval: everyMinutes,
    subfolder2: changes.targetFolder,
    maxage: count(changes.maxAgeDays, 'maxAgeDays'),
    maxbytespersecond: count(changes.maxBytesPerSecond, 'maxBytesPerSecond'),
    timeout1: count(changes.timeoutSourceSeconds, 'timeoutSourceSeconds'),
    timeout2: count(changes.timeoutTargetSeconds, 'timeoutTargetSeconds'),
    exclude: changes.exclude,
    custom_params: changes.customParameters,
    delete2duplicates: optionalFlag(changes.deleteDuplicatesAtTarget),
    delete1: optionalFlag(changes.deleteAtSource),
    delete2: optionalFlag(changes.deleteAtTarget),
    automap: optionalFlag(changes.mapFolders),
    skipcrossduplicates: optionalFlag(changes.skipCrossDuplicates),
    subscribeall: optionalFlag(changes.subscribeAll),
    active: optionalFlag(changes.active),
  })
}
