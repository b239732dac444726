import { describe } from 'vitest'
import { like, runCases } from '../cases.ts'

describe('DKIM keys', () => {
  const refused = { code: 'rejected', says: ['dkim_domain_or_sel_invalid'], effect: 'none' } as const
  runCases([
    like(
      '349-get-dkim-ok',
      async (client) => {
        const key = await client.dkim.get('acme.test')
        return { ...key, fits: key?.record === `v=DKIM1;k=rsa;t=s;s=email;p=${key?.publicKey}` }
      },
      { domain: 'acme.test', selector: 'dkim', bits: 2048, fits: true },
    ),
    { recording: '350-get-dkim-none', call: (client) => client.dkim.get('nope.test') },
    { recording: '351-add-dkim-again', call: (client) => client.dkim.add('acme.test'), error: refused },
    { recording: '352-delete-dkim', call: (client) => client.dkim.delete('acme.test') },
    {
      recording: '352-delete-dkim',
      call: (client) => client.dkim.delete('acme.test', { readBack: true }),
      others: { 'GET /get/dkim/acme.test': [{ recording: '349-get-dkim-ok' }] },
      error: { code: 'not_as_intended' },
    },
    { recording: '353-get-dkim-after-delete', call: (client) => client.dkim.get('acme.test') },
    {
      recording: '354-add-dkim-ok',
      call: (client) => client.dkim.add('acme.test', { selector: 's1', bits: 1024 }),
    },
    {
      recording: '354-add-dkim-ok',
      call: (client) => client.dkim.add('acme.test', { selector: 's1', bits: 1024 }, { readBack: true }),
      others: { 'GET /get/dkim/acme.test': [{ recording: '349-get-dkim-ok' }] },
      error: { code: 'not_as_intended', message: /another selector/ },
    },
    {
      recording: '355-add-dkim-bad-size',
      call: (client) => client.dkim.add('mini.test', { bits: 3 }),
      error: refused,
    },
    {
      recording: '356-add-dkim-unknown-domain',
      call: (client) => client.dkim.add('nope.test'),
      error: { code: 'denied', says: ['access_denied'], message: /nope\.test does not exist, or/ },
    },
    {
      recording: '357-add-dkim-duplicate',
      call: (client) => client.dkim.duplicate('acme.test', ['mini.test']),
    },
    // Only one of two is confirmed.
    {
      recording: '357-add-dkim-duplicate',
      call: (client) => client.dkim.duplicate('acme.test', ['mini.test', 'ints.test']),
      changed: ['to_domain'],
      error: { code: 'not_as_intended', message: /ints\.test/ },
    },
  ])
})

describe('temporary aliases', () => {
  const list = 'GET /get/time_limited_aliases/alice@acme.test'
  const shop = {
    address: 'coha.zufijugi@acme.test',
    mailbox: 'alice@acme.test',
    description: 'shop',
    validUntil: new Date(1_795_609_823_000),
    permanent: false,
    createdAt: new Date('2026-11-24T12:30:23Z'),
    modifiedAt: null,
  }
  const forGood = {
    ...shop,
    address: 'ceperi.tifo@acme.test',
    description: '',
    validUntil: null,
    permanent: true,
  }
  const wire = {
    address: forGood.address,
    goto: 'alice@acme.test',
    description: '',
    validity: 1_827_059_423,
    created: '2026-11-24 12:30:23',
    modified: null,
    permanent: 1,
  }
  runCases([
    {
      recording: '372-add-time-limited-alias',
      call: (client) =>
        client.temporaryAliases.add({
          mailbox: 'alice@acme.test',
          domain: 'acme.test',
          description: 'shop',
          validity: { hours: 24 },
        }),
      others: { [list]: [{ json: [wire] }, { recording: '376-get-time-limited-aliases' }] },
      result: shop,
    },
    {
      recording: '373-add-time-limited-alias-permanent',
      call: (client) =>
        client.temporaryAliases.add({
          mailbox: 'alice@acme.test',
          domain: 'acme.test',
          validity: 'permanent',
        }),
      others: { [list]: [{ json: {} }, { json: [wire] }] },
      result: forGood,
    },
    {
      recording: '373-add-time-limited-alias-permanent',
      call: (client) =>
        client.temporaryAliases.add({
          mailbox: 'alice@acme.test',
          domain: 'acme.test',
          validity: 'permanent',
        }),
      others: { [list]: [{ json: {} }] },
      error: { code: 'not_as_intended', effect: 'unknown' },
    },
    {
      recording: '374-add-time-limited-alias-bad-domain',
      call: (client) =>
        client.temporaryAliases.add({
          mailbox: 'alice@acme.test',
          domain: 'mini.test',
          validity: 'permanent',
        }),
      ours: ['permanent'],
      others: { [list]: [{ json: {} }] },
      error: { code: 'rejected', says: ['domain_invalid'] },
    },
    {
      recording: '375-add-time-limited-alias-bad-validity',
      call: (client) =>
        client.temporaryAliases.add({
          mailbox: 'alice@acme.test',
          domain: 'acme.test',
          validity: { hours: 0 },
        }),
      unsent: 'usage',
    },
    {
      recording: '375-add-time-limited-alias-bad-validity',
      call: (client) =>
        client.temporaryAliases.add({
          mailbox: 'alice@acme.test',
          domain: 'acme.test',
          validity: { hours: 1 },
        }),
      changed: ['validity'],
      others: { [list]: [{ json: {} }] },
      error: { code: 'rejected', says: ['validity_missing'] },
    },
    {
      recording: '376-get-time-limited-aliases',
      call: (client) => client.temporaryAliases.list('alice@acme.test'),
      result: [forGood, shop],
    },
    {
      recording: '377-get-time-limited-aliases-none',
      call: (client) => client.temporaryAliases.list('bob@acme.test'),
      result: [],
    },
    like(
      '378-delete-time-limited-alias',
      (client) => client.temporaryAliases.delete(['ceperi.tifo@acme.test', 'x@acme.test'], { settle: true }),
      [
        { item: 'ceperi.tifo@acme.test', ok: true },
        { item: 'x@acme.test', ok: false, error: { code: 'denied' } },
      ],
    ),
  ])
})
