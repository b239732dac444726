import type { DomainDetails, Finding, StatusDomain, StatusMailbox, StatusReport } from '@iteg/migration'

const at = '2026-11-24T20:00:00.000Z'

/** What a stranger may call a mailbox, a folder or a stage's message. */
export const hostile =
  '<img src=x onerror=alert(1)><script>alert(2)</script>"onmouseover="alert(3)\u202Etxt.exe\u0000&amp;'

function finding(severity: Finding['severity'], item: string, message: string): Finding {
  return { code: 'over-quota', severity, domain: 'example.at', item, message, remedy: 'Give it more.' }
}

const mailboxes: readonly StatusMailbox[] = [
  {
    mailbox: 'anna@example.at',
    state: 'copying',
    size: { messages: 12_345, bytes: 6.1 * 2 ** 30 },
    newQuotaBytes: 5 * 2 ** 30,
    problem: 'The mailbox holds 6.1 GiB, which is more than the 5 GiB it would get on mailcow.',
  },
  {
    mailbox: 'office@example.at',
    state: 'verified',
    size: { messages: 900, bytes: 4.8 * 2 ** 30 },
    newQuotaBytes: 5 * 2 ** 30,
    copied: { at, messages: 900, setAside: 2 },
    verified: { at, equal: true },
    handedOverAt: at,
  },
  {
    mailbox: `${hostile}@example.at`,
    state: 'copied',
    size: { messages: 3, bytes: 4096 },
    newQuotaBytes: 2 ** 30,
    copied: { at, messages: 3, setAside: 0 },
    verified: { at, equal: false },
    problem: hostile,
  },
  { mailbox: 'neu@example.at', state: 'known' },
]

const sampleDomain: StatusDomain = {
  domain: 'example.at',
  stage: 'provision',
  since: at,
  running: 'mailmove copy example.at (process 4711 on host)',
  mailboxes,
  totals: {
    mailboxes: 4,
    provisioned: 3,
    copied: 2,
    verified: 1,
    size: { messages: 13_248, bytes: 10.9 * 2 ** 30 },
  },
  counts: { red: 1, yellow: 1, info: 0, accepted: 1 },
  blockedBy: [finding('red', 'anna@example.at', 'Too large.')],
  openActions: [
    {
      message: `The folder ${hostile} is new.`,
      command: `mailmove accept example.at folder-new '${hostile}' --reason "..."`,
    },
    { message: 'Reload Postfix on mailcow.' },
  ],
  next: 'mailmove copy example.at',
}

function domain(name: string, change: Partial<StatusDomain>): StatusDomain {
  return {
    domain: name,
    stage: 'new',
    mailboxes: [],
    totals: { mailboxes: 0, provisioned: 0, copied: 0, verified: 0, size: { messages: 0, bytes: 0 } },
    counts: { red: 0, yellow: 0, info: 0, accepted: 0 },
    blockedBy: [],
    openActions: [],
    ...change,
  }
}

export const sampleStatus: StatusReport = {
  schema: 'mailmove.status/1',
  at,
  domains: [
    sampleDomain,
    domain('kanzlei-steiner.at', {
      stage: 'warn',
      warned: { warnedAt: at, daysAhead: 5, cutoverFrom: '2026-11-29T20:00:00.000Z' },
      totals: { mailboxes: 7, provisioned: 7, copied: 7, verified: 7, size: { messages: 9, bytes: 2 ** 31 } },
    }),
    domain('gasthof-post.at', {
      stage: 'survey',
      blockedBy: sampleDomain.blockedBy,
      counts: { red: 3, yellow: 0, info: 0, accepted: 0 },
      next: 'mailmove survey gasthof-post.at',
    }),
    domain('xn--mller-kva.at', { next: 'mailmove survey xn--mller-kva.at' }),
    domain('tischlerei-mit-einem-sehr-langen-namen-der-kaum-in-eine-zeile-passt.example.at', {
      stage: 'catchup',
      totals: { mailboxes: 1, provisioned: 1, copied: 1, verified: 1, size: { messages: 9, bytes: 2 ** 31 } },
    }),
  ],
}

const minute = (n: number) => new Date(Date.parse(at) + n * 60_000).toISOString()

export const sampleDetails: DomainDetails = {
  schema: 'mailmove.domain/1',
  at,
  status: sampleDomain,
  findings: [
    finding('red', 'anna@example.at', 'Too large.'),
    finding('yellow', hostile, hostile),
    { ...finding('red', 'x', 'Known.'), accepted: { at, by: 'root', reason: hostile } },
  ],
  stages: [
    { stage: 'survey', state: 'done', startedAt: at, endedAt: minute(1), summary: '4 mailboxes' },
    { stage: 'copy', state: 'running', startedAt: at },
    { stage: 'verify', state: 'failed', startedAt: at, endedAt: minute(2), summary: hostile },
  ],
  steps: [
    { way: 'forward', step: 'ready', startedAt: at, doneAt: minute(1), message: hostile },
    { way: 'forward', step: 'mx', startedAt: at },
  ],
  notices: [
    { recipient: hostile, kind: 'pre-warning', via: 'append', at, outcome: 'delivered' },
    {
      recipient: 'anna@example.at',
      kind: 'reminder',
      occasion: '1',
      via: 'smtp',
      at,
      outcome: 'failed',
      message: hostile,
    },
  ],
  verifications: [{ at, coverage: 'full', green: true, digest: 'ab'.repeat(32) }],
  adoption: {
    at: minute(5000),
    mailboxes: [
      { mailbox: 'office@example.at', state: 'done', ownPasswordSince: minute(10), reminders: 0 },
      { mailbox: 'neu@example.at', state: 'done', ownPasswordSince: minute(3000), reminders: 1 },
      { mailbox: hostile, state: 'waiting', reminders: 2, lastOldLogin: minute(9) },
    ],
  },
  progress: {
    mailboxes: [
      {
        mailbox: 'anna@example.at',
        stage: 'copy',
        state: 'waiting',
        startedAt: at,
        at: minute(3),
        done: { messages: 6000, bytes: 2 ** 31 },
        total: { messages: 12_345, bytes: 6 * 2 ** 30 },
        message: `The old server asks for patience: ${hostile}`,
      },
    ],
    runs: [
      {
        stage: 'copy',
        startedAt: at,
        total: { messages: 13_248, bytes: 10 * 2 ** 30 },
        samples: [0, 1, 2, 3, 4, 5].map((n) => ({
          at: minute(n),
          messages: n * 1200,
          bytes: n * n * 2 ** 27,
        })),
      },
    ],
  },
}
