import { describe } from 'vitest'
import { type Domain, type DomainSettings, MIB } from '../../src/index.ts'
import { type Case, like, runCases } from '../cases.ts'

const ACME: DomainSettings = {
  domain: 'acme.test',
  description: 'Acme',
  maxAliases: 400,
  maxMailboxes: 10,
  defaultMailboxQuotaBytes: 100 * MIB,
  maxMailboxQuotaBytes: 500 * MIB,
  quotaBytes: 2000 * MIB,
  active: true,
  rateLimit: { value: 10, per: 'second' },
  backupMx: false,
  relayAllRecipients: false,
  tags: ['t1', 't2'],
}

const ACME_FOUND: Domain = {
  domain: 'acme.test',
  displayName: 'acme.test',
  description: 'Acme',
  active: true,
  backupMx: false,
  relayAllRecipients: false,
  relayUnknownOnly: false,
  globalAddressList: true,
  maxAliases: 400,
  maxMailboxes: 10,
  defaultMailboxQuotaBytes: 100 * MIB,
  maxMailboxQuotaBytes: 500 * MIB,
  quotaBytes: 2000 * MIB,
  quotaAssignedBytes: 0,
  storedBytes: 0,
  storedMessages: 0,
  mailboxes: 0,
  mailboxesLeft: 10,
  aliases: 0,
  aliasesLeft: 400,
  maxNewMailboxQuotaBytes: 500 * MIB,
  relayHostId: null,
  rateLimit: { value: 10, per: 'second' },
  tags: ['t1', 't2'],
  domainAdmins: [],
  createdAt: new Date('2026-11-24T12:24:35Z'),
  modifiedAt: null,
}

const USED = { quotaAssignedBytes: 341_835_776, storedBytes: 61_309_197, storedMessages: 19, mailboxes: 9 }

describe('reading domains', () => {
  runCases([
    { recording: '001-get-domain-all-empty', call: (client) => client.domains.list(), result: [] },
    {
      recording: '017-auth-readonly-get',
      call: (client) => client.domains.list(),
      result: [],
      onlyAnswer: true,
    },
    { recording: '070-get-domain-ok', call: (client) => client.domains.get('acme.test'), result: ACME_FOUND },
    like('071-get-domain-minimal', (client) => client.domains.get('mini.test'), {
      rateLimit: null,
      tags: [],
      maxMailboxQuotaBytes: 10_240 * MIB,
    }),
    like('072-get-domain-idn', (client) => client.domains.get('Müller.test'), {
      domain: 'xn--mller-kva.test',
      displayName: 'müller.test',
    }),
    {
      recording: '073-get-domain-unknown',
      call: (client) => client.domains.get('nope.test'),
      result: undefined,
    },
    like('074-get-domain-all', (client) => client.domains.list(), [
      { domain: 'acme.test' },
      { domain: 'ints.test' },
      { domain: 'mini.test' },
      { domain: 'sogo.test' },
      { domain: 'upper.test' },
      { domain: 'xn--mller-kva.test' },
    ]),
    like(
      '075-get-domain-all-tags',
      (client) => client.domains.list({ tags: ['t1'] }),
      ['acme.test', 'sogo.test', 'upper.test', 'xn--mller-kva.test'].map((domain) => ({
        domain,
        tags: ['t1', 't2'],
      })),
    ),
    {
      recording: '076-get-domain-all-tags-none',
      call: (client) => client.domains.list({ tags: ['zzz'] }),
      result: [],
    },
    like('090-get-domain-after-tag-delete', (client) => client.domains.get('acme.test'), { tags: ['t2'] }),
    // mailcow answers with the target domain: an alias domain is no domain.
    {
      recording: '248-get-domain-of-alias-domain',
      call: (client) => client.domains.get('acme2.test'),
      result: undefined,
    },
    like('478-get-domain-with-usage', (client) => client.domains.get('imap.test'), USED),
    like(
      '482-get-domain-uppercase',
      (client) => client.domains.get('IMAP.TEST'),
      { domain: 'imap.test' },
      { onlyAnswer: true },
    ),
  ])
})

const add = (recording: string, changes: Partial<DomainSettings>, rest: Partial<Case> = {}): Case => ({
  recording,
  call: (client) => client.domains.add({ ...ACME, ...changes }),
  ...rest,
})

describe('adding domains', () => {
  runCases([
    add('057-add-domain-ok', {}),
    add('058-add-domain-again', {}, { error: { code: 'exists', says: ['domain_exists'], effect: 'none' } }),
    {
      recording: '059-add-domain-minimal',
      call: (client) => client.domains.add({ domain: 'mini.test' }),
      ours: ['restart_sogo'],
    },
    {
      recording: '060-add-domain-ints',
      call: (client) =>
        client.domains.add({
          domain: 'ints.test',
          description: 'i',
          maxAliases: 5,
          maxMailboxes: 3,
          defaultMailboxQuotaBytes: 10 * MIB,
          maxMailboxQuotaBytes: 20 * MIB,
          quotaBytes: 50 * MIB,
          active: true,
          dkim: false,
        }),
      ours: ['restart_sogo'],
    },
    add('061-add-domain-restart-sogo', { domain: 'sogo.test', restartSogo: true }),
    add(
      '062-add-domain-defquota-gt-maxquota',
      { domain: 'bad1.test', defaultMailboxQuotaBytes: 600 * MIB },
      { error: { code: 'rejected', says: ['mailbox_defquota_exceeds_mailbox_maxquota'], effect: 'none' } },
    ),
    add(
      '063-add-domain-maxquota-gt-quota',
      { domain: 'bad2.test', maxMailboxQuotaBytes: 3000 * MIB },
      { error: { code: 'rejected', says: ['mailbox_quota_exceeds_domain_quota'], effect: 'none' } },
    ),
    add('064-add-domain-defquota-zero', { defaultMailboxQuotaBytes: 0 }, { unsent: 'usage' }),
    add(
      '064-add-domain-defquota-zero',
      {},
      {
        onlyAnswer: true,
        error: { code: 'rejected', says: ['defquota_empty'], effect: 'none' },
      },
    ),
    add('065-add-domain-maxquota-zero', { maxMailboxQuotaBytes: 0 }, { unsent: 'usage' }),
    add(
      '065-add-domain-maxquota-zero',
      {},
      {
        onlyAnswer: true,
        error: { code: 'rejected', says: ['defquota_empty'], effect: 'none' },
      },
    ),
    add('066-add-domain-invalid-name', { domain: 'no_valid..x' }, { unsent: 'usage' }),
    add(
      '066-add-domain-invalid-name',
      {},
      {
        onlyAnswer: true,
        error: { code: 'rejected', says: ['domain_invalid'] },
      },
    ),
    add(
      '067-add-domain-hostname',
      { domain: 'mail.mailcow.test' },
      {
        error: {
          code: 'rejected',
          says: ['domain_cannot_match_hostname'],
          message: /mailcow's own host name/,
        },
      },
    ),
    // Names travel in ASCII and lower case.
    add('068-add-domain-idn', { domain: 'müller.test' }, { changed: ['domain'] }),
    add('069-add-domain-uppercase', { domain: 'UPPER.test' }, { changed: ['domain'] }),
    {
      recording: '241-add-domain-is-alias-domain',
      call: (client) =>
        client.domains.add({
          domain: 'acme2.test',
          defaultMailboxQuotaBytes: MIB,
          maxMailboxQuotaBytes: MIB,
          quotaBytes: MIB,
        }),
      ours: ['restart_sogo'],
      error: { code: 'exists', says: ['domain_exists'] },
    },
  ])
})

describe('changing domains', () => {
  runCases([
    {
      recording: '078-edit-domain-ok',
      call: (client) =>
        client.domains.edit('acme.test', {
          description: 'Acme 2',
          maxMailboxQuotaBytes: 600 * MIB,
          maxMailboxes: 11,
        }),
    },
    {
      recording: '079-edit-domain-string-item',
      call: (client) => client.domains.edit('acme.test', { description: 'Acme 3' }),
    },
    like(
      '080-edit-domain-bulk-partial',
      (client) =>
        client.domains.edit(['acme.test', 'nope.test', 'mini.test'], { active: true }, { settle: true }),
      [
        { item: 'acme.test', ok: true },
        { item: 'nope.test', ok: false, error: { code: 'rejected', effect: 'none' } },
        { item: 'mini.test', ok: true },
      ],
    ),
    {
      recording: '080-edit-domain-bulk-partial',
      call: (client) => client.domains.edit(['acme.test', 'nope.test', 'mini.test'], { active: true }),
      error: { code: 'bulk', effect: 'partial', message: /^1 of 3 items failed: nope\.test: / },
    },
    {
      recording: '081-edit-domain-defquota-too-big',
      call: (client) => client.domains.edit('acme.test', { defaultMailboxQuotaBytes: 700 * MIB }),
      error: { code: 'rejected', says: ['mailbox_defquota_exceeds_mailbox_maxquota'] },
    },
    {
      recording: '082-edit-domain-quota-below-used',
      call: (client) => client.domains.edit('acme.test', { quotaBytes: 100 * MIB }),
      error: { code: 'rejected', says: ['mailbox_quota_exceeds_domain_quota'] },
    },
    { recording: '083-edit-domain-no-change', call: (client) => client.domains.edit('acme.test', {}) },
    {
      recording: '116-edit-domain-mailboxes-limit',
      call: (client) => client.domains.edit('acme.test', { maxMailboxes: 11 }),
    },
    {
      recording: '118-edit-domain-mailboxes-below-count',
      call: (client) => client.domains.edit('acme.test', { maxMailboxes: 2 }),
      error: { code: 'limit', says: ['mailboxes_in_use'], message: /has 11 mailboxes already/ },
    },
    {
      recording: '119-edit-domain-quota-below-in-use',
      call: (client) => client.domains.edit('acme.test', { quotaBytes: 700 * MIB }),
      error: { code: 'limit', says: ['domain_quota_m_in_use'], message: /1861 MiB/ },
    },
    {
      recording: '120-edit-domain-maxquota-below-largest',
      call: (client) => client.domains.edit('acme.test', { maxMailboxQuotaBytes: 300 * MIB }),
      error: { code: 'limit', says: ['max_quota_in_use'], message: /600 MiB/ },
    },
    {
      recording: '121-edit-domain-unknown-field',
      call: (client) => client.domains.edit('acme.test', {}),
      theirs: ['frobnicate'],
    },
    {
      recording: '233-edit-domain-aliases-below-count',
      call: (client) => client.domains.edit('acme.test', { maxAliases: 1 }),
      error: { code: 'limit', says: ['aliases_in_use'], message: /14 aliases/ },
    },
  ])
})

describe('deleting domains', () => {
  runCases([
    // mailcow says "removed" for a domain that never was.
    { recording: '084-delete-domain-unknown', call: (client) => client.domains.delete('nope.test') },
    {
      recording: '084-delete-domain-unknown',
      call: (client) => client.domains.delete('nope.test', { readBack: true }),
      others: { 'GET /get/domain/nope.test': [{ json: {} }] },
    },
    {
      recording: '085-delete-domain-bulk-partial',
      call: (client) => client.domains.delete(['ints.test', 'nope.test']),
      result: [
        { item: 'ints.test', ok: true },
        { item: 'nope.test', ok: true },
      ],
    },
    { recording: '086-delete-domain-ok', call: (client) => client.domains.delete('sogo.test') },
    {
      recording: '086-delete-domain-ok',
      call: (client) => client.domains.delete('acme.test', { readBack: true }),
      onlyAnswer: true,
      others: { 'GET /get/domain/acme.test': [{ recording: '070-get-domain-ok' }] },
      // The answer names another domain than the one whose turn it is.
      error: { code: 'unexpected_answer', effect: 'unknown' },
    },
    {
      recording: '087-delete-domain-string-body',
      call: (client) => client.domains.delete('upper.test'),
      changed: ['items'],
    },
    {
      recording: '088-delete-domain-object-body',
      call: (client) => client.domains.delete('mini.test'),
      error: { code: 'empty_answer', effect: 'unknown', message: /crashed/ },
    },
    {
      recording: '122-delete-domain-not-empty',
      call: (client) => client.domains.delete('acme.test'),
      error: { code: 'rejected', says: ['domain_not_empty'], message: /still has mailboxes/ },
    },
    {
      recording: '252-delete-domain-with-aliasdomain',
      call: (client) => client.domains.delete('acme.test'),
      error: { code: 'rejected', says: ['domain_not_empty'] },
    },
  ])
})
