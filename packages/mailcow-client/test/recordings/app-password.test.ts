import { describe } from 'vitest'
import type { AppPassword } from '../../src/index.ts'
import { like, runCases } from '../cases.ts'

const LIST = 'GET /get/app-passwd/all/alice@acme.test'
const PHONE = {
  mailbox: 'alice@acme.test',
  name: 'phone',
  password: 'App-secret-1',
  protocols: ['imap', 'smtp'],
} as const
const HASHED = {
  mailbox: 'alice@acme.test',
  name: 'hash',
  passwordHash: '{SSHA256}AAAA',
  protocols: ['imap', 'smtp'],
} as const
const CREATED = new Date('2026-11-24T12:28:48Z')
const FOUND: AppPassword = {
  id: 1,
  name: 'phone',
  mailbox: 'alice@acme.test',
  domain: 'acme.test',
  active: true,
  protocols: ['imap', 'smtp'],
  createdAt: CREATED,
  modifiedAt: null,
}

/** One entry of mailcow's list, as recorded. */
const wire = (id: number, name: string, access: object = { imap_access: 1, smtp_access: 1 }): object => ({
  id,
  name,
  mailbox: 'alice@acme.test',
  domain: 'acme.test',
  password: '{BLF-CRYPT}$2y$10$KCFYGCCLS52QCw4P5oJOae5E0UfIXp4N5YT7OhZZp2YbTjSPMLl9O',
  created: '2026-11-24 12:28:48',
  modified: null,
  imap_access: 0,
  smtp_access: 0,
  dav_access: 0,
  eas_access: 0,
  pop3_access: 0,
  sieve_access: 0,
  active: 1,
  ...access,
})

describe('app passwords', () => {
  runCases([
    {
      recording: '273-add-app-passwd-ok',
      call: (client) => client.appPasswords.add(PHONE),
      others: { [LIST]: [{ json: {} }, { json: [wire(1, 'phone')] }] },
      result: FOUND,
    },
    // The same name again: the new one is meant.
    {
      recording: '274-add-app-passwd-again',
      call: (client) => client.appPasswords.add(PHONE),
      others: { [LIST]: [{ json: [wire(1, 'phone')] }, { json: [wire(1, 'phone'), wire(2, 'phone')] }] },
      result: { ...FOUND, id: 2 },
    },
    // Reported as added, but the list stays as it was.
    {
      recording: '274-add-app-passwd-again',
      call: (client) => client.appPasswords.add(PHONE),
      others: { [LIST]: [{ json: [wire(1, 'phone')] }] },
      error: { code: 'not_as_intended', effect: 'unknown' },
    },
    {
      recording: '275-add-app-passwd-mismatch',
      call: (client) => client.appPasswords.add(PHONE),
      changed: ['app_passwd2'],
      others: { [LIST]: [{ json: {} }] },
      error: { code: 'password_refused', says: ['password_mismatch'], effect: 'none' },
    },
    {
      recording: '276-add-app-passwd-weak',
      call: (client) => client.appPasswords.add({ ...PHONE, password: 'x' }),
      others: { [LIST]: [{ json: {} }] },
      error: { code: 'password_refused', says: ['password_complexity'], effect: 'none' },
    },
    {
      recording: '277-add-app-passwd-no-name',
      call: (client) => client.appPasswords.add({ ...PHONE, name: '' }),
      unsent: 'usage',
    },
    {
      recording: '277-add-app-passwd-no-name',
      call: (client) => client.appPasswords.add(PHONE),
      changed: ['app_name'],
      others: { [LIST]: [{ json: {} }] },
      error: { code: 'rejected', says: ['app_name_empty'] },
    },
    {
      recording: '278-add-app-passwd-unknown-mailbox',
      call: (client) => client.appPasswords.add({ ...PHONE, mailbox: 'ghost@acme.test' }),
      others: { 'GET /get/app-passwd/all/ghost@acme.test': [{ json: {} }] },
      error: { code: 'denied', says: ['access_denied'], effect: 'none' },
    },
    {
      recording: '279-add-app-passwd-no-protocols',
      call: (client) => client.appPasswords.add({ ...PHONE, name: 'noproto', protocols: [] }),
      ours: ['protocols'],
      others: { [LIST]: [{ json: {} }, { json: [wire(3, 'noproto', {})] }] },
      result: { ...FOUND, id: 3, name: 'noproto', protocols: [] },
    },
    // Not what was asked: fewer protocols.
    {
      recording: '273-add-app-passwd-ok',
      call: (client) => client.appPasswords.add(PHONE),
      others: { [LIST]: [{ json: {} }, { json: [wire(1, 'phone', { imap_access: 1 })] }] },
      error: { code: 'not_as_intended', message: /another protocols/ },
    },
    {
      recording: '280-add-app-passwd-hash',
      call: (client) => client.appPasswords.add(HASHED),
      others: { [LIST]: [{ json: {} }, { json: [wire(4, 'hash')] }] },
      result: { ...FOUND, id: 4, name: 'hash' },
    },
    like('281-get-app-passwd-mailbox', (client) => client.appPasswords.list('alice@acme.test'), [
      FOUND,
      { id: 2, name: 'phone' },
      { id: 3, name: 'noproto', protocols: [] },
      { id: 4, name: 'hash' },
    ]),
    {
      recording: '282-get-app-passwd-all-no-mailbox',
      call: (client) => client.appPasswords.list('alice@acme.test'),
      onlyAnswer: true,
      result: [],
    },
    {
      recording: '283-get-app-passwd-none',
      call: (client) => client.appPasswords.list('bob@acme.test'),
      result: [],
    },
    {
      recording: '284-get-app-passwd-unknown',
      call: (client) => client.appPasswords.list('ghost@acme.test'),
      result: [],
    },
    // The route for one id crashes: the client has no such call.
    {
      recording: '285-get-app-passwd-id',
      call: (client) => client.appPasswords.list('alice@acme.test'),
      onlyAnswer: true,
      error: { code: 'empty_answer', effect: 'none' },
    },
    {
      recording: '286-edit-app-passwd',
      call: (client) =>
        client.appPasswords.edit(
          { id: 1, mailbox: 'alice@acme.test' },
          { name: 'tablet', active: false, protocols: ['imap'] },
        ),
      ours: ['username'],
      error: { code: 'empty_answer', effect: 'unknown' },
    },
    {
      recording: '287-edit-app-passwd-unknown',
      call: (client) => client.appPasswords.edit({ id: 9999, mailbox: 'alice@acme.test' }, { name: 'x' }),
      ours: ['username'],
      error: { code: 'denied', says: ['app_passwd_id_invalid'], message: /no app password 9999/ },
    },
    like('288-delete-app-passwd', (client) => client.appPasswords.delete([1, 9999], { settle: true }), [
      { item: '1', ok: true },
      { item: '9999', ok: false, error: { code: 'denied' } },
    ]),
    {
      recording: '371-edit-app-passwd-with-username',
      call: (client) =>
        client.appPasswords.edit(
          { id: 2, mailbox: 'alice@acme.test' },
          { name: 'tablet', active: true, protocols: ['imap'] },
          { readBack: true },
        ),
      others: { [LIST]: [{ json: [wire(2, 'tablet', { imap_access: 1 })] }] },
    },
    like(
      '485-get-app-passwd-all-dup',
      async (client) => (await client.appPasswords.list('f3@imap.test')).length,
      1,
    ),
  ])
})
