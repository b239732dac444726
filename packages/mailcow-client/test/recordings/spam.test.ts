import { describe } from 'vitest'
import { like, runCases } from '../cases.ts'

const entry = (id: number, list: 'allow' | 'deny', owner: string, sender: string): object => ({
  id,
  list,
  owner,
  sender,
})
const wire = (prefid: number, object: string, value: string): object => ({ prefid, object, value })

const GOOD = entry(1, 'allow', 'acme.test', '*@good.example')
const BAD = entry(2, 'deny', 'acme.test', 'bad@spam.example')
const FRIEND = entry(3, 'allow', 'alice@acme.test', 'friend@good.example')
const FOE = entry(4, 'deny', 'alice@acme.test', '*@bad.example')
const DENIED = { code: 'denied', says: ['access_denied'], effect: 'none' } as const
const DENY_LIST = 'GET /get/policy_bl_domain/acme.test'

describe('spam lists', () => {
  runCases([
    {
      recording: '306-add-domain-policy-wl',
      call: (client) => client.policies.addDomain('acme.test', { list: 'allow', sender: '*@good.example' }),
      others: {
        'GET /get/policy_wl_domain/acme.test': [{ json: {} }, { recording: '313-get-policy-wl-domain' }],
      },
      result: GOOD,
    },
    {
      recording: '307-add-domain-policy-bl',
      call: (client) => client.policies.addDomain('acme.test', { list: 'deny', sender: 'bad@spam.example' }),
      others: { [DENY_LIST]: [{ json: {} }, { recording: '314-get-policy-bl-domain' }] },
      result: BAD,
    },
    {
      recording: '308-add-domain-policy-again',
      call: (client) => client.policies.addDomain('acme.test', { list: 'deny', sender: 'bad@spam.example' }),
      others: { [DENY_LIST]: [{ recording: '314-get-policy-bl-domain' }] },
      error: { code: 'exists', says: ['policy_list_from_exists'], effect: 'none' },
    },
    {
      recording: '309-add-domain-policy-invalid',
      call: (client) => client.policies.addDomain('acme.test', { list: 'deny', sender: '' }),
      unsent: 'usage',
    },
    {
      recording: '309-add-domain-policy-invalid',
      call: (client) => client.policies.addDomain('acme.test', { list: 'deny', sender: '@@' }),
      changed: ['object_from'],
      others: { [DENY_LIST]: [{ json: {} }] },
      error: { code: 'rejected', says: ['policy_list_from_invalid'] },
    },
    {
      recording: '310-add-domain-policy-unknown-domain',
      call: (client) => client.policies.addDomain('nope.test', { list: 'deny', sender: 'x@y.example' }),
      others: { 'GET /get/policy_bl_domain/nope.test': [{ json: {} }] },
      error: DENIED,
    },
    {
      recording: '311-add-mailbox-policy-wl',
      call: (client) =>
        client.policies.addMailbox('alice@acme.test', { list: 'allow', sender: 'friend@good.example' }),
      others: {
        'GET /get/policy_wl_mailbox/alice@acme.test': [
          { json: [wire(1, 'acme.test', '*@good.example')] },
          { recording: '315-get-policy-wl-mailbox' },
        ],
      },
      result: FRIEND,
    },
    {
      recording: '312-add-mailbox-policy-bl',
      call: (client) =>
        client.policies.addMailbox('alice@acme.test', { list: 'deny', sender: '*@bad.example' }),
      others: {
        'GET /get/policy_bl_mailbox/alice@acme.test': [
          { json: {} },
          { recording: '316-get-policy-bl-mailbox' },
        ],
      },
      result: FOE,
    },
    // mailcow lists the entries of mailboxes with the domain's, and the other way round.
    {
      recording: '313-get-policy-wl-domain',
      call: (client) => client.policies.listDomain('acme.test', 'allow'),
      result: [GOOD],
    },
    {
      recording: '314-get-policy-bl-domain',
      call: (client) => client.policies.listDomain('acme.test', 'deny'),
      result: [BAD],
    },
    {
      recording: '315-get-policy-wl-mailbox',
      call: (client) => client.policies.listMailbox('alice@acme.test', 'allow'),
      result: [FRIEND],
    },
    {
      recording: '316-get-policy-bl-mailbox',
      call: (client) => client.policies.listMailbox('alice@acme.test', 'deny'),
      result: [FOE],
    },
    {
      recording: '317-get-policy-wl-domain-none',
      call: (client) => client.policies.listDomain('mini.test', 'allow'),
      result: [],
    },
    {
      recording: '318-get-policy-wl-domain-unknown',
      call: (client) => client.policies.listDomain('nope.test', 'allow'),
      result: [],
    },
    like(
      '319-delete-domain-policy',
      (client) => client.policies.deleteDomain([2, 99_999], { settle: true }),
      [
        { item: '2', ok: true },
        { item: '99999', ok: false, error: { code: 'denied' } },
      ],
    ),
    { recording: '320-delete-mailbox-policy', call: (client) => client.policies.deleteMailbox(4) },
  ])
})

describe('spam scores', () => {
  const alice = 'alice@acme.test'
  runCases([
    {
      recording: '321-get-spam-score',
      call: (client) => client.spamScores.get(alice),
      result: { junk: 5, reject: 15 },
    },
    {
      recording: '322-edit-spam-score',
      call: (client) => client.spamScores.set(alice, { junk: 8, reject: 15 }, { readBack: true }),
      others: { 'GET /get/spam-score/alice@acme.test': [{ recording: '323-get-spam-score-after' }] },
    },
    {
      recording: '322-edit-spam-score',
      call: (client) => client.spamScores.set(alice, { junk: 8, reject: 15 }, { readBack: true }),
      others: { 'GET /get/spam-score/alice@acme.test': [{ recording: '321-get-spam-score' }] },
      error: { code: 'not_as_intended', message: /another junk/ },
    },
    {
      recording: '323-get-spam-score-after',
      call: (client) => client.spamScores.get(alice),
      result: { junk: 8, reject: 15 },
    },
    { recording: '324-edit-spam-score-default', call: (client) => client.spamScores.reset(alice) },
    {
      recording: '325-edit-spam-score-invalid',
      call: (client) => client.spamScores.set(alice, { junk: Number('abc'), reject: 15 }),
      unsent: 'usage',
    },
    {
      recording: '325-edit-spam-score-invalid',
      call: (client) => client.spamScores.set(alice, { junk: 1, reject: 2 }),
      changed: ['spam_score'],
      error: { code: 'rejected', effect: 'none', message: /must be two numbers/ },
    },
    { recording: '326-get-spam-score-unknown', call: (client) => client.spamScores.get('ghost@acme.test') },
  ])
})
