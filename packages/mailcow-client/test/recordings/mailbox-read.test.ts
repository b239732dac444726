import { describe } from 'vitest'
import { type Mailbox, MIB, PROTOCOLS } from '../../src/index.ts'
import { like, runCases } from '../cases.ts'

const ALICE: Mailbox = {
  address: 'alice@acme.test',
  domain: 'acme.test',
  localPart: 'alice',
  name: 'Alice X',
  active: true,
  receiveOnly: false,
  quotaBytes: 200 * MIB,
  usedBytes: 0,
  messages: 0,
  forcePasswordUpdate: true,
  passwordChangedAt: new Date('2026-11-24T12:26:28Z'),
  protocols: PROTOCOLS,
  sogoAccess: false,
  forceTwoFactor: false,
  requireTlsIn: true,
  requireTlsOut: true,
  quarantineNotification: 'hourly',
  quarantineCategory: 'reject',
  recoveryEmail: null,
  relayHostId: null,
  authSource: 'mailcow',
  customAttributes: {},
  lastLogin: { imap: null, pop3: null, smtp: null, sso: null },
  tags: ['mig', 'vip'],
  maxQuotaBytes: 5000 * MIB,
  temporaryAliases: 0,
  pushoverActive: false,
  rateLimit: { value: 10, per: 'second' },
  rateLimitFrom: 'domain',
  isRelayed: false,
  senderAcl: [],
  createdAt: new Date('2026-11-24T12:26:28Z'),
  modifiedAt: new Date('2026-11-24T12:26:28Z'),
}

const ACME_ADDRESSES = [
  'absent',
  'alice',
  'bob',
  'c1',
  'c2',
  'f10',
  'hash',
  'min',
  'plus+tag',
  'prot',
  'zero',
]

describe('reading one mailbox', () => {
  runCases([
    {
      recording: '123-get-mailbox-ok',
      call: (client) => client.mailboxes.get('alice@acme.test'),
      result: ALICE,
    },
    like('124-get-mailbox-minimal', (client) => client.mailboxes.get('min@acme.test'), {
      name: '',
      quotaBytes: null,
      usedBytes: 0,
    }),
    like('125-get-mailbox-zero-quota', (client) => client.mailboxes.get('zero@acme.test'), {
      quotaBytes: null,
    }),
    like('126-get-mailbox-prot', (client) => client.mailboxes.get('prot@acme.test'), {
      protocols: ['imap', 'smtp'],
      tags: [],
    }),
    { recording: '127-get-mailbox-authsource', call: (client) => client.mailboxes.get('ldapx@acme.test') },
    { recording: '128-get-mailbox-unknown', call: (client) => client.mailboxes.get('nobody@acme.test') },
    {
      recording: '129-get-mailbox-unknown-domain',
      call: (client) => client.mailboxes.get('nobody@nope.test'),
    },
    like(
      '130-get-mailbox-percent-encoded',
      (client) => client.mailboxes.get('alice@acme.test'),
      { name: 'Alice X' },
      {
        onlyAnswer: true,
      },
    ),
    // Encoded once, mailcow finds nothing; the client encodes twice (see 174).
    {
      recording: '131-get-mailbox-plus-encoded',
      call: (client) => client.mailboxes.get('plus+tag@acme.test'),
      onlyAnswer: true,
    },
    {
      recording: '132-get-mailbox-plus-raw',
      call: (client) => client.mailboxes.get('plus+tag@acme.test'),
      onlyAnswer: true,
    },
    like('144-get-mailbox-after-password-edit', (client) => client.mailboxes.get('bob@acme.test'), {
      name: 'Bob New',
      quotaBytes: 60 * MIB,
      passwordChangedAt: new Date('2026-11-24T12:26:31Z'),
    }),
    like('155-get-mailbox-active-2', (client) => client.mailboxes.get('c1@acme.test'), {
      active: false,
      receiveOnly: true,
    }),
    like('158-get-mailbox-sender-acl', (client) => client.mailboxes.get('c1@acme.test'), {
      senderAcl: ['bob@acme.test', '@acme.test'],
      recoveryEmail: null,
    }),
    like('162-get-mailbox-custom-attribute', (client) => client.mailboxes.get('bob@acme.test'), {
      customAttributes: { role: 'cow', loc: 'farm' },
      tags: ['two'],
      active: false,
      receiveOnly: false,
      forcePasswordUpdate: true,
    }),
    like('174-get-mailbox-plus-double-encoded', (client) => client.mailboxes.get('plus+tag@acme.test'), {
      address: 'plus+tag@acme.test',
      localPart: 'plus+tag',
    }),
    like('177-get-mailbox-apostrophe', (client) => client.mailboxes.get("o'brien@acme.test"), {
      address: "o'brien@acme.test",
      name: "O'Brien <x",
    }),
    like('179-get-mailbox-authsource-fallback', (client) => client.mailboxes.get('ldapx@acme.test'), {
      authSource: 'mailcow',
    }),
    // A resource (a meeting room) is answered as a mailbox full of nulls.
    {
      recording: '409-get-mailbox-of-resource',
      call: (client) => client.mailboxes.get('MeetingRoom@acme.test'),
      onlyAnswer: true,
    },
    like('479-get-mailbox-with-usage', (client) => client.mailboxes.get('big@imap.test'), {
      usedBytes: 59_230_939,
      messages: 4,
      quotaBytes: 200 * MIB,
    }),
    like('480-get-mailbox-overquota', (client) => client.mailboxes.get('q@imap.test'), {
      quotaBytes: MIB,
      messages: 4,
    }),
    like(
      '481-get-mailbox-uppercase',
      (client) => client.mailboxes.get('BIG@IMAP.TEST'),
      { address: 'big@imap.test' },
      {
        onlyAnswer: true,
      },
    ),
    like('487-get-mailbox-unicode-name', (client) => client.mailboxes.get('uni@imap.test'), {
      name: 'Jörg 😀 <b>Müller</b> & Söhne',
    }),
    like('489-get-mailbox-quota-fraction', (client) => client.mailboxes.get('frac@imap.test'), {
      quotaBytes: MIB,
    }),
    like('493-get-mailbox-quota-negative', (client) => client.mailboxes.get('qneg@imap.test'), {
      quotaBytes: -5 * MIB,
    }),
    {
      recording: '498-get-mailbox-ampersand-raw',
      call: (client) => client.mailboxes.get('a.b-c_d&e=f@imap.test'),
      onlyAnswer: true,
    },
    like(
      '499-get-mailbox-ampersand-double-encoded',
      (client) => client.mailboxes.get('a.b-c_d&e=f@imap.test'),
      {
        address: 'a.b-c_d&e=f@imap.test',
      },
    ),
    {
      recording: '501-get-mailbox-slash',
      call: (client) => client.mailboxes.get('a/b@imap.test'),
      unsent: 'not_addressable',
    },
  ])
})

describe('listing mailboxes', () => {
  runCases([
    { recording: '002-get-mailbox-all-empty', call: (client) => client.mailboxes.list(), result: [] },
    like(
      '133-get-mailbox-all',
      (client) => client.mailboxes.list(),
      ACME_ADDRESSES.map((localPart) => ({ localPart, domain: 'acme.test' })),
    ),
    like(
      '134-get-mailbox-all-domain',
      (client) => client.mailboxes.list('acme.test'),
      ACME_ADDRESSES.map((localPart) => ({ localPart, domain: 'acme.test' })),
    ),
    {
      recording: '135-get-mailbox-all-domain-empty',
      call: (client) => client.mailboxes.list('mini.test'),
      result: [],
    },
    // mailcow lists the mailboxes of all domains here.
    {
      recording: '136-get-mailbox-all-domain-unknown',
      call: (client) => client.mailboxes.list('nope.test'),
      result: [],
    },
  ])
})
