import { describe } from 'vitest'
import type { MailcowClient } from '../../src/index.ts'
import { type Case, runCases } from '../cases.ts'

const read = (client: MailcowClient): Promise<unknown> => client.domains.list()
const write = (client: MailcowClient): Promise<unknown> => client.domains.add({ domain: 'new.test' })

function answerToRead(recording: string, error: Case['error']): Case {
  return { recording, call: read, onlyAnswer: true, ...(error ? { error } : { result: [] }) }
}

function answerToWrite(recording: string, error: Case['error']): Case {
  return { recording, call: write, onlyAnswer: true, ...(error ? { error } : {}) }
}

const READ_ONLY = { code: 'read_only_key', effect: 'none', message: /may only read/ } as const
const BAD_KEY = { code: 'bad_key', effect: 'none', message: /does not accept the API key/ } as const
const BROKEN = { code: 'unexpected_answer', effect: 'none' } as const
const UNKNOWN_ROUTE = { code: 'unknown_route', effect: 'none' } as const
const REFUSED = { code: 'server_error', effect: 'none' } as const

/** Answers at the level of the protocol, whoever asked. */
describe('keys', () => {
  runCases([
    answerToRead('007-auth-wrong-key', BAD_KEY),
    answerToRead('008-auth-missing-key-get', { code: 'empty_answer' }),
    answerToWrite('009-auth-missing-key-add', { code: 'denied', says: ['access_denied'] }),
    answerToWrite('010-auth-missing-key-edit', READ_ONLY),
    answerToWrite('011-auth-missing-key-delete', READ_ONLY),
    answerToWrite('012-auth-wrong-key-add', BAD_KEY),
    answerToRead('013-auth-ip-not-allowed', { code: 'address_forbidden', message: /127\.0\.0\.5/ }),
    answerToWrite('014-auth-readonly-add', READ_ONLY),
    answerToWrite('015-auth-readonly-edit', READ_ONLY),
    answerToWrite('016-auth-readonly-delete', READ_ONLY),
    answerToRead('018-auth-bearer-instead-of-xapikey', { code: 'empty_answer' }),
  ])
})

describe('requests that the client does not make', () => {
  runCases([
    answerToWrite('019-proto-malformed-json', { ...BROKEN, message: /doesn't contain valid json/ }),
    answerToWrite('020-proto-empty-body-json', BROKEN),
    answerToWrite('021-proto-no-contenttype-json-body', { ...BROKEN, message: /Cannot find attributes/ }),
    answerToWrite('022-proto-form-contenttype-json-body', BROKEN),
    answerToWrite('023-proto-form-attr', undefined),
    answerToWrite('024-proto-json-array-body-add', { code: 'rejected', says: ['domain_invalid'] }),
    answerToWrite('025-proto-json-empty-object-add-domain', { code: 'rejected', says: ['domain_invalid'] }),
    {
      recording: '026-proto-contenttype-charset',
      call: (client) => client.domains.delete('nonexist.test'),
    },
    answerToRead('027-proto-get-with-post', { ...BROKEN, message: /only GET method is allowed/ }),
    answerToWrite('028-proto-add-with-get', BROKEN),
    answerToWrite('029-proto-add-with-put', BROKEN),
    answerToWrite('030-proto-delete-with-delete', BROKEN),
    answerToRead('031-proto-options', BROKEN),
    answerToRead('032-proto-unknown-action', UNKNOWN_ROUTE),
    answerToRead('033-proto-unknown-get-category', UNKNOWN_ROUTE),
    answerToRead('034-proto-unknown-get-category-nokey', { code: 'empty_answer' }),
    answerToWrite('035-proto-unknown-add-category', UNKNOWN_ROUTE),
    answerToWrite('036-proto-unknown-edit-category', UNKNOWN_ROUTE),
    answerToWrite('037-proto-unknown-delete-category', UNKNOWN_ROUTE),
    {
      recording: '038-proto-edit-missing-attr',
      call: (client) => client.domains.edit('x.test', {}),
      error: { code: 'rejected', says: ['domain_invalid'] },
    },
    {
      recording: '039-proto-edit-missing-items',
      call: (client) => client.domains.edit([], { active: true }),
      unsent: 'usage',
    },
    {
      recording: '039-proto-edit-missing-items',
      call: (client) => client.domains.edit('acme.test', { active: true }),
      onlyAnswer: true,
      error: { code: 'nothing_done', effect: 'none' },
    },
    answerToRead('040-proto-sec-fetch-dest', {
      code: 'unexpected_answer',
      message: /HTTP 403 without a body/,
    }),
    answerToRead('041-proto-trailing-slash', undefined),
    answerToRead('042-proto-api-root', UNKNOWN_ROUTE),
    answerToRead('043-proto-api-docs', { code: 'unexpected_answer', message: /not JSON: Swagger UI/ }),
  ])
})

describe('a mailcow that is not well', () => {
  runCases([
    answerToRead('518-infra-dockerapi-down', {
      ...REFUSED,
      message:
        /HTTP 500: Connection to dockerapi container failed\. The following error .*Connection refused$/,
    }),
    answerToRead('519-infra-redis-down', { ...REFUSED, message: /Connection to Redis failed/ }),
    answerToRead('520-infra-mysql-down', { ...REFUSED, message: /Connection to database failed/ }),
    answerToRead('521-infra-phpfpm-down', { ...REFUSED, message: /HTTP 502: Preparing/ }),
    answerToWrite('521-infra-phpfpm-down', { ...REFUSED, effect: 'unknown', message: /^.{0,300}$/ }),
  ])
})
