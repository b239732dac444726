import {
  type AccessSettings,
  type CommonData,
  defaultPasswordRule,
  type NoticeMailbox,
} from '../data/common.ts'
import type { AccessData, NoticeData, NoticeKind } from '../data/kinds.ts'
import type { SiteData } from '../data/site.ts'

const gib = 1024 ** 3
const links = {
  info: 'https://www.iteg.example/mail-umstellung',
  webmailOld: 'https://webmail.mailhaus.example',
  webmailNew: 'https://mailcow.example/SOGo',
  roundcubeNew: 'https://mailcow.example/roundcube',
  userPage: 'https://mailcow.example',
  support: 'mailto:admin@iteg.example',
}
const provider = { name: 'ITEG', email: 'admin@iteg.example', phone: '+43 662 123456' }
const common: CommonData = { domain: 'example.at', provider, links, contacts: ['chef@example.at'] }
const newSettings: AccessSettings = {
  imap: { host: 'mailcow.example', port: 993, security: 'ssl' },
  pop3: { host: 'mailcow.example', port: 995, security: 'ssl' },
  smtp: { host: 'mailcow.example', port: 465, security: 'ssl' },
}
const oldSettings: AccessSettings = {
  imap: { host: 'mailhaus.example', port: 143, security: 'starttls' },
  pop3: { host: 'mailhaus.example', port: 110, security: 'starttls' },
  smtp: { host: 'mailhaus.example', port: 587, security: 'starttls' },
}
const mailbox: NoticeMailbox = {
  address: 'anna@example.at',
  name: 'Anna Müller',
  usedBytes: 3.4 * gib,
  quotaBytes: 5 * gib,
  aliases: ['office@example.at', 'rechnung@example.at'],
}
const access: AccessData = {
  mailbox,
  password: 'Wald-Lampe-7-Kiesel',
  passwordRule: defaultPasswordRule,
  newSettings,
  oldSettings,
}
const forwards = [
  { target: 'anna.mueller@example.net', keepsCopy: true },
  { target: 'buero@example.com', keepsCopy: false },
]

const samples: NoticeData = {
  'pre-warning': {
    ...common,
    mailbox,
    moveDate: '2026-11-30',
    forwards,
    addresses: [
      'anna@example.at',
      'chef@example.at',
      'office@example.at',
      'rechnung@example.at',
      'werkstatt@example.at',
    ],
    usesPop3: true,
  },
  'pre-warning-contact': {
    ...common,
    moveDate: '2026-11-30',
    mailboxes: [
      { ...mailbox, forwards, active: true },
      {
        address: 'chef@example.at',
        name: 'Johann Gruber',
        usedBytes: 812 * 1024 ** 2,
        quotaBytes: 5 * gib,
        aliases: [],
        forwards: [],
        usesPop3: true,
        active: true,
      },
      {
        address: 'werkstatt@example.at',
        usedBytes: 40 * 1024 ** 2,
        quotaBytes: 1 * gib,
        aliases: [],
        forwards: [],
        active: false,
      },
    ],
    aliases: [
      { address: 'office@example.at', targets: ['anna@example.at', 'chef@example.at'] },
      { address: 'rechnung@example.at', targets: ['anna@example.at'] },
      { address: 'lehrling@example.at', targets: ['max@example.at'], problem: 'dead' },
      { address: 'rund@example.at', targets: ['kreis@example.at'], problem: 'loop' },
      { address: '@example.at', targets: ['chef@example.at'] },
    ],
    aliasDomains: ['example.co.at'],
  },
  'hand-over': {
    ...common,
    ...access,
    usesPop3: true,
    forwards,
    scripts: [
      { fileName: 'roundcube.sieve', name: 'roundcube', active: true, installed: false },
      { fileName: 'urlaub.sieve', name: 'urlaub', active: false, installed: true },
    ],
    addressBooks: [
      { fileName: 'personal.vcf', contacts: 128, imported: false },
      { fileName: 'collected-recipients.vcf', contacts: 41, imported: true },
    ],
    activeSync: false,
    oldMailboxUntil: '2026-12-31',
  },
  reminder: {
    ...common,
    ...access,
    handedOverAt: '2026-11-30T20:15:00+01:00',
    count: 1,
    oldMailboxUntil: '2026-12-31',
  },
  'password-reset': { ...common, ...access },
  'keep-old-server': {
    ...common,
    mailbox,
    oldSettings,
    since: '2026-11-30T22:40:00+01:00',
    wasHandedOver: true,
    nextMoveDate: '2026-12-07',
  },
  quota: {
    ...common,
    mailbox: { ...mailbox, usedBytes: 6.2 * gib, quotaBytes: 5 * gib },
    moveDate: '2026-11-30',
    folders: [
      { name: 'INBOX', bytes: 3.1 * gib },
      { name: 'Gesendet', bytes: 2.4 * gib },
      { name: 'Rechnungen 2019', bytes: 0.5 * gib },
      { name: 'Papierkorb', bytes: 210 * 1024 ** 2 },
    ],
  },
  'switch-off': {
    ...common,
    mailbox,
    switchOffDate: '2026-12-31',
    newSettings,
    oldSettings,
    oldLogins: [
      { protocol: 'imap', lastSeen: '2026-12-20T08:12:00+01:00', from: '192.0.2.17' },
      { protocol: 'smtp', lastSeen: '2026-12-19T17:03:00+01:00' },
    ],
  },
  digest: {
    ...common,
    moveDate: '2026-11-30',
    moved: true,
    oldMailboxUntil: '2026-12-31',
    mailboxes: [
      { address: 'anna@example.at', name: 'Anna Müller', state: 'done' },
      {
        address: 'chef@example.at',
        name: 'Johann Gruber',
        state: 'still-on-old-server',
        lastOldLogin: '2026-12-02T07:30:00+01:00',
      },
      { address: 'lager@example.at', state: 'handed-over', lastOldLogin: '2026-12-01T10:00:00+01:00' },
      { address: 'verkauf@example.at', state: 'handed-over', letter: 'forwarded' },
      { address: 'werkstatt@example.at', state: 'inactive' },
    ],
  },
}

/** Data of an invented firm, for previews, tests and trial renders: everything that a kind can show is there. */
export function sampleData<K extends NoticeKind>(kind: K): NoticeData[K] {
  return structuredClone(samples[kind])
}

/** The same for the information page. */
export function sampleSite(): SiteData {
  return structuredClone({
    provider,
    links,
    newSettings,
    oldSettings,
    passwordRule: defaultPasswordRule,
    domains: [
      { domain: 'example.at', moveDate: '2026-11-30', moved: true, oldMailboxUntil: '2026-12-31' },
      { domain: 'example.org', moveDate: '2026-12-07', moved: false },
    ],
    activeSync: false,
  })
}
