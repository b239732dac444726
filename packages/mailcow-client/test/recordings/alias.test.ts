import { describe } from 'vitest'
import type { Alias, AliasSettings } from '../../src/index.ts'
import { type Case, like, runCases } from '../cases.ts'

const INFO: Alias = {
  id: 17,
  address: 'info@acme.test',
  domain: 'acme.test',
  targets: ['alice@acme.test'],
  active: true,
  catchAll: false,
  internal: false,
  sogoVisible: false,
  senderAllowed: false,
  publicComment: '',
  privateComment: '',
  createdAt: new Date('2026-11-24T12:27:37Z'),
  modifiedAt: null,
}

describe('reading aliases', () => {
  runCases([
    { recording: '003-get-alias-all-empty', call: (client) => client.aliases.list(), result: [] },
    like('207-get-alias-all', async (client) => (await client.aliases.list()).slice(0, 4), [
      { id: 13, address: 'min@acme.test', sogoVisible: true },
      INFO,
      { id: 18, address: 'team@acme.test', targets: ['alice@acme.test', 'bob@acme.test'] },
      { id: 19, address: 'a1@acme.test' },
    ]),
    like('208-get-alias-all-domain', async (client) => (await client.aliases.list('acme.test')).slice(-2), [
      { id: 31, address: 'UpPer@acme.test', targets: ['Alice@acme.test'] },
      { id: 32, address: 'p+q@acme.test' },
    ]),
    {
      recording: '209-get-alias-all-domain-unknown',
      call: (client) => client.aliases.list('nope.test'),
      result: [],
    },
    { recording: '210-get-alias-id', call: (client) => client.aliases.get(17), result: INFO },
    {
      recording: '211-get-alias-by-address',
      call: (client) => client.aliases.get('info@acme.test'),
      result: INFO,
    },
    // The alias of a mailbox to itself has an id and is hidden.
    { recording: '212-get-alias-mailbox-self-id', call: (client) => client.aliases.get(16) },
    { recording: '213-get-alias-unknown', call: (client) => client.aliases.get(99_999) },
    { recording: '214-get-alias-nonnumeric', call: (client) => client.aliases.get('abc'), unsent: 'usage' },
    like('215-get-alias-catchall', (client) => client.aliases.get(21), {
      address: '@acme.test',
      catchAll: true,
    }),
    like('216-get-alias-noactive', (client) => client.aliases.get(30), { active: false }),
    like('225-get-alias-after-invalid-goto', (client) => client.aliases.get(17), {
      address: 'info2@acme.test',
      targets: ['bob@acme.test', 'alice@acme.test'],
    }),
  ])
})

const ALICE = ['alice@acme.test']
const ALWAYS = ['internal', 'sender_allowed', 'sogo_visible']

function add(
  recording: string,
  address: string,
  targets: AliasSettings['targets'],
  rest: Partial<Case> & { readonly settings?: Partial<AliasSettings> } = {},
): Case {
  const { settings, ...others } = rest
  return {
    recording,
    call: (client) =>
      client.aliases.add({ address, targets, active: true, senderAllowed: false, ...settings }),
    ours: ALWAYS,
    ...others,
  }
}

const EXISTS = { code: 'exists', says: ['is_alias_or_mailbox'], effect: 'none' } as const

describe('adding aliases', () => {
  runCases([
    add('180-add-alias-single', 'info@acme.test', ALICE, { result: [{ id: 17 }] }),
    add('181-add-alias-again', 'info@acme.test', ALICE, { error: EXISTS }),
    add('182-add-alias-several-targets', 'team@acme.test', ['alice@acme.test', 'bob@acme.test'], {
      result: [{ id: 18 }],
    }),
    // One alias a call; as an answer it would be told as partly done.
    add('183-add-alias-several-addresses', 'a1@acme.test, info@acme.test, a2@acme.test', ALICE, {
      unsent: 'usage',
    }),
    add('183-add-alias-several-addresses', 'a1@acme.test', ALICE, {
      onlyAnswer: true,
      error: {
        code: 'partial',
        effect: 'partial',
        says: ['alias_added', 'is_alias_or_mailbox', 'alias_added'],
      },
    }),
    add('184-add-alias-catchall', '@acme.test', ALICE, { result: [{ id: 21 }] }),
    add('185-add-alias-catchall-again', '@acme.test', ['bob@acme.test'], { error: EXISTS }),
    add('186-add-alias-external-target', 'ext@acme.test', ['someone@elsewhere.example'], {
      result: [{ id: 22 }],
    }),
    add('187-add-alias-local-target-missing', 'dangling@acme.test', ['ghost@acme.test'], {
      result: [{ id: 23 }],
    }),
    add('188-add-alias-invalid-address', 'in valid@acme.test', ALICE, { unsent: 'usage' }),
    add('188-add-alias-invalid-address', 'valid@acme.test', ALICE, {
      onlyAnswer: true,
      error: { code: 'partial', says: ['domain_not_found', 'alias_added'], effect: 'partial' },
    }),
    add('189-add-alias-invalid-address2', 'a..b@acme.test', ALICE, {
      error: { code: 'rejected', says: ['alias_invalid'], effect: 'none' },
    }),
    add('190-add-alias-no-at', 'noat', ALICE, { unsent: 'usage' }),
    add('190-add-alias-no-at', 'x@acme.test', ALICE, {
      onlyAnswer: true,
      error: { code: 'denied', says: ['domain_not_found'], message: /there is no domain \(no name given\)/ },
    }),
    add('191-add-alias-invalid-goto', 'badgoto@acme.test', ['nonsense'], { unsent: 'usage' }),
    add('191-add-alias-invalid-goto', 'badgoto@acme.test', ALICE, {
      onlyAnswer: true,
      error: { code: 'rejected', says: ['goto_invalid'], effect: 'none' },
    }),
    add('192-add-alias-partly-invalid-goto', 'partgoto@acme.test', ['nonsense', ...ALICE], {
      unsent: 'usage',
    }),
    add('192-add-alias-partly-invalid-goto', 'partgoto@acme.test', ALICE, {
      onlyAnswer: true,
      error: { code: 'partial', says: ['goto_invalid', 'alias_added'], effect: 'partial' },
    }),
    add('193-add-alias-equal-mailbox', 'bob@acme.test', ALICE, { error: EXISTS }),
    add('194-add-alias-to-itself', 'self@acme.test', ['self@acme.test'], {
      error: { code: 'nothing_done', effect: 'none' },
    }),
    add('195-add-alias-domain-missing', 'x@nope.test', ALICE, {
      error: { code: 'denied', says: ['domain_not_found'], effect: 'none' },
    }),
    add('196-add-alias-empty-address', '', ALICE, { unsent: 'usage' }),
    add('196-add-alias-empty-address', 'x@acme.test', ALICE, {
      onlyAnswer: true,
      error: { code: 'rejected', says: ['alias_empty'] },
    }),
    add('197-add-alias-empty-goto', 'nogoto@acme.test', [], { unsent: 'usage' }),
    add('197-add-alias-empty-goto', 'nogoto@acme.test', ALICE, {
      onlyAnswer: true,
      error: { code: 'rejected', says: ['goto_empty'] },
    }),
    add('198-add-alias-goto-null', 'null@acme.test', 'discard', { result: [{ id: 26 }] }),
    add('199-add-alias-goto-spam', 'spam@acme.test', 'learn-spam', { result: [{ id: 27 }] }),
    add('200-add-alias-goto-ham', 'ham@acme.test', 'learn-ham', { result: [{ id: 28 }] }),
    add('201-add-alias-sogo-visible', 'vis@acme.test', ALICE, {
      ours: [],
      result: [{ id: 29 }],
      settings: {
        sogoVisible: false,
        publicComment: 'pub',
        privateComment: 'priv',
        senderAllowed: true,
        internal: true,
      },
    }),
    // Without active it would be made inactive; the client always says.
    add('202-add-alias-no-active', 'noactive@acme.test', ALICE, {
      ours: [...ALWAYS, 'active'],
      settings: { active: false },
      result: [{ id: 30 }],
    }),
    add('203-add-alias-uppercase', 'UpPer@ACME.test', ['Alice@Acme.test'], {
      changed: ['address'],
      result: [{ id: 31 }],
    }),
    add('204-add-alias-comment-too-long', 'long@acme.test', ALICE, {
      settings: { publicComment: 'x'.repeat(161) },
      error: { code: 'rejected', says: ['comment_too_long'], message: /160 characters/ },
    }),
    add('205-add-alias-goto-array', 'arr@acme.test', ALICE, {
      onlyAnswer: true,
      error: { code: 'empty_answer', effect: 'unknown' },
    }),
    add('206-add-alias-plus', 'p+q@acme.test', ALICE, { result: [{ id: 32 }] }),
    add('232-add-alias-limit-reached', 'over@acme.test', ALICE, {
      error: { code: 'limit', says: ['max_alias_exceeded'], effect: 'none' },
    }),
    add('243-add-alias-on-alias-domain', 'special@acme2.test', ['bob@acme.test'], { result: [{ id: 33 }] }),
    add('244-add-alias-on-alias-domain-mailbox', 'alice@acme2.test', ['bob@acme.test'], { error: EXISTS }),
    add('411-add-alias-goto-resource', 'room@acme.test', ['MeetingRoom@acme.test'], {
      error: { code: 'rejected', says: ['goto_invalid'], effect: 'none' },
    }),
  ])
})

describe('changing aliases', () => {
  runCases([
    {
      recording: '217-edit-alias-goto',
      call: (client) => client.aliases.edit(17, { targets: ['bob@acme.test', 'alice@acme.test'] }),
    },
    { recording: '218-edit-alias-string-id', call: (client) => client.aliases.edit(17, { active: false }) },
    {
      recording: '219-edit-alias-by-address',
      call: (client) => client.aliases.edit('info@acme.test', { active: true }),
    },
    {
      recording: '220-edit-alias-unknown',
      call: (client) => client.aliases.edit(99_999, { active: true }),
      error: { code: 'rejected', says: ['alias_invalid'], effect: 'none' },
    },
    like(
      '221-edit-alias-bulk-partial',
      (client) => client.aliases.edit([17, 99_999], { active: true }, { settle: true }),
      [
        { item: '17', ok: true },
        { item: '99999', ok: false, error: { code: 'rejected' } },
      ],
    ),
    {
      recording: '222-edit-alias-address',
      call: (client) => client.aliases.edit(17, { address: 'info2@acme.test' }),
    },
    {
      recording: '223-edit-alias-address-exists',
      call: (client) => client.aliases.edit(17, { address: 'team@acme.test' }),
      error: EXISTS,
    },
    {
      recording: '224-edit-alias-invalid-goto',
      call: (client) => client.aliases.edit(17, { targets: ['nonsense'] }),
      unsent: 'usage',
    },
    {
      recording: '224-edit-alias-invalid-goto',
      call: (client) => client.aliases.edit(17, { targets: ['alice@acme.test'] }),
      changed: ['goto'],
      error: { code: 'partial', says: ['goto_invalid', 'alias_modified'], effect: 'partial' },
    },
    {
      recording: '226-edit-alias-self',
      call: (client) => client.aliases.edit(17, { targets: ['info2@acme.test'] }),
      error: {
        code: 'partial',
        says: ['alias_goto_identical', 'alias_modified'],
        message: /deliver to itself/,
      },
    },
  ])
})

describe('deleting aliases', () => {
  runCases([
    like('227-delete-alias-bulk-partial', (client) => client.aliases.delete([17, 99_999], { settle: true }), [
      { item: '17', ok: true },
      { item: '99999', ok: false, error: { code: 'denied' } },
    ]),
    {
      recording: '228-delete-alias-again',
      call: (client) => client.aliases.delete(17),
      error: { code: 'denied', says: ['access_denied'] },
    },
    { recording: '229-delete-alias-by-address', call: (client) => client.aliases.delete('team@acme.test') },
    { recording: '230-delete-alias-string-ids', call: (client) => client.aliases.delete(26) },
  ])
})
