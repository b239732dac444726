import { describe } from 'vitest'
import { z } from 'zod'
import { LOG_NAMES, type LogName } from '../../src/index.ts'
import { type Case, like, runCases } from '../cases.ts'
import { readRecording } from '../replay.ts'

const globalScript = z
  .object({ script_data: z.string() })
  .parse(readRecording('348-add-global-filter').request.body).script_data

describe('Sieve of the server', () => {
  runCases([
    {
      recording: '346-get-active-user-sieve-none',
      call: (client) => client.sieve.activeUserScript('bob@acme.test'),
    },
    {
      recording: '346-get-active-user-sieve-none',
      call: (client) => client.sieve.activeUserScript('alice@acme.test'),
      onlyAnswer: true,
      others: { 'GET /get/active-user-sieve/alice@acme.test': [{ json: ['keep;\r\n'] }] },
      result: 'keep;\r\n',
    },
    like(
      '347-get-global-filters',
      async (client) => {
        const { prefilter, postfilter } = await client.sieve.globalFilters()
        return [prefilter.split('\n')[0], postfilter.split('\n')[0]]
      },
      ['# global_sieve_before script', '# global_sieve_after script'],
    ),
    {
      recording: '348-add-global-filter',
      call: (client) => client.sieve.setGlobalFilter('prefilter', globalScript, { readBack: true }),
      others: { 'GET /get/global_filters/all': [{ recording: '347-get-global-filters' }] },
    },
    {
      recording: '348-add-global-filter',
      call: (client) => client.sieve.setGlobalFilter('prefilter', 'keep;', { readBack: true }),
      changed: ['script_data'],
      others: { 'GET /get/global_filters/all': [{ recording: '347-get-global-filters' }] },
      error: { code: 'not_as_intended' },
    },
    like('458-get-presets-sieve', async (client) => (await client.sieve.presets()).slice(2, 3), [
      {
        name: 'sieve_3',
        headline: 'Discard silently, stop all further sieve processing',
        script: 'discard; stop;',
      },
    ]),
  ])
})

describe('fail2ban', () => {
  const now = {
    'GET /get/fail2ban': [{ recording: '435-get-fail2ban' }, { recording: '438-get-fail2ban-after' }],
  }
  runCases([
    {
      recording: '436-edit-fail2ban',
      call: (client) =>
        client.fail2ban.edit(
          {
            banTimeSeconds: 86_400,
            maxBanTimeSeconds: 86_400,
            maxAttempts: 5,
            retryWindowSeconds: 600,
            netbanIpv4: 24,
            netbanIpv6: 64,
            allowList: ['127.0.0.1', '192.0.2.0/24'],
            denyList: [],
          },
          {},
        ),
      others: now,
      // Read before, and sent along so that they are not switched off.
      ours: ['manage_external'],
      theirs: ['active'],
    },
    {
      recording: '437-edit-fail2ban-whitelist-action',
      call: (client) => client.fail2ban.allow('198.51.100.7/32', { readBack: true }),
      others: { 'GET /get/fail2ban': [{ recording: '438-get-fail2ban-after' }] },
    },
    {
      recording: '437-edit-fail2ban-whitelist-action',
      call: (client) => client.fail2ban.allow('198.51.100.7/32', { readBack: true }),
      others: { 'GET /get/fail2ban': [{ recording: '435-get-fail2ban' }] },
      error: { code: 'not_as_intended', message: /allowList/ },
    },
    {
      recording: '437-edit-fail2ban-whitelist-action',
      call: (client) => client.fail2ban.allow('198.51.100.7/33'),
      unsent: 'usage',
    },
  ])
})

function emptyLog(recording: string, name: LogName): Case {
  return { recording, call: (client) => client.logs.read(name, { lines: 5 }), result: [] }
}

const SILENT_LOGS: readonly (readonly [number, LogName])[] = [
  [459, 'dovecot'],
  [460, 'postfix'],
  [462, 'ui'],
  [464, 'netfilter'],
  [465, 'ratelimited'],
  [466, 'acme'],
  [467, 'watchdog'],
  [468, 'autodiscover'],
  [469, 'rspamd-history'],
  [471, 'cron'],
  [472, 'sogo'],
]

describe('logs and logins', () => {
  runCases([
    ...SILENT_LOGS.map(([number, name]) => emptyLog(`${number}-get-logs-${name}`, name)),
    like('461-get-logs-api', async (client) => (await client.logs.read('api', { lines: 5 })).slice(0, 1), [
      { uri: '/api/v1/get/logs/api/5', method: 'GET', remote: '127.0.0.1' },
    ]),
    like('463-get-logs-sasl', (client) => client.logs.read('sasl', { lines: 5 }), [
      { service: 'imap', username: 'u1@smoke.test', real_rip: '127.0.0.1' },
    ]),
    like('463-get-logs-sasl', (client) => client.lastLogins.list({ lines: 5 }), [
      { mailbox: 'u1@smoke.test', service: 'imap', address: '127.0.0.1', appPasswordId: null },
    ]),
    {
      recording: '470-get-logs-rspamd-stats',
      call: (client) => client.logs.rspamdStatistics(),
      onlyAnswer: true,
      result: {},
    },
    {
      recording: '473-get-logs-unknown',
      call: (client) => client.logs.read(LOG_NAMES[0]),
      onlyAnswer: true,
      error: { code: 'unknown_route', effect: 'none' },
    },
    {
      recording: '454-get-last-login',
      call: (client) => client.lastLogins.get('alice@acme.test'),
      result: { logins: [], webInterface: null },
    },
  ])
})

describe('the mail queue', () => {
  runCases([
    { recording: '439-get-mailq-all-empty', call: (client) => client.mailQueue.list(), result: [] },
    { recording: '440-edit-mailq-flush', call: (client) => client.mailQueue.flush() },
    { recording: '441-delete-mailq', call: (client) => client.mailQueue.delete(['ABCDEF']) },
    { recording: '441-delete-mailq', call: (client) => client.mailQueue.delete([]), unsent: 'usage' },
    { recording: '449-get-quarantine-all', call: (client) => client.mailQueue.quarantine(), result: [] },
  ])
})

describe('settings of the server', () => {
  const oauth2 = {
    id: 1,
    client_id: 'abc',
    client_secret: 'secret',
    redirect_uri: 'https://x.example/cb',
    grant_types: null,
    scope: 'profile',
    user_id: null,
  }
  const policy = {
    domain: 'acme.test',
    mode: 'testing',
    mx: ['mail.mailcow.test'],
    maxAgeSeconds: 86_400,
    active: true,
  } as const
  runCases([
    {
      recording: '050-get-passwordpolicy-html',
      call: (client) => client.passwordPolicy.describe(),
      result: '<p class="help-block small">- Minimum password length is 6</p>',
    },
    {
      recording: '402-edit-quota-notification',
      call: (client) =>
        client.serverSettings.setQuotaNotification({
          html: '<p>{{percent}}</p>',
          sender: 'q@acme.test',
          subject: 'Quota',
        }),
    },
    {
      recording: '403-edit-quota-notification-bcc',
      call: (client) =>
        client.serverSettings.setQuotaNotificationCopy('acme.test', {
          recipients: ['bob@acme.test'],
          active: true,
        }),
    },
    // mailcow says nothing when it did it.
    {
      recording: '447-add-mta-sts',
      call: (client) => client.serverSettings.addMtaStsPolicy(policy),
      result: 'unconfirmed',
    },
    { recording: '450-get-oauth2-client-all', call: (client) => client.oauth2Clients.list(), result: [] },
    {
      recording: '451-add-oauth2-client',
      call: (client) => client.oauth2Clients.add({ redirectUri: 'https://x.example/cb' }),
      others: { 'GET /get/oauth2-client/all': [{ json: {} }, { json: [oauth2] }] },
      result: { id: 1, clientId: 'abc', redirectUri: 'https://x.example/cb', scope: 'profile' },
    },
    {
      recording: '452-get-rsetting-all',
      call: (client) => client.serverSettings.rspamdSettings(),
      result: [],
    },
    {
      recording: '453-get-rspamd-actions',
      call: (client) => client.serverSettings.rspamdActions(),
      result: {},
    },
    {
      recording: '455-get-identity-provider',
      call: (client) => client.serverSettings.identityProvider(),
      result: { login_provisioning: 1 },
    },
    {
      recording: '457-edit-cors',
      call: (client) => client.serverSettings.setCors({ origins: '*', methods: ['POST', 'GET'] }),
    },
  ])
})
