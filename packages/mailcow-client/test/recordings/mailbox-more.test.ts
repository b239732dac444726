import { describe } from 'vitest'
import { MIB } from '../../src/index.ts'
import { like, runCases } from '../cases.ts'

const bob = 'bob@acme.test'

describe('listing mailboxes in other ways', () => {
  runCases([
    like(
      '137-get-mailbox-reduced-domain',
      async (client) => (await client.mailboxes.listReduced('acme.test')).slice(0, 2),
      [
        {
          address: 'absent@acme.test',
          quotaBytes: null,
          maxQuotaBytes: null,
          senderAcl: null,
          isRelayed: null,
        },
        { address: 'alice@acme.test', quotaBytes: 200 * MIB },
      ],
    ),
    like('138-get-mailbox-by-domain-tags', (client) => client.mailboxes.listTagged(['vip'], 'acme.test'), [
      { address: 'alice@acme.test', tags: ['mig', 'vip'] },
    ]),
    {
      recording: '139-get-mailbox-by-domain-tags-none',
      call: (client) => client.mailboxes.listTagged(['zzz'], 'acme.test'),
      result: [],
    },
    like('140-get-mailbox-all-tags', (client) => client.mailboxes.listTagged(['vip']), [
      { address: 'alice@acme.test' },
    ]),
    like(
      '141-search-mailbox',
      (client) => client.mailboxes.search('', { limit: 1 }),
      {
        items: [{ address: 'absent@acme.test' }],
        matching: 11,
        total: 11,
      },
      { changed: ['columns'] },
    ),
    like(
      '483-get-mailbox-all-comma',
      async (client) => [
        ...new Set(
          (await client.mailboxes.listDomains(['imap.test', 'mini.test'])).map(({ domain }) => domain),
        ),
      ],
      ['imap.test'],
    ),
    // One unknown domain of two: mailcow lists all mailboxes of the server.
    {
      recording: '484-get-mailbox-all-one-unknown-of-two',
      call: (client) => client.mailboxes.listDomains(['mini.test', 'nope.test']),
      onlyAnswer: true,
      result: [],
    },
  ])
})

describe('tags and names', () => {
  runCases([
    { recording: '160-delete-mailbox-tag', call: (client) => client.mailboxes.removeTags(bob, ['one']) },
    {
      recording: '160-delete-mailbox-tag',
      call: (client) => client.mailboxes.removeTags(bob, ['one'], { readBack: true }),
      others: { 'GET /get/mailbox/bob@acme.test': [{ recording: '162-get-mailbox-custom-attribute' }] },
    },
    {
      recording: '160-delete-mailbox-tag',
      call: (client) => client.mailboxes.removeTags(bob, ['two'], { readBack: true }),
      changed: ['items'],
      others: { 'GET /get/mailbox/bob@acme.test': [{ recording: '162-get-mailbox-custom-attribute' }] },
      error: { code: 'not_as_intended', message: /another tags/ },
    },
    {
      recording: '165-edit-rename-mbox',
      call: (client) => client.mailboxes.rename('min@acme.test', { localPart: 'mini2', keepAlias: true }),
    },
    {
      recording: '165-edit-rename-mbox',
      call: (client) =>
        client.mailboxes.rename('min@acme.test', { localPart: 'mini2', keepAlias: true }, { readBack: true }),
      others: {
        'GET /get/mailbox/mini2@acme.test': [{ json: {} }],
        'GET /get/mailbox/min@acme.test': [{ recording: '124-get-mailbox-minimal' }],
      },
      error: { code: 'not_as_intended', effect: 'unknown' },
    },
    {
      recording: '165-edit-rename-mbox',
      call: (client) => client.mailboxes.rename('min@acme.test', { localPart: 'a/b', keepAlias: true }),
      unsent: 'not_addressable',
    },
    { recording: '089-delete-domain-tag', call: (client) => client.domains.removeTags('acme.test', ['t1']) },
    {
      recording: '089-delete-domain-tag',
      call: (client) => client.domains.removeTags('acme.test', ['t1'], { readBack: true }),
      others: { 'GET /get/domain/acme.test': [{ recording: '090-get-domain-after-tag-delete' }] },
    },
    {
      recording: '448-edit-domain-footer',
      call: (client) => client.domains.setFooter('acme.test', { html: '<p>f</p>', plain: 'f' }),
      ours: ['exclude'],
    },
    like('077-search-domain', (client) => client.domains.search('acme', { limit: 2 }), {
      items: [{ domain: 'acme.test', tags: ['t1', 't2'] }],
      matching: 1,
      total: 6,
    }),
  ])
})

describe('preferences of a mailbox', () => {
  const read = 'GET /get/mailbox/bob@acme.test'
  runCases([
    {
      recording: '161-edit-mailbox-custom-attribute',
      call: (client) =>
        client.mailboxPreferences.setCustomAttributes(bob, { role: 'cow', loc: 'farm' }, { readBack: true }),
      others: { [read]: [{ recording: '162-get-mailbox-custom-attribute' }] },
    },
    {
      recording: '163-edit-user-acl',
      call: (client) =>
        client.mailboxPreferences.setPermissions(bob, ['app_passwds', 'spam_alias', 'filters', 'syncjobs']),
    },
    {
      recording: '164-edit-user-acl-unknown',
      call: (client) => client.mailboxPreferences.setPermissions('nobody@acme.test', ['app_passwds']),
      error: { code: 'denied', says: ['access_denied'] },
    },
    {
      recording: '166-edit-pushover',
      call: (client) =>
        client.mailboxPreferences.setPushover(bob, {
          active: true,
          token: 'a'.repeat(30),
          key: 'b'.repeat(30),
          title: 't',
          text: 'x',
        }),
    },
    {
      recording: '167-edit-quarantine-notification',
      call: (client) => client.mailboxPreferences.setQuarantineNotification(bob, 'never'),
    },
    {
      recording: '167-edit-quarantine-notification',
      call: (client) => client.mailboxPreferences.setQuarantineNotification(bob, 'never', { readBack: true }),
      others: { [read]: [{ recording: '162-get-mailbox-custom-attribute' }] },
      error: { code: 'not_as_intended', message: /quarantineNotification/ },
    },
    {
      recording: '168-edit-tls-policy',
      call: (client) => client.mailboxPreferences.setTlsPolicy(bob, { requireIn: true, requireOut: false }),
    },
    {
      recording: '169-edit-delimiter-action',
      call: (client) => client.mailboxPreferences.setTaggedMail(bob, 'subfolder'),
    },
    {
      recording: '476-delete-eas-cache',
      call: (client) => client.mailboxPreferences.resetActiveSync('alice@acme.test'),
    },
    {
      recording: '477-delete-sogo-profile',
      call: (client) => client.mailboxPreferences.deleteSogoProfile(['alice@acme.test']),
      result: [{ item: 'alice@acme.test', ok: true }],
    },
  ])
})

describe('templates', () => {
  runCases([
    like('055-get-domain-template-all', (client) => client.domainTemplates.list(), [
      {
        id: 1,
        name: 'Default',
        attributes: { max_num_mboxes_for_domain: 10, max_quota_for_domain: 10_240 * MIB },
        createdAt: new Date('2026-11-24T12:21:07Z'),
      },
    ]),
    like('056-get-mailbox-template-all', (client) => client.mailboxTemplates.list(), [
      { id: 2, name: 'Default', attributes: { quota: 0, acl_syncjobs: 0 } },
    ]),
  ])
})
