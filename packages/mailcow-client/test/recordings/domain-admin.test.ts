import { describe } from 'vitest'
import type { DomainAdmin, DomainAdminSettings } from '../../src/index.ts'
import { type Case, runCases } from '../cases.ts'

const CREATED = new Date('2026-11-24T12:28:49Z')
const FOUND: DomainAdmin = {
  username: 'acmeadm',
  active: true,
  twoFactor: false,
  domains: ['acme.test'],
  createdAt: CREATED,
}

function add(
  recording: string,
  changes: Partial<DomainAdminSettings & { passwordHash: never }>,
  rest: Partial<Case> = {},
): Case {
  return {
    recording,
    call: (client) =>
      client.domainAdmins.add({
        username: 'acmeadm',
        domains: ['acme.test'],
        active: true,
        password: 'Secret-pass-1',
        ...changes,
      }),
    ...rest,
  }
}

describe('domain admins', () => {
  runCases([
    { recording: '006-get-domainadmin-all-empty', call: (client) => client.domainAdmins.list(), result: [] },
    add('289-add-domain-admin-ok', {}),
    add(
      '290-add-domain-admin-again',
      {},
      { error: { code: 'exists', says: ['object_exists'], effect: 'none' } },
    ),
    add(
      '291-add-domain-admin-weak',
      { username: 'weakadm', password: 'a' },
      { error: { code: 'password_refused', says: ['password_complexity'], effect: 'none' } },
    ),
    add('292-add-domain-admin-bad-name', { username: 'bad name!' }, { unsent: 'usage' }),
    add(
      '292-add-domain-admin-bad-name',
      {},
      { changed: ['username'], error: { code: 'rejected', says: ['username_invalid'] } },
    ),
    add('293-add-domain-admin-no-domains', { domains: [] }, { unsent: 'usage' }),
    add(
      '293-add-domain-admin-no-domains',
      { username: 'nodom' },
      { changed: ['domains'], error: { code: 'rejected', says: ['domain_invalid'] } },
    ),
    // The admin is made, without the domain.
    add(
      '294-add-domain-admin-unknown-domain',
      { username: 'unkdom', domains: ['nope.test'] },
      { error: { code: 'partial', says: ['domain_invalid', 'domain_admin_added'], effect: 'partial' } },
    ),
    add('295-add-domain-admin-string-domain', { username: 'strdom' }),
    {
      recording: '296-get-domain-admin',
      call: (client) => client.domainAdmins.get('acmeadm'),
      result: FOUND,
    },
    {
      recording: '297-get-domain-admin-all',
      call: async (client) => (await client.domainAdmins.list()).map(({ username }) => username),
      result: ['acmeadm', 'strdom'],
    },
    { recording: '298-get-domain-admin-unknown', call: (client) => client.domainAdmins.get('ghost') },
    {
      recording: '299-edit-domain-admin',
      call: (client) =>
        client.domainAdmins.edit('acmeadm', {
          username: 'acmeadm2',
          active: true,
          domains: ['acme.test', 'mini.test'],
        }),
    },
    {
      recording: '300-edit-domain-admin-unknown',
      call: (client) => client.domainAdmins.edit('ghost', { active: false }),
      error: { code: 'denied', says: ['access_denied'] },
    },
    {
      recording: '301-edit-da-acl',
      call: (client) =>
        client.domainAdmins.setPermissions('acmeadm2', [
          'syncjobs',
          'quarantine',
          'login_as',
          'bcc_maps',
          'app_passwds',
        ]),
    },
    {
      recording: '302-add-sso-domain-admin',
      call: (client) => client.domainAdmins.ssoToken('acmeadm2'),
      result: 'B7FB48-D5E2FC-EB0AA3-4765D4-79A4F1',
    },
    {
      recording: '303-add-sso-domain-admin-unknown',
      call: (client) => client.domainAdmins.ssoToken('ghost'),
      error: { code: 'denied', says: ['object_doesnt_exist'] },
    },
    {
      recording: '304-delete-domain-admin',
      call: (client) => client.domainAdmins.delete(['acmeadm2', 'ghost']),
      error: { code: 'bulk', effect: 'partial', message: /^1 of 2 items failed: ghost: / },
    },
    {
      recording: '305-get-admin-all',
      call: (client) => client.domainAdmins.listAdmins(),
      result: [
        { username: 'admin', active: true, twoFactor: false, createdAt: new Date('2026-11-24T12:21:07Z') },
      ],
    },
  ])
})
