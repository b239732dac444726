import { describe } from 'vitest'
import { z } from 'zod'
import { type MailboxSettings, MIB } from '../../src/index.ts'
import { type Case, like, runCases } from '../cases.ts'
import { readRecording } from '../replay.ts'

const recordedBody = z.object({
  domain: z.string(),
  local_part: z.string(),
  name: z.string().default(''),
  password: z.string(),
  quota: z.coerce.number().default(0),
  tls_enforce_in: z.string().optional(),
  tls_enforce_out: z.string().optional(),
  force_pw_update: z.union([z.string(), z.boolean()]).optional(),
  sogo_access: z.string().optional(),
  tags: z.array(z.string()).optional(),
})

/** The settings that make the recorded request. */
function settingsOf(recording: string): MailboxSettings & { password: string } {
  const body = recordedBody.parse(readRecording(recording).request.body)
  return {
    domain: body.domain,
    localPart: body.local_part,
    name: body.name,
    password: body.password,
    quotaBytes: body.quota === 0 ? null : body.quota * MIB,
    active: true,
    forcePasswordUpdate: body.force_pw_update === '1',
    ...(body.tls_enforce_in === undefined ? {} : { requireTlsIn: body.tls_enforce_in === '1' }),
    ...(body.tls_enforce_out === undefined ? {} : { requireTlsOut: body.tls_enforce_out === '1' }),
    ...(body.sogo_access === undefined ? {} : { sogoAccess: body.sogo_access === '1' }),
    ...(body.tags === undefined ? {} : { tags: body.tags }),
  }
}

type Changes = Partial<Omit<MailboxSettings, 'password' | 'passwordHash'>>

/** The recordings from 175 on leave out what this client always sends. */
const SHORT = ['authsource', 'force_pw_update']

function add(recording: string, rest: Partial<Case> = {}, changes: Changes = {}): Case {
  return {
    recording,
    call: (client) => client.mailboxes.add({ ...settingsOf(recording), ...changes }),
    ...rest,
  }
}

/** The recorded answer, given to a request that the client does send. */
function answer(recording: string, error: Case['error']): Case {
  const settings = settingsOf('091-add-mailbox-ok')
  return {
    recording,
    call: (client) => client.mailboxes.add(settings),
    onlyAnswer: true,
    ...(error ? { error } : {}),
  }
}

const PASSWORD_REFUSED = { code: 'password_refused', says: ['password_complexity'], effect: 'none' } as const

describe('adding mailboxes', () => {
  runCases([
    add('091-add-mailbox-ok'),
    add('092-add-mailbox-again', { error: { code: 'exists', says: ['object_exists'], effect: 'none' } }),
    add('093-add-mailbox-ints'),
    add('094-add-mailbox-minimal', { ours: ['active', 'authsource', 'force_pw_update', 'name', 'quota'] }),
    add('095-add-mailbox-weak-password', { error: PASSWORD_REFUSED }),
    // The client always repeats the password: these two only as answers.
    answer('096-add-mailbox-password-mismatch', { code: 'password_refused', says: ['password_mismatch'] }),
    answer('097-add-mailbox-no-password2', PASSWORD_REFUSED),
    add('098-add-mailbox-empty-password', { unsent: 'usage' }),
    answer('098-add-mailbox-empty-password', PASSWORD_REFUSED),
    add('099-add-mailbox-prehashed-password', { unsent: 'usage' }),
    {
      recording: '099-add-mailbox-prehashed-password',
      call: (client) => {
        const { password, ...rest } = settingsOf('099-add-mailbox-prehashed-password')
        return client.mailboxes.add({ ...rest, passwordHash: password })
      },
    },
    add('100-add-mailbox-quota-over-maxquota', {
      error: { code: 'limit', says: ['mailbox_quota_exceeded'], message: /largest quota .* 600 MiB/ },
    }),
    add('101-add-mailbox-quota-over-domain'),
    add('102-add-mailbox-quota-over-domain-2'),
    add('103-add-mailbox-quota-left-exceeded', {
      error: {
        code: 'limit',
        says: ['mailbox_quota_left_exceeded'],
        message: /domain's quota: 350 MiB left/,
      },
    }),
    // 0 is unlimited: sent for null only.
    add('104-add-mailbox-quota-zero'),
    add('104-add-mailbox-quota-zero', { unsent: 'usage' }, { quotaBytes: 0 }),
    add('105-add-mailbox-quota-absent', { ours: ['quota'] }),
    add('106-add-mailbox-domain-missing', {
      error: { code: 'denied', says: ['access_denied'], effect: 'none', message: /does not exist, or/ },
    }),
    add('107-add-mailbox-invalid-localpart', { unsent: 'usage' }),
    answer('107-add-mailbox-invalid-localpart', { code: 'rejected', says: ['mailbox_invalid'] }),
    add('108-add-mailbox-empty-localpart', { unsent: 'usage' }),
    answer('108-add-mailbox-empty-localpart', { code: 'rejected', says: ['mailbox_invalid'] }),
    add('109-add-mailbox-localpart-plus'),
    add('110-add-mailbox-localpart-uppercase', { error: { code: 'limit' } }),
    add('111-add-mailbox-localpart-utf8', {
      error: { code: 'rejected', says: ['mailbox_invalid'], message: /ASCII/ },
    }),
    add('112-add-mailbox-localpart-apostrophe', { error: { code: 'limit' } }),
    add('113-add-mailbox-authsource-unknown', { error: { code: 'limit' } }, { authSource: 'ldap' }),
    add(
      '114-add-mailbox-protocol-access',
      {},
      {
        protocols: ['imap', 'smtp'],
        permissions: ['app_passwds', 'spam_alias'],
      },
    ),
    add('115-add-mailbox-quarantine-invalid', {
      theirs: ['quarantine_category'],
      error: { code: 'rejected', says: ['quarantine_category_invalid'] },
    }),
    add('117-add-mailbox-max-mailbox-exceeded', {
      error: { code: 'limit', says: ['max_mailbox_exceeded'], message: /has 11 mailboxes and may have 11/ },
    }),
    add('175-add-mailbox-localpart-uppercase-ok', { ours: [...SHORT, 'active'], changed: ['domain'] }),
    // The apostrophe comes back as an HTML entity in the message.
    add('176-add-mailbox-localpart-apostrophe-ok', { ours: [...SHORT, 'active'] }),
    add(
      '178-add-mailbox-authsource-fallback',
      { ours: ['active', 'force_pw_update'] },
      { authSource: 'ldap' },
    ),
    add('231-add-mailbox-is-alias', {
      ours: [...SHORT, 'active'],
      error: { code: 'exists', says: ['is_alias'] },
    }),
    add('242-add-mailbox-on-alias-domain', {
      ours: [...SHORT, 'active'],
      error: { code: 'denied', says: ['domain_not_found'] },
    }),
  ])
})

describe('adding odd mailboxes', () => {
  runCases([
    add('486-add-mailbox-unicode-name', { ours: SHORT }),
    add('488-add-mailbox-quota-fraction', { unsent: 'usage' }),
    {
      recording: '490-add-mailbox-quota-nonnumeric',
      call: (client) =>
        client.mailboxes.add({ ...settingsOf('091-add-mailbox-ok'), quotaBytes: Number('abc') }),
      unsent: 'usage',
    },
    {
      recording: '491-add-mailbox-quota-empty',
      call: (client) => client.mailboxes.add({ ...settingsOf('091-add-mailbox-ok'), quotaBytes: Number('') }),
      unsent: 'usage',
    },
    add('492-add-mailbox-quota-negative', { unsent: 'usage' }),
    add('494-add-mailbox-too-many-tags', { unsent: 'usage' }),
    // The mailbox is there, tags are missing: not what was asked.
    answer('494-add-mailbox-too-many-tags', {
      code: 'partial',
      says: ['tag_limit_exceeded', 'rl_saved', 'mailbox_added'],
      effect: 'partial',
    }),
    add('495-add-mailbox-long-localpart', {
      ours: SHORT,
      error: { code: 'rejected', says: ['mailbox_invalid'], message: /at most 64 characters/ },
    }),
    add('496-add-mailbox-long-name', { unsent: 'usage' }),
    answer('496-add-mailbox-long-name', { code: 'empty_answer', effect: 'unknown' }),
    add('497-add-mailbox-dot-atom', { ours: SHORT }),
    // mailcow would make it; nobody could address it.
    add('500-add-mailbox-slash', { unsent: 'not_addressable' }),
    add('508-add-mailbox-after-delete', { ours: SHORT }),
    add('510-policy-strict-nospecial', { ours: SHORT, error: PASSWORD_REFUSED }),
    add('511-policy-strict-nonumber', { ours: SHORT, error: PASSWORD_REFUSED }),
    add('512-policy-strict-nolower', { ours: SHORT, error: PASSWORD_REFUSED }),
    add('513-policy-strict-noupper', { ours: SHORT, error: PASSWORD_REFUSED }),
    add('514-policy-strict-short', { ours: SHORT, error: PASSWORD_REFUSED }),
    add('515-policy-strict-ok', { ours: SHORT }),
    add('516-policy-strict-umlautspecial', { ours: SHORT }),
    add('517-policy-strict-hash', { unsent: 'usage' }),
    {
      recording: '517-policy-strict-hash',
      call: (client) => {
        const { password, ...rest } = settingsOf('517-policy-strict-hash')
        return client.mailboxes.add({ ...rest, passwordHash: password })
      },
      ours: SHORT,
      error: PASSWORD_REFUSED,
    },
  ])
})

describe('changing mailboxes', () => {
  const bob = 'bob@acme.test'
  runCases([
    {
      recording: '142-edit-mailbox-name-quota',
      call: (client) => client.mailboxes.edit(bob, { name: 'Bob New', quotaBytes: 60 * MIB }),
    },
    {
      recording: '143-edit-mailbox-password',
      call: (client) => client.mailboxes.edit(bob, { password: 'New-secret-2' }),
    },
    {
      recording: '145-edit-mailbox-password-weak',
      call: (client) => client.mailboxes.edit(bob, { password: 'abc' }),
      error: PASSWORD_REFUSED,
    },
    {
      recording: '146-edit-mailbox-password-mismatch',
      call: (client) => client.mailboxes.edit(bob, { password: 'New-secret-2' }),
      changed: ['password2'],
      error: { code: 'password_refused', says: ['password_mismatch'] },
    },
    {
      recording: '147-edit-mailbox-password-only-one',
      call: (client) => client.mailboxes.edit(bob, { password: 'New-secret-3' }),
      ours: ['password2'],
      error: PASSWORD_REFUSED,
    },
    {
      recording: '148-edit-mailbox-force-pw-update',
      call: (client) => client.mailboxes.edit(bob, { forcePasswordUpdate: true }),
    },
    {
      recording: '149-edit-mailbox-quota-over-max',
      call: (client) => client.mailboxes.edit(bob, { quotaBytes: 5001 * MIB }),
      error: { code: 'limit', says: ['mailbox_quota_left_exceeded'], message: /5000 MiB left/ },
    },
    {
      recording: '150-edit-mailbox-quota-nonnumeric',
      call: (client) => client.mailboxes.edit(bob, { quotaBytes: Number('abc') }),
      unsent: 'usage',
    },
    {
      recording: '151-edit-mailbox-unknown',
      call: (client) => client.mailboxes.edit('nobody@acme.test', { name: 'x' }),
      error: { code: 'denied', says: ['access_denied'], effect: 'none' },
    },
    {
      recording: '152-edit-mailbox-invalid-address',
      call: (client) => client.mailboxes.edit('nobody', { name: 'x' }),
      unsent: 'usage',
    },
    {
      recording: '152-edit-mailbox-invalid-address',
      call: (client) => client.mailboxes.edit(bob, { name: 'x' }),
      onlyAnswer: true,
      error: { code: 'rejected', says: ['username_invalid'] },
    },
    like(
      '153-edit-mailbox-bulk-partial',
      (client) =>
        client.mailboxes.edit([bob, 'nobody@acme.test', 'c1@acme.test'], { active: false }, { settle: true }),
      [
        { item: bob, ok: true },
        { item: 'nobody@acme.test', ok: false, error: { code: 'denied', effect: 'none' } },
        { item: 'c1@acme.test', ok: true },
      ],
    ),
    {
      recording: '154-edit-mailbox-active-2',
      call: (client) => client.mailboxes.edit('c1@acme.test', { receiveOnly: true }),
    },
    { recording: '156-edit-mailbox-empty-attr', call: (client) => client.mailboxes.edit(bob, {}) },
    {
      recording: '157-edit-mailbox-sender-acl',
      call: (client) =>
        client.mailboxes.edit('c1@acme.test', {
          senderAcl: [bob, '@acme.test', 'ext@elsewhere.example'],
        }),
      error: { code: 'partial', says: ['sender_acl_invalid', 'mailbox_modified'], effect: 'partial' },
    },
    {
      recording: '159-edit-mailbox-tags',
      call: (client) => client.mailboxes.edit(bob, { addTags: ['one', 'two'] }),
    },
    {
      recording: '474-edit-mailbox-duplicate-items',
      call: (client) => client.mailboxes.edit([bob, bob], { active: true }),
      result: [
        { item: bob, ok: true },
        { item: bob, ok: true },
      ],
    },
    {
      recording: '475-edit-mailbox-string-items',
      call: (client) => client.mailboxes.edit(bob, { active: true }),
    },
    {
      recording: '502-edit-mailbox-name-empty',
      call: (client) => client.mailboxes.edit('uni@imap.test', { name: '' }),
    },
    {
      recording: '503-edit-mailbox-quota-empty',
      call: (client) => client.mailboxes.edit('uni@imap.test', { quotaBytes: Number('') }),
      unsent: 'usage',
    },
    {
      recording: '504-edit-mailbox-authsource-generic',
      call: (client) => client.mailboxes.edit('uni@imap.test', { authSource: 'ldap' }),
    },
    like(
      '505-edit-mailbox-bulk-password-fail',
      (client) =>
        client.mailboxes.edit(['uni@imap.test', 'frac@imap.test'], { password: 'x' }, { settle: true }),
      ['uni@imap.test', 'frac@imap.test'].map((item) => ({
        item,
        ok: false,
        error: { code: 'password_refused' },
      })),
    ),
    {
      recording: '506-edit-mailbox-bulk-quota-partial',
      call: (client) => client.mailboxes.edit(['uni@imap.test', 'frac@imap.test'], { quotaBytes: 150 * MIB }),
      result: [
        { item: 'uni@imap.test', ok: true },
        { item: 'frac@imap.test', ok: true },
      ],
    },
  ])
})

describe('deleting mailboxes', () => {
  runCases([
    {
      recording: '170-delete-mailbox-unknown',
      call: (client) => client.mailboxes.delete('nobody@acme.test'),
      error: { code: 'denied', says: ['access_denied'], effect: 'none' },
    },
    like(
      '171-delete-mailbox-bulk-partial',
      (client) =>
        client.mailboxes.delete(['prot@acme.test', 'nobody@acme.test', 'absent@acme.test'], { settle: true }),
      [
        { item: 'prot@acme.test', ok: true },
        { item: 'nobody@acme.test', ok: false, error: { code: 'denied' } },
        { item: 'absent@acme.test', ok: true },
      ],
    ),
    {
      recording: '172-delete-mailbox-again',
      call: (client) => client.mailboxes.delete('prot@acme.test'),
      error: { code: 'denied' },
    },
    {
      recording: '173-delete-mailbox-empty-list',
      call: (client) => client.mailboxes.delete([]),
      unsent: 'usage',
    },
    {
      recording: '173-delete-mailbox-empty-list',
      call: (client) => client.mailboxes.delete('prot@acme.test'),
      onlyAnswer: true,
      error: { code: 'nothing_done', effect: 'none', message: /nothing was done/ },
    },
    {
      recording: '507-delete-mailbox-bulk-empty-string',
      call: (client) => client.mailboxes.delete(['', 'uni@imap.test']),
      unsent: 'usage',
    },
    like(
      '507-delete-mailbox-bulk-empty-string',
      (client) => client.mailboxes.delete(['x@imap.test', 'uni@imap.test'], { settle: true }),
      [
        { item: 'x@imap.test', ok: false, error: { code: 'denied' } },
        { item: 'uni@imap.test', ok: true },
      ],
      { onlyAnswer: true },
    ),
  ])
})
