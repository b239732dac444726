import { describe } from 'vitest'
import type { Fail2ban, PasswordPolicy } from '../../src/index.ts'
import { like, runCases } from '../cases.ts'

const FRESH: PasswordPolicy = {
  minLength: 6,
  requireLetters: false,
  requireSpecialCharacters: false,
  requireMixedCase: false,
  requireDigits: false,
}
const STRICT: PasswordPolicy = {
  minLength: 10,
  requireLetters: true,
  requireSpecialCharacters: true,
  requireMixedCase: true,
  requireDigits: true,
}

describe('the password policy', () => {
  const read = 'GET /get/passwordpolicy'
  runCases([
    {
      recording: '049-get-passwordpolicy-default',
      call: (client) => client.passwordPolicy.get(),
      result: FRESH,
    },
    {
      recording: '051-edit-passwordpolicy',
      call: (client) => client.passwordPolicy.set(STRICT, { readBack: true }),
      others: { [read]: [{ recording: '052-get-passwordpolicy-after-edit' }] },
    },
    {
      recording: '051-edit-passwordpolicy',
      call: (client) => client.passwordPolicy.set(STRICT, { readBack: true }),
      others: { [read]: [{ recording: '054-get-passwordpolicy-after-small' }] },
      error: { code: 'not_as_intended', message: /requireLetters/ },
    },
    {
      recording: '052-get-passwordpolicy-after-edit',
      call: (client) => client.passwordPolicy.get(),
      result: STRICT,
    },
    // mailcow reports success for a length of 2 and keeps the old one.
    {
      recording: '053-edit-passwordpolicy-length-too-small',
      call: (client) => client.passwordPolicy.set({ ...FRESH, minLength: 2 }),
      unsent: 'usage',
    },
    {
      recording: '054-get-passwordpolicy-after-small',
      call: (client) => client.passwordPolicy.get(),
      result: { ...FRESH, minLength: 10 },
    },
    {
      recording: '509-add-mailbox-wildcard-policy',
      call: (client) => client.passwordPolicy.set(STRICT),
      ours: ['items'],
    },
  ])
})

const FAIL2BAN: Fail2ban = {
  banTimeSeconds: 1800,
  maxBanTimeSeconds: 10_000,
  banTimeIncrement: true,
  maxAttempts: 10,
  retryWindowSeconds: 600,
  netbanIpv4: 32,
  netbanIpv6: 128,
  allowList: [],
  denyList: [],
  manageExternal: false,
  banlistId: '3b1f0c6e-0000-4000-8000-000000000001',
  activeBans: [],
  permanentBans: [],
}

describe('fail2ban', () => {
  runCases([
    { recording: '435-get-fail2ban', call: (client) => client.fail2ban.get(), result: FAIL2BAN },
    like('438-get-fail2ban-after', (client) => client.fail2ban.get(), {
      banTimeSeconds: 86_400,
      maxAttempts: 5,
      netbanIpv4: 24,
      allowList: ['127.0.0.1', '192.0.2.0/24', '198.51.100.7/32'],
    }),
  ])
})

describe('the status', () => {
  runCases([
    { recording: '044-get-status-version', call: (client) => client.status.version(), result: '2026-07a' },
    { recording: '522-infra-back', call: (client) => client.status.version(), result: '2026-07a' },
    like('045-get-status-containers', async (client) => (await client.status.containers()).slice(0, 2), [
      {
        name: 'unbound-mailcow',
        state: 'running',
        startedAt: new Date('2026-11-24T12:21:05Z'),
        image: 'ghcr.io/mailcow/unbound:stub',
      },
      { name: 'mysql-mailcow', state: 'running' },
    ]),
    {
      recording: '046-get-status-vmail',
      call: (client) => client.status.vmail(),
      result: { disk: '/dev/vda', used: '29G', total: '271G', usedPercent: 27 },
    },
    {
      recording: '047-get-status-host',
      call: (client) => client.status.host(),
      result: {
        cpuCores: 2,
        cpuUsagePercent: 1,
        memoryTotalBytes: 25_000_000_000,
        memoryUsagePercent: 10,
        uptimeSeconds: 1000,
        systemTime: '24.11.2026 12:24:35',
        architecture: 'x86_64',
      },
    },
    {
      recording: '048-get-status-unknown',
      call: (client) => client.status.version(),
      onlyAnswer: true,
      error: { code: 'empty_answer', effect: 'none' },
    },
  ])
})
