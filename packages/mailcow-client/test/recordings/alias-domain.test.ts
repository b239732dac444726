import { describe } from 'vitest'
import type { AliasDomain, AliasDomainSettings } from '../../src/index.ts'
import { type Case, like, runCases } from '../cases.ts'

const FOUND: AliasDomain = {
  domain: 'acme2.test',
  target: 'acme.test',
  active: true,
  targetIsRelayed: false,
  rateLimit: null,
  createdAt: new Date('2026-11-24T12:27:38Z'),
  modifiedAt: null,
}

function add(recording: string, settings: Partial<AliasDomainSettings>, rest: Partial<Case> = {}): Case {
  return {
    recording,
    call: (client) =>
      client.aliasDomains.add({ domain: 'acme2.test', target: 'acme.test', active: true, ...settings }),
    ...rest,
  }
}

const TAKEN = { code: 'rejected', says: ['alias_domain_invalid'], effect: 'none' } as const

describe('alias domains', () => {
  runCases([
    { recording: '004-get-aliasdomain-all-empty', call: (client) => client.aliasDomains.list(), result: [] },
    add('234-add-alias-domain-ok', {}),
    {
      recording: '234-add-alias-domain-ok',
      call: (client) =>
        client.aliasDomains.add(
          { domain: 'acme2.test', target: 'acme.test', active: true },
          { readBack: true },
        ),
      others: { 'GET /get/alias-domain/acme2.test': [{ recording: '245-get-alias-domain' }] },
    },
    add('235-add-alias-domain-again', {}, { error: TAKEN }),
    add('236-add-alias-domain-is-domain', { domain: 'müller.test' }, { error: TAKEN }),
    add(
      '237-add-alias-domain-target-missing',
      { domain: 'acme3.test', target: 'nope.test' },
      { error: { code: 'denied', says: ['access_denied'], effect: 'none' } },
    ),
    add(
      '238-add-alias-domain-identical',
      { domain: 'acme.test' },
      { error: { code: 'rejected', says: ['aliasd_targetd_identical'] } },
    ),
    add('239-add-alias-domain-several', { domain: 'acme4.test, acme5.test' }, { unsent: 'usage' }),
    add(
      '239-add-alias-domain-several',
      {
        domain: 'acme4.test',
        rateLimit: { value: 5, per: 'minute' },
        dkim: { selector: 'dkim', bits: 2048 },
      },
      { changed: ['alias_domain'] },
    ),
    add(
      '240-add-alias-domain-invalid',
      { domain: 'bad-domain.test' },
      { changed: ['alias_domain'], error: { code: 'empty_answer', effect: 'unknown' } },
    ),
    {
      recording: '245-get-alias-domain',
      call: (client) => client.aliasDomains.get('acme2.test'),
      result: FOUND,
    },
    like('246-get-alias-domain-all', (client) => client.aliasDomains.list(), [
      FOUND,
      { domain: 'acme4.test', rateLimit: { value: 5, per: 'minute' } },
      { domain: 'acme5.test' },
    ]),
    { recording: '247-get-alias-domain-unknown', call: (client) => client.aliasDomains.get('nope.test') },
    {
      recording: '249-edit-alias-domain',
      call: (client) => client.aliasDomains.edit('acme2.test', { active: false }),
    },
    {
      recording: '250-edit-alias-domain-unknown',
      call: (client) => client.aliasDomains.edit('nope.test', { active: false }),
      error: TAKEN,
    },
    like(
      '251-delete-alias-domain-bulk-partial',
      (client) => client.aliasDomains.delete(['acme4.test', 'nope.test'], { settle: true }),
      [
        { item: 'acme4.test', ok: true },
        { item: 'nope.test', ok: false, error: { code: 'denied' } },
      ],
    ),
  ])
})
