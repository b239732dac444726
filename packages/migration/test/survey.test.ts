import { fillMailbox, type SampleMessage } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accept,
  domainConfig,
  type Finding,
  type MailboxConfig,
  status,
  survey,
  type SurveyDomain,
  UsageError,
} from '../src/index.ts'
import { type Bed, startBed, writesSince } from './support/bed.ts'

const DOMAIN = 'problems.example'
const MIB = 1024 * 1024
const INVENTORY = {
  domains: [
    {
      domain: DOMAIN,
      mailboxes: [
        { address: `full@${DOMAIN}`, quotaBytes: MIB },
        { address: `tight@${DOMAIN}`, quotaBytes: 10 * MIB },
        { address: `settled@${DOMAIN}`, quotaBytes: MIB },
        { address: `unlimited@${DOMAIN}` },
        { address: `off@${DOMAIN}`, active: false },
        { address: `skipped@${DOMAIN}` },
        { address: `a/b@${DOMAIN}` },
        { address: `nobody@${DOMAIN}` },
        { address: `theirs@${DOMAIN}` },
        { address: `filtered@${DOMAIN}` },
      ],
      aliases: [
        { address: `round@${DOMAIN}`, targets: [`trip@${DOMAIN}`] },
        { address: `trip@${DOMAIN}`, targets: [`round@${DOMAIN}`] },
        { address: `pipe@${DOMAIN}`, targets: ['|/usr/bin/vacation'] },
        { address: `taken@${DOMAIN}`, targets: [`full@${DOMAIN}`] },
        { address: `toskipped@${DOMAIN}`, targets: [`skipped@${DOMAIN}`] },
        { address: `@${DOMAIN}`, targets: [`full@${DOMAIN}`] },
        { address: `filtered@${DOMAIN}`, targets: [`filtered@${DOMAIN}`, 'friend@outside.example'] },
        { address: `both@${DOMAIN}`, targets: [`filtered@${DOMAIN}`, 'friend@outside.example'] },
        { address: `tight@${DOMAIN}`, targets: [`tight@${DOMAIN}`, `full@${DOMAIN}`] },
        { address: `inside@${DOMAIN}`, targets: [`tight@${DOMAIN}`, `full@${DOMAIN}`] },
      ],
      aliasDomains: ['problems-alias.example'],
    },
    { domain: 'aliased.example', mailboxes: [{ address: 'anna@aliased.example' }] },
  ],
}

let bed: Bed
let surveyed: SurveyDomain
let writes: readonly string[]

function message(bytes: number): SampleMessage {
  const head = 'From: a@outside.example\r\nSubject: big\r\nMessage-ID: <big@outside>\r\n\r\n'
  const raw = Buffer.from(head + `${'x'.repeat(70)}\r\n`.repeat(Math.ceil(bytes / 72)))
  return { raw, receivedAt: new Date('2020-01-01T00:00:00Z'), flags: [] }
}

function found(code: string): readonly Finding[] {
  return surveyed.findings.filter((finding) => finding.code === code)
}

/** What the findings under a code are about, sorted; the domain itself is `-`. */
function items(code: string): readonly string[] {
  return found(code)
    .map((finding) => finding.item ?? '-')
    .toSorted()
}

function ofUnlimited(code: string): readonly string[] {
  return items(code).filter((item) => item.startsWith(`unlimited@${DOMAIN}`))
}

beforeAll(async () => {
  bed = await startBed(INVENTORY, { absent: [`nobody@${DOMAIN}`, `a/b@${DOMAIN}`] })
  const { testbed } = bed
  fillMailbox(testbed.old, `full@${DOMAIN}`, new Map([['INBOX', [message(2 * MIB)]]]))
  fillMailbox(testbed.old, `settled@${DOMAIN}`, new Map([['INBOX', [message(2 * MIB)]]]))
  fillMailbox(testbed.old, `tight@${DOMAIN}`, new Map([['INBOX', [message(11 * MIB)]]]))
  const names = ['INBOX', 'Gesendet', 'Sent', 'a~b', 'a/b', 'Ordner', 'ordner']
  fillMailbox(testbed.old, `unlimited@${DOMAIN}`, new Map(names.map((name) => [name, [message(100)]])))
  await using admin = await bed.migration()
  const mailcow = await admin.migration.mailcow()
  const limits = { maxMailboxes: 20, maxAliases: 20, quotaBytes: 100 * 1024 * MIB }
  await mailcow.domains.add({ domain: DOMAIN, active: true, ...limits })
  const mailbox = {
    domain: DOMAIN,
    name: 'Theirs',
    password: 'Their-passw0rd',
    quotaBytes: 100 * MIB,
    active: true,
  }
  await mailcow.mailboxes.add({ ...mailbox, localPart: 'theirs', forcePasswordUpdate: false })
  await mailcow.mailboxes.add({ ...mailbox, localPart: 'filtered', forcePasswordUpdate: false })
  await mailcow.mailboxes.add({ ...mailbox, localPart: 'taken', forcePasswordUpdate: false })
  const alias = { targets: ['theirs@problems.example'], active: true, senderAllowed: true }
  await mailcow.aliases.add({ ...alias, address: `full@${DOMAIN}` })
  await mailcow.aliases.add({ ...alias, address: `@${DOMAIN}` })
  await mailcow.filters.add({
    mailbox: `filtered@${DOMAIN}`,
    type: 'prefilter',
    description: 'by hand',
    script: 'keep;',
    active: true,
  })
  await mailcow.transports.add({ destination: DOMAIN, nexthop: '[somewhere.example]:25', active: true })
  await mailcow.forwardingHosts.add({ host: '127.0.0.1', filterSpam: false })
  for (const domain of ['aliased.example', 'problems-alias.example'])
    await mailcow.aliasDomains.add({ domain, target: DOMAIN, active: true })
  const from = testbed.new.mailcow.requests.length
  await using opened = await bed.migration({
    change: (config) => ({
      ...config,
      quotas: { defaultBytes: 64 * MIB, headroomPercent: 20 },
      domains: new Map([
        [
          DOMAIN,
          {
            ...domainConfig(config, DOMAIN),
            mailboxes: new Map<string, MailboxConfig>([
              [`skipped@${DOMAIN}`, { skip: true }],
              [`settled@${DOMAIN}`, { skip: false, quotaBytes: 40 * MIB }],
            ]),
          },
        ],
      ]),
    }),
  })
  // The domain is there and not ours, which hides what lies behind it: it is let pass first.
  await survey(opened.migration, [DOMAIN])
  await accept(opened.migration, { domain: DOMAIN, code: 'domain-exists', reason: 'made for this move' })
  const report = await survey(opened.migration, [DOMAIN])
  writes = writesSince(testbed, from)
  const [domain] = report.domains
  if (domain === undefined) throw new Error('no domain')
  surveyed = domain
})
afterAll(() => bed[Symbol.asyncDispose]())

describe('survey', () => {
  it('writes to no server', () => {
    expect(writes).toEqual([])
  })

  it('finds what does not fit', () => {
    expect(items('over-quota')).toEqual([`full@${DOMAIN}`])
    expect(found('over-quota')[0]).toMatchObject({
      severity: 'red',
      message: expect.stringContaining('2.0 MiB'),
    })
    expect(found('quota-override')).toMatchObject([
      {
        severity: 'info',
        item: `settled@${DOMAIN}`,
        message: expect.stringMatching(/2\.0 MiB.* 2\.0 MiB .*40 MiB settles it/),
      },
    ])
    expect(items('quota-tight')).toEqual([`tight@${DOMAIN}`])
    expect(items('quota-unlimited')).toContain(`unlimited@${DOMAIN}`)
  })

  it('finds aliases that lead in a circle, into programs, or to what is left out', () => {
    expect(items('alias-loop')).toEqual([`round@${DOMAIN}`, `trip@${DOMAIN}`])
    expect(items('alias-target-unsupported').join(' ')).toContain(`pipe@${DOMAIN}`)
    expect(items('alias-target-dead')).toContain(`toskipped@${DOMAIN} -> skipped@${DOMAIN}`)
    expect(items('catch-all')).toEqual([`@${DOMAIN}`])
    expect(items('external-target-twice')).toEqual([`both@${DOMAIN} -> friend@outside.example`])
    expect(items('target-twice')).toEqual([`inside@${DOMAIN} -> full@${DOMAIN}`])
  })

  it('finds names that mailcow refuses, and mailboxes that cannot be read', () => {
    expect(items('address-refused')).toEqual([`a/b@${DOMAIN}`])
    expect(items('old-login-refused')).toEqual([`nobody@${DOMAIN}`])
    expect(found('old-login-refused')[0]?.severity).toBe('red')
    expect(items('mailbox-inactive')).toEqual([`off@${DOMAIN}`])
    expect(items('alias-inactive')).toEqual([])
    expect(items('mailbox-skipped')).toEqual([`skipped@${DOMAIN}`])
  })

  it('finds folders that are merged, renamed, or hard to tell apart', () => {
    expect(ofUnlimited('folder-merged').length).toBeGreaterThan(0)
    expect(ofUnlimited('folder-collision').join(' ')).toMatch(/ordner/i)
    const folders = surveyed.mailboxes.find((mailbox) => mailbox.address === `unlimited@${DOMAIN}`)?.folders
    const targets = folders?.map((folder) => folder.target)
    expect(targets).toContain('Sent')
    expect(targets).not.toContain('Gesendet')
  })

  it('finds what is on mailcow and not ours', () => {
    const codes = [
      'mailbox-exists',
      'alias-exists',
      'address-is-alias',
      'address-is-mailbox',
      'prefilter-exists',
      'transport-exists',
    ]
    expect(codes.map((code) => [code, items(code)])).toEqual([
      ['mailbox-exists', [`filtered@${DOMAIN}`, `theirs@${DOMAIN}`]],
      ['alias-exists', [`@${DOMAIN}`]],
      ['address-is-alias', [`full@${DOMAIN}`]],
      ['address-is-mailbox', [`taken@${DOMAIN}`]],
      ['prefilter-exists', [`filtered@${DOMAIN}`]],
      ['transport-exists', ['-']],
    ])
    expect(items('alias-domain-exists')).toEqual(['problems-alias.example'])
    expect(found('forwarding-host-unfiltered')[0]?.severity).toBe('yellow')
    expect(found('domain-exists')[0]?.accepted?.reason).toBe('made for this move')
  })

  it('finds that the domain itself is an alias domain there', async () => {
    await using opened = await bed.migration()
    const report = await survey(opened.migration, ['aliased.example'])
    const red = report.domains[0]?.findings.filter((finding) => finding.severity === 'red')
    expect(red).toMatchObject([{ code: 'domain-is-alias-domain', message: expect.stringContaining(DOMAIN) }])
  })

  it('gives every finding an item where there is one, a message and a remedy, each once', () => {
    for (const finding of surveyed.findings) {
      expect(finding.message).toMatch(/[.!?]$/)
      expect(finding.remedy).toMatch(/\S/)
    }
    const names = surveyed.findings.map((finding) => `${finding.code} ${finding.item ?? ''}`)
    expect(new Set(names).size).toBe(names.length)
    expect(surveyed.counts.red).toBe(
      surveyed.findings.filter((finding) => finding.severity === 'red' && finding.accepted === undefined)
        .length,
    )
  })

  it('knows no other domains than those of the inventory, and says which', async () => {
    await using opened = await bed.migration()
    await expect(survey(opened.migration, ['problems-alias.example'])).rejects.toThrow(
      /alias domain of problems/,
    )
    await expect(survey(opened.migration, ['other.example'])).rejects.toThrow(UsageError)
    expect((await status(opened.migration, ['other.example'])).domains).toMatchObject([
      { stage: 'new', next: 'mailmove survey other.example' },
    ])
  })
})

describe('a source that suddenly lists empty', () => {
  it('is red at the next survey', async () => {
    await using opened = await bed.migration()
    await survey(opened.migration, [DOMAIN])
    const { old } = bed.testbed
    await old.doveadm('expunge', '-u', `tight@${DOMAIN}`, 'mailbox', 'INBOX', 'all')
    const report = await survey(opened.migration, [DOMAIN])
    const empty = report.domains[0]?.findings.filter((finding) => finding.code === 'mailbox-sees-nothing')
    expect(empty).toMatchObject([{ severity: 'red', item: `tight@${DOMAIN}` }])
  })
})
