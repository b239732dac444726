import { describe } from 'vitest'
import { like, runCases } from '../cases.ts'

const CREATED = new Date('2026-11-24T12:30:23Z')
const BCC = {
  id: 1,
  owner: 'alice@acme.test',
  domain: 'acme.test',
  copyTo: 'archive@elsewhere.example',
  direction: 'sent',
  active: true,
  createdAt: CREATED,
  modifiedAt: null,
} as const
const NEW_BCC = {
  owner: 'alice@acme.test',
  copyTo: 'archive@elsewhere.example',
  direction: 'sent',
  active: true,
} as const
const bccList = 'GET /get/bcc/all'

describe('BCC maps', () => {
  runCases([
    {
      recording: '413-add-bcc',
      call: (client) => client.bccMaps.add(NEW_BCC),
      others: { [bccList]: [{ json: {} }, { recording: '418-get-bcc-all' }] },
      result: BCC,
    },
    {
      recording: '414-add-bcc-again',
      call: (client) => client.bccMaps.add(NEW_BCC),
      others: { [bccList]: [{ recording: '418-get-bcc-all' }] },
      error: { code: 'exists', says: ['bcc_exists'], message: /alice@acme\.test \(sender\)/ },
    },
    {
      recording: '415-add-bcc-domain',
      call: (client) => client.bccMaps.add({ ...NEW_BCC, owner: 'acme.test', direction: 'received' }),
      others: { [bccList]: [{ json: {} }, { recording: '418-get-bcc-all' }] },
      result: { ...BCC, id: 2, owner: '@acme.test', direction: 'received' },
    },
    {
      recording: '416-add-bcc-bad-type',
      call: (client) => client.bccMaps.add(NEW_BCC),
      changed: ['type'],
      others: { [bccList]: [{ json: {} }] },
      error: { code: 'rejected', says: ['invalid_bcc_map_type'] },
    },
    {
      recording: '417-add-bcc-bad-dest',
      call: (client) => client.bccMaps.add({ ...NEW_BCC, copyTo: 'zz' }),
      unsent: 'usage',
    },
    {
      recording: '417-add-bcc-bad-dest',
      call: (client) => client.bccMaps.add({ ...NEW_BCC, owner: 'bob@acme.test' }),
      changed: ['bcc_dest'],
      others: { [bccList]: [{ json: {} }] },
      error: { code: 'rejected', says: ['bcc_must_be_email'] },
    },
    like('418-get-bcc-all', (client) => client.bccMaps.list(), [BCC, { id: 2, owner: '@acme.test' }]),
    { recording: '419-get-bcc-id', call: (client) => client.bccMaps.get(1), result: BCC },
    { recording: '420-edit-bcc', call: (client) => client.bccMaps.edit(1, { active: false }) },
    like('421-delete-bcc', (client) => client.bccMaps.delete([1, 9999], { settle: true }), [
      { item: '1', ok: true },
      { item: '9999', ok: false, error: { code: 'denied' } },
    ]),
    like('456-get-bcc-destination-options', (client) => client.bccMaps.possibleOwners(), {
      domains: ['acme.test', 'mini.test', 'xn--mller-kva.test'],
      mailboxes: {
        'bob@acme.test': ['bob@acme.test', 'special@acme2.test', 'bob@acme2.test', 'bob@acme5.test'],
      },
    }),
  ])
})

describe('recipient maps', () => {
  const map = {
    id: 1,
    from: 'old@acme.test',
    to: 'new@acme.test',
    active: true,
    createdAt: CREATED,
    modifiedAt: null,
  }
  const settings = { from: 'old@acme.test', to: 'new@acme.test', active: true }
  const list = 'GET /get/recipient_map/all'
  const exists = { code: 'exists', says: ['recipient_map_entry_exists'], effect: 'none' } as const
  runCases([
    {
      recording: '422-add-recipient-map',
      call: (client) => client.recipientMaps.add(settings),
      others: { [list]: [{ json: {} }, { recording: '425-get-recipient-map-all' }] },
      result: map,
    },
    {
      recording: '423-add-recipient-map-again',
      call: (client) => client.recipientMaps.add(settings),
      others: { [list]: [{ json: {} }] },
      error: exists,
    },
    {
      recording: '424-add-recipient-map-invalid',
      call: (client) => client.recipientMaps.add({ ...settings, to: 'zz' }),
      others: { [list]: [{ json: {} }] },
      error: exists,
    },
    { recording: '425-get-recipient-map-all', call: (client) => client.recipientMaps.list(), result: [map] },
    { recording: '426-get-recipient-map-id', call: (client) => client.recipientMaps.get(1), result: map },
    {
      recording: '427-edit-recipient-map',
      call: (client) => client.recipientMaps.edit(1, { to: 'new2@acme.test' }),
    },
    { recording: '428-delete-recipient-map', call: (client) => client.recipientMaps.delete(1) },
  ])
})

describe('TLS policies', () => {
  const map = {
    id: 1,
    destination: 'acme-partner.example',
    policy: 'secure',
    parameters: '',
    active: true,
    createdAt: new Date('2026-11-24T12:30:24Z'),
    modifiedAt: null,
  }
  const settings = { destination: 'acme-partner.example', policy: 'secure', active: true } as const
  const list = 'GET /get/tls-policy-map/all'
  runCases([
    {
      recording: '442-get-tls-policy-map-all-empty',
      call: (client) => client.tlsPolicyMaps.list(),
      result: [],
    },
    {
      recording: '443-add-tls-policy-map',
      call: (client) => client.tlsPolicyMaps.add(settings),
      others: { [list]: [{ json: {} }, { recording: '445-get-tls-policy-map-all' }] },
      result: map,
    },
    // Without parameters, or with a policy that is none, mailcow crashes.
    {
      recording: '444-add-tls-policy-map-bad',
      call: (client) => client.tlsPolicyMaps.add({ ...settings, destination: 'p.example' }),
      ours: ['parameters'],
      changed: ['policy'],
      others: { [list]: [{ json: {} }] },
      error: { code: 'empty_answer', effect: 'unknown' },
    },
    { recording: '445-get-tls-policy-map-all', call: (client) => client.tlsPolicyMaps.list(), result: [map] },
    { recording: '446-delete-tls-policy-map', call: (client) => client.tlsPolicyMaps.delete(1) },
  ])
})

describe('relay hosts', () => {
  const host = {
    id: 1,
    host: 'smtp.relay.example:25',
    username: 'u',
    hasPassword: true,
    active: true,
    usedByDomains: [],
    usedByMailboxes: [],
  }
  const settings = { host: 'smtp.relay.example:25', username: 'u', password: 'p' }
  const list = 'GET /get/relayhost/all'
  runCases([
    {
      recording: '379-add-relayhost',
      call: (client) => client.relayHosts.add(settings),
      others: { [list]: [{ json: {} }, { recording: '381-get-relayhost-all' }] },
      result: host,
    },
    {
      recording: '380-add-relayhost-empty',
      call: (client) => client.relayHosts.add({ ...settings, host: '' }),
      unsent: 'usage',
    },
    {
      recording: '380-add-relayhost-empty',
      call: (client) => client.relayHosts.add(settings),
      changed: ['hostname'],
      others: { [list]: [{ json: {} }] },
      error: { code: 'rejected', says: ['invalid_host'] },
    },
    { recording: '381-get-relayhost-all', call: (client) => client.relayHosts.list(), result: [host] },
    { recording: '382-get-relayhost-id', call: (client) => client.relayHosts.get(1), result: host },
    { recording: '383-get-relayhost-unknown', call: (client) => client.relayHosts.get(9999) },
    {
      recording: '384-edit-relayhost',
      call: (client) => client.relayHosts.edit(1, { host: 'smtp2.relay.example:587', active: true }),
    },
    // mailcow says "removed" for an id that never was.
    {
      recording: '385-delete-relayhost',
      call: (client) => client.relayHosts.delete([1, 9999]),
      result: [
        { item: '1', ok: true },
        { item: '9999', ok: true },
      ],
    },
  ])
})

describe('rate limits', () => {
  const denied = { code: 'denied', says: ['access_denied'], effect: 'none' } as const
  const tenAnHour = { value: 10, per: 'hour' } as const
  runCases([
    {
      recording: '253-get-rl-domain-all',
      call: (client) => client.rateLimits.listDomains(),
      result: [
        { domain: 'acme.test', limit: { value: 10, per: 'second' } },
        { domain: 'xn--mller-kva.test', limit: { value: 10, per: 'second' } },
        { domain: 'acme5.test', limit: { value: 5, per: 'minute' } },
      ],
    },
    {
      recording: '393-edit-rl-mbox',
      call: (client) => client.rateLimits.setMailbox('alice@acme.test', tenAnHour, { readBack: true }),
      others: { 'GET /get/rl-mbox/alice@acme.test': [{ recording: '396-get-rl-mbox' }] },
    },
    {
      recording: '393-edit-rl-mbox',
      call: (client) => client.rateLimits.setMailbox('alice@acme.test', tenAnHour, { readBack: true }),
      others: { 'GET /get/rl-mbox/alice@acme.test': [{ json: {} }] },
      error: { code: 'not_as_intended', message: /another limit/ },
    },
    {
      recording: '394-edit-rl-mbox-bad-frame',
      call: (client) => client.rateLimits.setMailbox('alice@acme.test', tenAnHour),
      changed: ['rl_frame'],
      error: { code: 'rejected', says: ['rl_timeframe'] },
    },
    {
      recording: '395-edit-rl-mbox-unknown',
      call: (client) => client.rateLimits.setMailbox('ghost@acme.test', tenAnHour),
      error: denied,
    },
    {
      recording: '396-get-rl-mbox',
      call: (client) => client.rateLimits.getMailbox('alice@acme.test'),
      result: tenAnHour,
    },
    {
      recording: '397-get-rl-mbox-none',
      call: (client) => client.rateLimits.getMailbox('bob@acme.test'),
      result: null,
    },
    {
      recording: '398-get-rl-mbox-all',
      call: (client) => client.rateLimits.listMailboxes(),
      result: [{ mailbox: 'alice@acme.test', limit: tenAnHour }],
    },
    { recording: '399-edit-rl-domain', call: (client) => client.rateLimits.setDomain('acme.test', null) },
    {
      recording: '399-edit-rl-domain',
      call: (client) => client.rateLimits.setDomain('acme.test', { value: 0, per: 'hour' }),
      unsent: 'usage',
    },
    {
      recording: '400-get-rl-domain-none',
      call: (client) => client.rateLimits.getDomain('acme.test'),
      result: null,
    },
    {
      recording: '401-get-rl-domain',
      call: (client) => client.rateLimits.getDomain('acme5.test'),
      result: { value: 5, per: 'minute' },
    },
  ])
})

describe('resources', () => {
  const room = {
    address: 'MeetingRoom@acme.test',
    domain: 'acme.test',
    description: 'Meeting Room',
    kind: 'location',
    multipleBookings: 0,
    active: true,
  }
  const settings = {
    domain: 'acme.test',
    description: 'Meeting Room',
    kind: 'location',
    active: true,
  } as const
  runCases([
    {
      recording: '404-add-resource',
      call: (client) => client.resources.add(settings, { readBack: true }),
      others: { 'GET /get/resource/MeetingRoom@acme.test': [{ recording: '408-get-resource' }] },
      result: { address: 'MeetingRoom@acme.test' },
    },
    {
      recording: '405-add-resource-again',
      call: (client) => client.resources.add(settings),
      error: { code: 'exists', says: ['object_exists'] },
    },
    {
      recording: '406-add-resource-bad-kind',
      call: (client) => client.resources.add({ ...settings, description: 'R2' }),
      changed: ['kind'],
      error: { code: 'rejected', says: ['resource_invalid'] },
    },
    { recording: '407-get-resource-all', call: (client) => client.resources.list(), result: [room] },
    {
      recording: '408-get-resource',
      call: (client) => client.resources.get('MeetingRoom@acme.test'),
      result: room,
    },
    {
      recording: '410-edit-resource',
      call: (client) => client.resources.edit('MeetingRoom@acme.test', { active: false }),
    },
    like(
      '412-delete-resource',
      (client) => client.resources.delete(['MeetingRoom@acme.test', 'ghost@acme.test'], { settle: true }),
      [
        { item: 'MeetingRoom@acme.test', ok: true },
        { item: 'ghost@acme.test', ok: false, error: { code: 'denied' } },
      ],
    ),
  ])
})
