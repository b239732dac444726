import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { domainNames, hasMailboxAccess, mailboxNames } from '../lookup.ts'
import {
  htmlEscape,
  intval,
  isDomainName,
  isEmail,
  isEmpty,
  isset,
  PhpCrash,
  same,
  text,
  toList,
} from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import { nextId, updateRow, type MailcowState, type SyncJobRow } from '../state.ts'
import { parameterProblem } from './sync-job-options.ts'

const addSyncJob: WriteRoute = {
  log: ['mailbox', 'add', 'syncjob'],
  logTail: true,
  // Not password1: mailcow shows it in clear.
  run: (call) => {
    const { data, state } = call
    const username = text(data['username'])
    if (!isset(data['username']) || !isEmail(username)) return call.danger('no_user_defined')
    if (!hasMailboxAccess(state, username)) return call.danger('access_denied')
    const parameters = text(data['custom_params']).trim()
    const problem = parameterProblem(parameters) ?? connectionProblem(data)
    if (problem !== undefined) return call.danger(problem)
    const row = readJob(call, username, parameters)
    if (state.syncJobs.some((job) => sameJob(job, row))) {
      return call.danger(['object_exists', htmlEscape(`${row.host1} / ${row.user1}`)])
    }
    for (const name of ['exclude', 'user1', 'password1', 'host1']) {
      if (!isset(data[name])) throw new PhpCrash(`PDOException: Column '${name}' cannot be null`)
    }
    state.syncJobs.push({ ...row, id: nextId(state, 'imapsync') })
    call.success(['mailbox_modified', username])
  },
}

function sameJob(a: SyncJobRow, b: SyncJobRow): boolean {
  return a.user2 === b.user2 && a.user1 === b.user1 && a.host1 === b.host1
}

function connectionProblem(data: JsonRecord): string | undefined {
  const usable =
    within(data['port1'], 65_535) &&
    within(data['mins_interval'], 43_800) &&
    ['TLS', 'SSL', 'PLAIN'].includes(text(data['enc1'])) &&
    isPattern(text(data['exclude']))
  return usable ? undefined : 'access_denied'
}

function readJob(call: WriteCall, username: string, parameters: string): SyncJobRow {
  const { data } = call
  const flag = (name: string): number => intval(data[name])
  return {
    id: 0,
    user2: username,
    host1: text(data['host1']).toLowerCase(),
    authmech1: 'PLAIN',
    regextrans2: '',
    authmd51: 0,
    domain2: '',
    subfolder2: text(data['subfolder2']),
    user1: text(data['user1']),
    password1: text(data['password1']),
    exclude: text(data['exclude']),
    maxage: numberOr(data['maxage'], 32_000, 0),
    mins_interval: intval(data['mins_interval']),
    maxbytespersecond: String(numberOr(data['maxbytespersecond'], 125_000_000, 0)),
    port1: intval(data['port1']),
    enc1: text(data['enc1']),
    delete2duplicates: flag('delete2duplicates'),
    delete1: flag('delete1'),
    delete2: flag('delete2'),
    automap: flag('automap'),
    skipcrossduplicates: flag('skipcrossduplicates'),
    custom_params: parameters,
    timeout1: numberOr(data['timeout1'], 32_000, 600),
    timeout2: numberOr(data['timeout2'], 32_000, 600),
    subscribeall: flag('subscribeall'),
    dry: flag('dry'),
    is_running: 0,
    last_run: null,
    success: null,
    exit_status: null,
    created: call.now,
    modified: null,
    active: flag('active'),
    log: '',
  }
}

const editSyncJob: WriteRoute = {
  log: ['mailbox', 'edit', 'syncjob'],
  logTail: true,
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id'])) if (!editOne(call, id)) return
  },
}

/** False when the whole call ends there. */
function editOne(call: WriteCall, id: JsonValue): boolean {
  const { data, state } = call
  const row = findJob(state, id)
  if (row === undefined) {
    call.danger('access_denied')
    return true
  }
  const parameters = isset(data['custom_params']) ? text(data['custom_params']) : row.custom_params
  const problem = parameterProblem(parameters)
  if (problem !== undefined) {
    call.danger(problem)
    return false
  }
  const changes = readChanges(data, row)
  const host = changes.host1 ?? row.host1
  if (connectionProblem({ ...viewJob(row), ...changes }) !== undefined || !isDomainName(host)) {
    call.danger('access_denied')
    return true
  }
  updateRow(row, { ...changes, custom_params: parameters }, call.now)
  call.success(['mailbox_modified', row.user2])
  return true
}

const FLAGS = [
  'active',
  'delete2duplicates',
  'subscribeall',
  'dry',
  'delete1',
  'delete2',
  'automap',
  'skipcrossduplicates',
] as const

function readChanges(data: JsonRecord, row: SyncJobRow): Partial<SyncJobRow> {
  const changes: Partial<SyncJobRow> = {}
  for (const name of FLAGS) if (isset(data[name])) changes[name] = intval(data[name])
  for (const name of ['user1', 'password1', 'host1', 'enc1'] as const) {
    if (!isEmpty(data[name])) changes[name] = text(data[name])
  }
  for (const name of ['port1', 'mins_interval'] as const) {
    if (!isEmpty(data[name])) changes[name] = intval(data[name])
  }
  if (isset(data['subfolder2'])) changes.subfolder2 = text(data['subfolder2'])
  if (isset(data['exclude'])) changes.exclude = text(data['exclude'])
  if (isset(data['last_run'])) changes.last_run = null
  if (isset(data['success'])) changes.success = null
  changes.maxage = numberOr(data['maxage'] ?? row.maxage, 32_000, 0)
  changes.timeout1 = numberOr(data['timeout1'] ?? row.timeout1, 32_000, 600)
  changes.timeout2 = numberOr(data['timeout2'] ?? row.timeout2, 32_000, 600)
  changes.maxbytespersecond = String(
    numberOr(data['maxbytespersecond'] ?? row.maxbytespersecond, 125_000_000, 0),
  )
  return changes
}

const deleteSyncJob: WriteRoute = {
  log: ['mailbox', 'delete', 'syncjob'],
  logTail: true,
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id'])) {
      const row = findJob(call.state, id)
      if (row === undefined) {
        call.danger('access_denied')
        continue
      }
      call.state.syncJobs = call.state.syncJobs.filter((job) => job !== row)
      call.success(['deleted_syncjob', id])
    }
  },
}

function findJob(state: MailcowState, id: JsonValue): SyncJobRow | undefined {
  const row = state.syncJobs.find((job) => String(job.id) === text(id))
  return row !== undefined && hasMailboxAccess(state, row.user2) ? row : undefined
}

/** Without the password; with `no_log` the log is empty but its key stays. */
function viewJob(row: SyncJobRow, extra?: string): JsonRecord {
  const { password1: _password, ...shown } = row
  return { ...shown, log: extra?.split(',').includes('no_log') === true ? '' : row.log }
}

function jobsOf(state: MailcowState, username: string, extra: string | undefined): JsonRecord[] {
  return state.syncJobs.filter((job) => same(job.user2, username)).map((job) => viewJob(job, extra))
}

export const syncJobs: Resource = {
  get: {
    'syncjobs/all': ({ state, extra }) =>
      domainNames(state)
        .flatMap((domain) => mailboxNames(state, domain))
        .flatMap((name) => jobsOf(state, name, extra)),
    syncjobs: ({ state, object = '', extra }) =>
      hasMailboxAccess(state, object) ? jobsOf(state, object, extra) : null,
  },
  add: { syncjob: addSyncJob },
  edit: { syncjob: editSyncJob },
  delete: { syncjob: deleteSyncJob },
}

function within(value: JsonValue | undefined, largest: number): boolean {
  const written = text(value).trim()
  return /^\+?\d+$/.test(written) && Number(written) >= 1 && Number(written) <= largest
}

function numberOr(value: JsonValue | undefined, largest: number, standard: number): number {
  return within(value, largest) ? intval(value) : standard
}

/** PCRE accepts inline flags such as `(?i)`, which JavaScript only knows as `(?i:...)`. */
function isPattern(source: string): boolean {
  try {
    return new RegExp(source.replaceAll(/\(\?[imsx]+\)/g, '')) instanceof RegExp
  } catch {
    return false
  }
}
