import type {
  AcceptReport,
  CheckReport,
  CopyReport,
  ExportReport,
  Finding,
  PlannedAction,
  PlanReport,
  ProvisionReport,
  StatusReport,
  SurveyReport,
  VerifyReport,
} from '@iteg/migration'

const at = '2026-11-24T20:00:00.000Z'

const overQuota: Finding = {
  code: 'over-quota',
  severity: 'red',
  domain: 'example.at',
  item: 'anna@example.at',
  message: 'The mailbox holds 6.1 GiB, which is more than the 5 GiB it would get on mailcow.',
  remedy:
    'Give it more in the configuration (domains, mailboxes, quota) or run mailmove accept example.at over-quota.',
}
const merged: Finding = {
  code: 'folder-merged',
  severity: 'info',
  domain: 'example.at',
  item: 'jörg@example.at: Gesendet',
  message: 'Gesendet and Sent become one folder, Sent.',
  remedy: 'Nothing to do.',
}

export const survey: SurveyReport = {
  schema: 'mailmove.survey/1',
  at,
  domains: [
    {
      domain: 'example.at',
      stage: 'survey',
      mailboxes: [
        {
          address: 'anna@example.at',
          name: 'Anna Müller',
          active: true,
          skipped: false,
          oldQuotaBytes: 5 * 2 ** 30,
          newQuotaBytes: 5 * 2 ** 30,
          size: { messages: 12_345, bytes: 6.1 * 2 ** 30 },
          folders: [{ source: 'INBOX', target: 'INBOX', messages: 12_345 }],
          addressBooks: { books: 2, contacts: 12, groups: 1, collected: 3 },
          onMailcow: 'absent',
        },
        {
          address: 'jörg@example.at',
          active: false,
          skipped: false,
          oldQuotaBytes: null,
          newQuotaBytes: 5 * 2 ** 30,
          folders: [],
          onMailcow: 'ours',
        },
      ],
      aliases: 1,
      forwards: 2,
      catchAll: true,
      aliasDomains: ['example.co.at'],
      totals: {
        mailboxes: 2,
        folders: 1,
        filters: 0,
        addressBooks: 2,
        contacts: 15,
        messages: 12_345,
        bytes: 6.1 * 2 ** 30,
      },
      findings: [merged, overQuota],
      counts: { red: 1, yellow: 0, info: 1, accepted: 0 },
      next: 'mailmove plan example.at',
    },
  ],
  skipped: [{ domain: 'example.org', reason: 'Another run works on it.' }],
  counts: { red: 1, yellow: 0, info: 1, accepted: 0 },
  next: 'mailmove plan example.at',
}

const addHost: PlannedAction = {
  kind: 'add-forwarding-host',
  item: '192.0.2.10',
  host: '192.0.2.10',
  filterSpam: true,
}
const addMailbox: PlannedAction = {
  kind: 'add-mailbox',
  item: 'anna@example.at',
  address: 'anna@example.at',
  name: 'Anna Müller',
  quotaBytes: 5 * 2 ** 30,
  password: 'own',
}
const addAlias: PlannedAction = {
  kind: 'add-alias',
  item: 'office@example.at',
  address: 'office@example.at',
  targets: ['anna@example.at', 'extern@example.net'],
  active: false,
  senderAllowed: true,
}

export const plan: PlanReport = {
  schema: 'mailmove.plan/1',
  at,
  domain: 'example.at',
  stage: 'survey',
  provision: [addHost, addMailbox, addAlias],
  unchanged: 1,
  copy: {
    phase: 'mirror',
    mailboxes: [
      {
        mailbox: 'anna@example.at',
        messages: 7,
        folders: [{ source: 'INBOX.Entwürfe', target: 'Drafts', messages: 7 }],
      },
    ],
    messages: 7,
  },
  cutover: {
    steps: [
      {
        step: 'ready',
        title: 'Everything is ready',
        outcome: 'waiting',
        message: 'Something is missing before the cut-over may begin:',
        lines: ['copy has not ended well: mailmove copy example.at'],
      },
    ],
  },
  findings: [overQuota],
  blocked: true,
  next: 'mailmove accept example.at over-quota',
}

export const provision: ProvisionReport = {
  schema: 'mailmove.provision/1',
  at,
  dryRun: false,
  ok: false,
  domains: [
    {
      domain: 'example.at',
      outcome: 'partial',
      actions: [
        { action: addHost, outcome: 'done' },
        {
          action: addMailbox,
          outcome: 'failed',
          message: 'mailcow: mailbox_quota_exceeded',
        },
        { action: addAlias, outcome: 'blocked' },
      ],
      changed: 1,
      unchanged: 0,
      remaining: [addMailbox, addAlias],
      blockedBy: [],
      findings: [],
      next: 'mailmove provision example.at',
    },
  ],
}

const fates = { copied: 5, alreadyThere: 1, setAside: 1, excluded: 0, vanished: 0 }
export const copy: CopyReport = {
  schema: 'mailmove.copy/1',
  at,
  dryRun: false,
  durationMs: 61_000,
  ok: false,
  totals: { ...fates, sourceMessages: 7, bytesCopied: 2048 },
  domains: [
    {
      domain: 'example.at',
      phase: 'mirror',
      outcome: 'partial',
      totals: { ...fates, sourceMessages: 7, bytesCopied: 2048 },
      next: 'mailmove copy example.at',
      mailboxes: [
        {
          mailbox: 'anna@example.at',
          outcome: 'done',
          folders: [],
          fates,
          sourceMessages: 7,
          bytesCopied: 2048,
          setAside: [
            {
              folder: 'INBOX',
              uid: 12,
              subject: 'Grüße',
              reason: 'the new server refuses it',
              file: '/data/12.eml',
            },
          ],
          warnings: ['the keyword $Label1 was refused'],
          durationMs: 1000,
        },
        {
          mailbox: 'jörg@example.at',
          outcome: 'failed',
          folders: [],
          fates: { copied: 0, alreadyThere: 0, setAside: 0, excluded: 0, vanished: 0 },
          sourceMessages: 0,
          bytesCopied: 0,
          setAside: [],
          warnings: [],
          durationMs: 10,
          failure: {
            code: 'auth',
            message: 'The old server refuses the login.',
            remedy: 'Run mailmove check.',
          },
        },
      ],
    },
  ],
}

export const verify: VerifyReport = {
  schema: 'mailmove.verify/1',
  at,
  ok: false,
  domains: [
    {
      domain: 'example.at',
      outcome: 'different',
      full: false,
      phase: 'mirror',
      digest: 'ab'.repeat(32),
      next: 'mailmove copy example.at',
      totals: { sourceMessages: 7, targetMessages: 6, matched: 6, bytes: 2048, differences: 1 },
      mailboxes: [
        {
          mailbox: 'anna@example.at',
          outcome: 'different',
          sourceMessages: 7,
          targetMessages: 6,
          matched: 6,
          bytes: 2048,
          explained: 0,
          extras: 0,
          goneSince: 0,
          differences: [
            {
              kind: 'missing',
              folder: 'INBOX',
              uid: 7,
              subject: 'Rechnung',
              detail: 'Not on the new server.',
            },
          ],
          differenceCount: 1,
        },
      ],
    },
  ],
}

export const status: StatusReport = {
  schema: 'mailmove.status/1',
  at,
  domains: [
    {
      domain: 'example.at',
      stage: 'survey',
      mailboxes: [
        {
          mailbox: 'anna@example.at',
          state: 'surveyed',
          size: { messages: 7, bytes: 2048 },
          newQuotaBytes: 5 * 2 ** 30,
          problem: 'over quota',
        },
      ],
      totals: { mailboxes: 1, provisioned: 0, copied: 0, verified: 0, size: { messages: 7, bytes: 2048 } },
      counts: { red: 1, yellow: 0, info: 0, accepted: 0 },
      blockedBy: [overQuota],
      openActions: [
        {
          message: 'Reload Postfix on mailcow.',
          command: 'docker compose exec postfix-mailcow postfix reload',
        },
      ],
      mailFlow: {
        state: 'prepared',
        waitsFor: [{ reason: 'warning', message: 'The users were promised 5 days.', until: at }],
      },
      next: 'mailmove provision example.at',
    },
  ],
}

export const check: CheckReport = {
  schema: 'mailmove.check/1',
  at,
  ok: false,
  refusedLogins: 1,
  results: [
    {
      subject: 'old.imap',
      status: 'ok',
      target: 'imaps://mailhaus.example:993',
      detail: 'Dovecot, TLS 1.3',
      facts: { greeting: 'Dovecot ready' },
    },
    {
      subject: 'old.imap.master',
      status: 'failed',
      target: 'migrator',
      detail: 'The old server refuses the login of the master user.',
      remedy: 'Look at OLD_MASTER_PASSWORD.',
      facts: {},
    },
  ],
}

const exportTotals = {
  mailboxes: 3,
  withScripts: 1,
  scripts: 2,
  active: 1,
  rewritten: 1,
  refused: 0,
  installed: 1,
  withContacts: 1,
  contacts: 318,
  imported: 1,
}

export const exported: ExportReport = {
  schema: 'mailmove.export/1',
  at,
  dryRun: false,
  directory: '/srv/mailmove/exports',
  source: 'managesieve',
  domains: [
    {
      domain: 'example.at',
      outcome: 'partial',
      mailboxes: [
        {
          mailbox: 'anna@example.at',
          outcome: 'done',
          language: 'de',
          directory: '/srv/mailmove/exports/anna@example.at',
          filters: {
            scripts: [
              {
                name: 'Abwesenheit ü',
                state: 'present',
                active: true,
                listed: true,
                bytes: 120,
                original: '/srv/mailmove/exports/anna@example.at/sieve/original/^abwesenheit ü.sieve',
                rewritten: '/srv/mailmove/exports/anna@example.at/sieve/rewritten/^abwesenheit ü.sieve',
                verdict: 'accepted',
                remarks: [],
                changes: ['Line 2: "INBOX.A" → "A": The folder has this name on the new server.'],
                notes: [],
                losses: [],
                spamOnly: false,
              },
              {
                name: 'alt',
                state: 'present',
                active: false,
                listed: true,
                bytes: 12,
                original: '/srv/mailmove/exports/anna@example.at/sieve/original/alt.sieve',
                verdict: 'unchecked',
                reason: 'The mailbox is not on mailcow yet.',
                remarks: [],
                changes: [],
                notes: [],
                losses: [],
                spamOnly: false,
              },
              {
                name: 'gone',
                state: 'removed',
                active: false,
                listed: true,
                bytes: 12,
                original: '/srv/mailmove/exports/anna@example.at/sieve/original/gone.sieve',
                remarks: [],
                changes: [],
                notes: [],
                losses: [],
                spamOnly: false,
              },
            ],
            summary: '/srv/mailmove/exports/anna@example.at/sieve/summary.txt',
            warnings: ['The script "x" could not be read: the server says no.'],
            install: {
              outcome: 'installed',
              name: 'mailmove-import',
              active: true,
              message: 'It is on mailcow as "mailmove-import". It is the active one there.',
            },
          },
          addressBooks: {
            books: [
              { kind: 'personal', contacts: 315, groups: 2, repaired: 1, setAside: 0, remarks: [] },
              { kind: 'recipients', contacts: 3, groups: 0, repaired: 0, setAside: 0, remarks: [] },
            ],
            identities: 1,
            responses: 0,
            files: ['/srv/mailmove/exports/anna@example.at/addressbooks/personal.vcf'],
            import: {
              outcome: 'imported',
              message: '3 cards put into SOGo, 315 cards there already.',
              books: [
                {
                  name: 'Verein Süd',
                  present: true,
                  written: 3,
                  updated: 0,
                  unchanged: 315,
                  changedThere: 0,
                  deletedThere: 0,
                  foreign: 0,
                  refused: 0,
                  notes: [],
                },
              ],
            },
          },
        },
        {
          mailbox: 'jörg@example.at',
          outcome: 'failed',
          language: 'de',
          failure: {
            code: 'old-login-refused',
            message: 'The old server refuses the login.',
            remedy: 'Check it, then run mailmove export again.',
          },
        },
        {
          mailbox: 'leer@example.at',
          outcome: 'unchanged',
          language: 'de',
          filters: { scripts: [], warnings: [] },
        },
      ],
      findings: [
        {
          code: 'script-loses',
          severity: 'yellow',
          domain: 'example.at',
          item: 'anna@example.at: alt',
          message: 'Not all of it can be carried over: Line 3: it needs spamtest.',
          remedy: 'Its summary.txt says it all; tell the user if it matters.',
        },
      ],
      totals: exportTotals,
      next: 'mailmove export example.at',
    },
  ],
  globalScripts: ['/srv/mailmove/exports/global/%2fetc%2fsieve/before.sieve'],
  totals: exportTotals,
  durationMs: 1234,
  ok: false,
}

export const accepted: AcceptReport = {
  schema: 'mailmove.accept/1',
  at,
  domain: 'example.at',
  code: 'over-quota',
  reason: 'tidies up herself',
  accepted: [{ ...overQuota, accepted: { at, reason: 'tidies up herself' } }],
  remaining: [overQuota],
  next: 'mailmove provision example.at',
}
