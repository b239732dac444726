import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SyncJobRow } from '../src/mailcow/index.ts'
import { mailbox, RO_KEY, RW_KEY, send, start, type RawAnswer, type Started } from './mailcow-http.ts'
import { at, comparable, readRecordings, type Recording } from './mailcow-recordings.ts'

/**
 * All recordings, in their order, against one double: later ones build on earlier ones. The double never sees a recording;
 * what happened between them "by other means" (their `given` says so) is done here, through the API or to its state.
 */

/** What cannot be equal although it is not marked as volatile, and what is asked of it instead. */
const EXCEPTIONS: Readonly<Record<string, { reason: string; pointers: readonly string[]; pattern: RegExp }>> =
  {
    'get-app-passwd-mailbox': {
      reason: 'the salt of a bcrypt hash is random',
      pointers: ['/0/password', '/1/password', '/2/password'],
      pattern: /^\{BLF-CRYPT\}\$2y\$\d\d\$[./A-Za-z0-9]{53}$/,
    },
    'get-app-passwd-all-dup': {
      reason: 'the salt of a bcrypt hash is random',
      pointers: ['/0/password'],
      pattern: /^\{BLF-CRYPT\}\$2y\$\d\d\$[./A-Za-z0-9]{53}$/,
    },
    'get-syncjobs-after-run': {
      reason: 'the log is what imapsync printed, which does not run here',
      pointers: ['/0/log', '/1/log'],
      pattern: /^imapsync/,
    },
  }

const recordings = readRecordings()
const answers = new Map<string, RawAnswer>()
let started: Started

/** What happened before a recording without being recorded. */
const BEFORE: Readonly<Record<string, () => unknown>> = {
  // "proto-form-attr" made a domain that is gone again when all domains are asked for.
  'proto-trailing-slash': () => started.api.post('delete/domain', ['form.test']),
  'get-domain-template-all': () =>
    started.api.post('edit/passwordpolicy', {
      attr: { length: '6', chars: '0', special_chars: '0', lowerupper: '0', numbers: '0' },
    }),
  // "11 of 11 mailboxes used": the eleventh.
  'add-mailbox-max-mailbox-exceeded': () =>
    started.api.post('add/mailbox', mailbox('f10@acme.test', { name: 'F10 X' })),
  'get-mailbox-ok': () =>
    started.api.post('edit/domain', {
      items: ['acme.test'],
      attr: { maxquota: 5000, quota: 20000, mailboxes: 50 },
    }),
  'get-mailbox-plus-double-encoded': () =>
    started.api.post('edit/mailbox', {
      items: ['bob@acme.test', 'c1@acme.test'],
      attr: { quota: 60, active: 1 },
    }),
  'add-alias-limit-reached': () =>
    started.api.post('edit/domain', { items: ['acme.test'], attr: { aliases: 14 } }),
  'add-alias-domain-ok': () =>
    started.api.post('edit/domain', { items: ['acme.test'], attr: { aliases: 400 } }),
  // The random names that the two aliases were given then.
  'get-time-limited-aliases': () => {
    for (const alias of started.double.state.timeLimitedAliases) {
      alias.address = alias.permanent === 1 ? 'ceperi.tifo@acme.test' : 'coha.zufijugi@acme.test'
    }
  },
  'get-logs-sasl': () =>
    started.double.state.saslLog.push({
      service: 'imap',
      app_password: 0,
      username: 'u1@smoke.test',
      real_rip: '127.0.0.1',
      datetime: '2026-11-24 12:23:27',
    }),
  'get-domain-with-usage': makeImapDomain,
  'infra-dockerapi-down': () => started.double.fail({ kind: 'html500', service: 'dockerapi' }),
  'infra-redis-down': () => started.double.fail({ kind: 'html500', service: 'redis' }),
  'infra-mysql-down': () => started.double.fail({ kind: 'html500', service: 'database' }),
  'infra-phpfpm-down': () => started.double.fail({ kind: 'html502' }),
  'get-syncjobs-after-run': async () => {
    const limits = { quota: 2000, mailboxes: 30 }
    await started.api.post('edit/domain', { items: ['imap.test'], attr: limits })
    const policy = { length: '6', chars: '0', special_chars: '0', lowerupper: '0', numbers: '0' }
    await started.api.post('edit/passwordpolicy', { attr: policy })
    await started.api.post('add/mailbox', mailbox('dst@imap.test'))
    started.double.state.syncJobs.push(
      finishedJob({ id: 4, user1: 'sv2@imap.test', success: 1, exit_status: 'EX_OK' }),
      finishedJob({
        id: 5,
        user1: 'big@imap.test',
        success: 0,
        exit_status: 'EXIT_AUTHENTICATION_FAILURE_USER1',
      }),
    )
  },
}

/** The domain in which mail was stored, by IMAP and LMTP. */
async function makeImapDomain(): Promise<void> {
  const limits = { defquota: 1, maxquota: 200, quota: 1000, mailboxes: 20 }
  await started.api.post('add/domain', { domain: 'imap.test', ...limits })
  const accounts = [
    { name: 'big', quota: 200, bytes: 59_230_939, messages: 4 },
    { name: 'q', quota: 1, bytes: 2_073_382, messages: 4 },
    { name: 'sv', quota: 50 },
    { name: 'sv2', quota: 50, bytes: 4876, messages: 11 },
    { name: 'off', quota: 5, active: 0 },
    { name: 'off2', quota: 5, active: 2, shown: 'off' },
    { name: 'f1', quota: 5 },
    { name: 'f2', quota: 5 },
    { name: 'f3', quota: 5 },
  ]
  for (const { name, quota, active = 1, shown = name, bytes = 0, messages = 0 } of accounts) {
    await started.api.post('add/mailbox', mailbox(`${name}@imap.test`, { name: shown, quota, active }))
    started.accounts.setUsage(`${name}@imap.test`, { bytes, messages })
  }
  await started.api.post('edit/mailbox', {
    items: ['sv@imap.test'],
    attr: { protocol_access: ['imap', 'pop3', 'smtp', 'sieve'] },
  })
  await started.api.post('add/app-passwd', {
    username: 'f3@imap.test',
    app_name: 'x',
    app_passwd: 'App-secret-1',
    app_passwd2: 'App-secret-1',
    active: 1,
    protocols: ['imap_access'],
  })
}

function finishedJob(outcome: Pick<SyncJobRow, 'id' | 'user1' | 'success' | 'exit_status'>): SyncJobRow {
  return {
    user2: 'dst@imap.test',
    host1: '127.0.0.1',
    authmech1: 'PLAIN',
    regextrans2: '',
    authmd51: 0,
    domain2: '',
    subfolder2: '',
    password1: 'old-password',
    exclude: '',
    maxage: 0,
    mins_interval: 1,
    maxbytespersecond: '0',
    port1: 21143,
    enc1: 'PLAIN',
    delete2duplicates: 0,
    delete1: 0,
    delete2: 0,
    automap: 1,
    skipcrossduplicates: 0,
    custom_params: '',
    timeout1: 60,
    timeout2: 60,
    subscribeall: 1,
    dry: 0,
    is_running: 0,
    last_run: '2026-11-24 12:51:26',
    created: '2026-11-24 12:51:25',
    modified: '2026-11-24 12:51:26',
    active: 1,
    log: 'imapsync 2.178',
    ...outcome,
  }
}

function withKeys(recording: Recording): Readonly<Record<string, string>> {
  const keys: Readonly<Record<string, string>> = { RW_KEY, RO_KEY }
  const key = recording.request.headers['X-API-Key']
  return { ...recording.request.headers, ...(key === undefined ? {} : { 'X-API-Key': keys[key] ?? key }) }
}

beforeAll(async () => {
  // A mailbox that was made and removed before the first recording had used up the first alias id.
  started = await start({ allowedFrom: ['127.0.0.1'], seedState: { nextIds: { templates: 3, alias: 2 } } })
  for (const recording of recordings) {
    await BEFORE[recording.name]?.()
    const call = { ...recording.request, headers: withKeys(recording) }
    answers.set(recording.file, await send(started.double.url, call))
  }
})

afterAll(() => started.double.close())

test('every recording is replayed', () => {
  expect(recordings).toHaveLength(524)
  expect([...answers.keys()]).toEqual(recordings.map((recording) => recording.file))
})

test('nearly all are compared whole: what is excepted is named, with its reason', () => {
  expect(Object.keys(EXCEPTIONS).length).toBeLessThan(0.05 * recordings.length)
})

test('the double has never seen a recording', () => {
  const folder = new URL('../src/mailcow/', import.meta.url)
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )
  expect(sources.length).toBeGreaterThan(40)
  const readers = sources.filter((file) =>
    readFileSync(new URL(file, folder), 'utf8').includes('recordings/'),
  )
  expect(readers).toEqual([])
})

test('what is done in between belongs to a recording', () => {
  const names = new Set(recordings.map((recording) => recording.name))
  const unknown = [...Object.keys(BEFORE), ...Object.keys(EXCEPTIONS)].filter((name) => !names.has(name))
  expect(unknown).toEqual([])
})

describe('the double answers as mailcow did', () => {
  test.each(recordings)('$file', (recording) => {
    const answer = answers.get(recording.file)
    if (answer === undefined) throw new Error('there is no answer')
    const exception = EXCEPTIONS[recording.name]
    const without = [
      ...recording.volatile,
      ...(exception?.pointers ?? []).map((pointer) => `/response/body${pointer}`),
    ]
    expect(comparable(answer, without)).toEqual(comparable(recording.response, without))
    for (const pointer of exception?.pointers ?? []) {
      expect(at(answer.body, pointer)).toMatch(exception?.pattern ?? /./)
    }
    // Static pages come from the web server.
    const isFromPhp = recording.request.path.startsWith('/api/v1/') && answer.status !== 502
    expect(answer.setsCookie?.startsWith('MCSESSID=')).toBe(isFromPhp ? true : undefined)
  })
})
