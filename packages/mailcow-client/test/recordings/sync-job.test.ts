import { describe } from 'vitest'
import type { SyncJob, SyncJobSettings } from '../../src/index.ts'
import { type Case, like, runCases } from '../cases.ts'

const LIST = 'GET /get/syncjobs/alice@acme.test/no_log'
const EMPTY = { [LIST]: [{ json: {} }] }

const JOB: SyncJobSettings = {
  mailbox: 'alice@acme.test',
  host: 'imap.old.example',
  port: 993,
  encryption: 'implicit',
  user: 'alice@old.example',
  password: 'oldpw',
  exclude: '(?i)spam|(?i)junk',
  customParameters: '--dry --skipsize',
  active: true,
}

const FOUND: SyncJob = {
  id: 1,
  mailbox: 'alice@acme.test',
  host: 'imap.old.example',
  port: 993,
  encryption: 'implicit',
  user: 'alice@old.example',
  everyMinutes: 20,
  active: false,
  targetFolder: '',
  exclude: '(?i)spam|(?i)junk',
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
  running: false,
  lastRunAt: null,
  success: null,
  exitStatus: null,
  log: '',
  createdAt: new Date('2026-11-24T12:30:22Z'),
  modifiedAt: null,
}

function add(recording: string, changes: Partial<SyncJobSettings>, rest: Partial<Case> = {}): Case {
  return { recording, call: (client) => client.syncJobs.add({ ...JOB, ...changes }), others: EMPTY, ...rest }
}

const BAD_OPTION = {
  code: 'rejected',
  says: ['bad option skipsize'],
  message: /option skipsize is not allowed/,
} as const
/** The later recordings: another spelling of the host, no options, not active. */
const QUIET = { host: 'IMAP.old.example', customParameters: '', active: false } as const
const found = (recording: string): NonNullable<Case['others']> => ({ [LIST]: [{ json: {} }, { recording }] })

describe('adding sync jobs', () => {
  runCases([
    add('254-add-syncjob-ok', {}, { error: BAD_OPTION }),
    add('255-add-syncjob-again', {}, { error: BAD_OPTION }),
    // Without exclude mailcow crashes: the client always sends it.
    {
      recording: '256-add-syncjob-minimal',
      call: (client) =>
        client.syncJobs.add({
          mailbox: 'bob@acme.test',
          host: 'imap.old.example',
          port: 143,
          encryption: 'none',
          user: 'bob',
          password: 'x',
          everyMinutes: 60,
          active: false,
        }),
      others: { 'GET /get/syncjobs/bob@acme.test/no_log': [{ json: {} }] },
      ours: [
        'automap',
        'custom_params',
        'delete1',
        'delete2',
        'delete2duplicates',
        'exclude',
        'maxage',
        'maxbytespersecond',
        'skipcrossduplicates',
        'subfolder2',
        'subscribeall',
        'timeout1',
        'timeout2',
      ],
      error: { code: 'empty_answer', effect: 'unknown' },
    },
    add(
      '257-add-syncjob-bad-enc',
      { user: 'z', encryption: 'starttls' },
      { changed: ['enc1'], error: BAD_OPTION },
    ),
    add('258-add-syncjob-bad-port', { port: 0 }, { unsent: 'usage' }),
    add('258-add-syncjob-bad-port', { user: 'z' }, { changed: ['port1'], error: BAD_OPTION }),
    add('259-add-syncjob-bad-interval', { everyMinutes: 0 }, { unsent: 'usage' }),
    add('259-add-syncjob-bad-interval', { user: 'z' }, { changed: ['mins_interval'], error: BAD_OPTION }),
    add(
      '260-add-syncjob-forbidden-param',
      { user: 'z2', customParameters: '--delete2 foo' },
      {
        changed: ['custom_params'],
        error: { code: 'rejected', says: ['bad character SPACE'], message: /not allowed: SPACE/ },
      },
    ),
    add(
      '261-add-syncjob-unlisted-param',
      { user: 'z3', customParameters: '--noabletosearchx' },
      { changed: [], error: { code: 'rejected', says: ['bad option noabletosearchx'] } },
    ),
    add(
      '262-add-syncjob-unknown-mailbox',
      { mailbox: 'ghost@acme.test' },
      {
        others: { 'GET /get/syncjobs/ghost@acme.test/no_log': [{ json: {} }] },
        error: { code: 'denied', says: ['access_denied'], effect: 'none' },
      },
    ),
    add(
      '263-add-syncjob-no-user',
      {},
      { ours: ['username'], error: { code: 'rejected', says: ['no_user_defined'] } },
    ),
    add('358-add-syncjob-ok2', QUIET, { others: found('365-get-syncjobs-mailbox-nolog2'), result: FOUND }),
    // Reported as done, and not there.
    add('358-add-syncjob-ok2', QUIET, { error: { code: 'not_as_intended', effect: 'unknown' } }),
    add('359-add-syncjob-again2', QUIET, {
      error: { code: 'exists', says: ['object_exists'], effect: 'none' },
    }),
    add(
      '360-add-syncjob-with-params',
      { ...QUIET, user: 'second', customParameters: '--dry --nofoldersizesatend' },
      {
        others: found('365-get-syncjobs-mailbox-nolog2'),
        result: { ...FOUND, id: 2, user: 'second', customParameters: '--dry --nofoldersizesatend' },
      },
    ),
    add(
      '361-add-syncjob-param-with-value',
      { ...QUIET, user: 'third', customParameters: '--maxsize 1000' },
      { error: { code: 'rejected', says: ['bad character SPACE'] } },
    ),
    add(
      '362-add-syncjob-param-with-eqvalue',
      { ...QUIET, user: 'fourth', customParameters: '--maxsize=1000' },
      {
        others: found('365-get-syncjobs-mailbox-nolog2'),
        result: { ...FOUND, id: 3, user: 'fourth', customParameters: '--maxsize=1000' },
      },
    ),
    add(
      '363-add-syncjob-no-exclude',
      { ...QUIET, user: 'fifth' },
      { ours: ['exclude'], error: { code: 'empty_answer', effect: 'unknown' } },
    ),
  ])
})

describe('reading sync jobs', () => {
  runCases([
    {
      recording: '005-get-syncjobs-all-empty',
      call: (client) => client.syncJobs.list(undefined, { withLog: true }),
      result: [],
    },
    {
      recording: '264-get-syncjobs-mailbox',
      call: (client) => client.syncJobs.list('alice@acme.test', { withLog: true }),
      result: [],
    },
    {
      recording: '265-get-syncjobs-mailbox-nolog',
      call: (client) => client.syncJobs.list('alice@acme.test'),
      result: [],
    },
    {
      recording: '266-get-syncjobs-all',
      call: (client) => client.syncJobs.list(undefined, { withLog: true }),
      result: [],
    },
    { recording: '267-get-syncjobs-all-nolog', call: (client) => client.syncJobs.list(), result: [] },
    {
      recording: '268-get-syncjobs-unknown',
      call: (client) => client.syncJobs.list('ghost@acme.test', { withLog: true }),
      result: [],
    },
    like(
      '364-get-syncjobs-mailbox2',
      (client) => client.syncJobs.list('alice@acme.test', { withLog: true }),
      [FOUND, { id: 2 }, { id: 3 }],
    ),
    like('365-get-syncjobs-mailbox-nolog2', (client) => client.syncJobs.list('alice@acme.test'), [
      FOUND,
      { id: 2 },
      { id: 3 },
    ]),
    like('366-get-syncjobs-all2', (client) => client.syncJobs.list(undefined, { withLog: true }), [
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]),
    like('367-get-syncjobs-all-nolog2', (client) => client.syncJobs.list(), [
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]),
    like(
      '523-get-syncjobs-after-run',
      async (client) =>
        (await client.syncJobs.list('dst@imap.test', { withLog: true })).map(({ log, ...job }) => ({
          ...job,
          hasLog: log.length > 1000,
        })),
      [
        {
          success: true,
          exitStatus: 'EX_OK',
          lastRunAt: new Date('2026-11-24T12:51:26Z'),
          hasLog: true,
          encryption: 'none',
        },
        { success: false, exitStatus: 'EXIT_AUTHENTICATION_FAILURE_USER1', hasLog: true },
      ],
    ),
    like('524-get-syncjobs-after-run-nolog', (client) => client.syncJobs.list('dst@imap.test'), [
      { success: true, log: '' },
      { success: false, log: '' },
    ]),
  ])
})

describe('changing and deleting sync jobs', () => {
  const denied = { code: 'denied', says: ['access_denied'], effect: 'none' } as const
  runCases([
    {
      recording: '269-edit-syncjob',
      call: (client) => client.syncJobs.edit(1, { active: false }),
      error: denied,
    },
    {
      recording: '270-edit-syncjob-unknown',
      call: (client) => client.syncJobs.edit(9999, { active: false }),
      error: denied,
    },
    like('271-delete-syncjob-bulk-partial', (client) => client.syncJobs.delete([1, 9999], { settle: true }), [
      { item: '1', ok: false, error: { code: 'denied' } },
      { item: '9999', ok: false, error: { code: 'denied' } },
    ]),
    { recording: '272-delete-syncjob-again', call: (client) => client.syncJobs.delete(1), error: denied },
    {
      recording: '368-edit-syncjob2',
      call: (client) => client.syncJobs.edit(1, { everyMinutes: 30, active: false }),
    },
    {
      recording: '369-edit-syncjob-invalid2',
      call: (client) => client.syncJobs.edit(1, { encryption: 'none' }),
      changed: ['enc1'],
      error: denied,
    },
    like(
      '370-delete-syncjob-bulk-partial2',
      (client) => client.syncJobs.delete([1, 9999], { settle: true }),
      [
        { item: '1', ok: true },
        { item: '9999', ok: false, error: { code: 'denied' } },
      ],
    ),
  ])
})
