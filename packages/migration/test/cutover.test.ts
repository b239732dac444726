import { deliver } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  catchup,
  copy,
  cutover,
  type CutoverReport,
  exportDomains,
  type Migration,
  provision,
  rollback,
  survey,
  verify,
} from '../src/index.ts'
import { type MailFlowBed, startMailFlowBed } from './support/mail-flow-bed.ts'
import { oldMails } from './support/notices.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const DOMAIN = 'example.at'
const inventory = {
  domains: [
    {
      domain: DOMAIN,
      mailboxes: [
        { address: `anna@${DOMAIN}`, name: 'Anna' },
        { address: `bob@${DOMAIN}`, name: 'Bob' },
        { address: `closed@${DOMAIN}`, active: false },
      ],
      aliases: [
        { address: `info@${DOMAIN}`, targets: [`anna@${DOMAIN}`, `bob@${DOMAIN}`] },
        { address: `bob@${DOMAIN}`, targets: [`bob@${DOMAIN}`, 'friend@outside.example'] },
        { address: `ext@${DOMAIN}`, targets: ['friend@outside.example'] },
      ],
      aliasDomains: ['example.co.at'],
    },
  ],
}

const outcomes = (report: CutoverReport): readonly string[] =>
  report.domains.flatMap(({ steps }) => steps.map(({ step, outcome }) => `${step} ${outcome}`))

async function prepared(bed: MailFlowBed): Promise<Migration> {
  const migration = await bed.open()
  await survey(migration, [DOMAIN])
  await provision(migration, [DOMAIN])
  await copy(migration, [DOMAIN])
  await verify(migration, [DOMAIN])
  await exportDomains(migration, [DOMAIN])
  return migration
}

describe.each([false, true])('a cut-over (inventory from Postfix itself: %s)', (plainPostfix) => {
  let bed: MailFlowBed
  let migration: Migration
  beforeAll(async () => {
    bed = await startMailFlowBed(inventory, { plainPostfix })
    migration = await prepared(bed)
  })
  afterAll(async () => {
    await migration.close()
    await bed[Symbol.asyncDispose]()
  })

  it('shows all of it beforehand, and changes nothing', async () => {
    const requests = bed.testbed.new.mailcow.requests.length
    const report = await cutover(migration, [DOMAIN], { dryRun: true, unwarned: true })
    expect(report.domains[0]).toMatchObject({ outcome: 'planned', final: 'old' })
    expect(outcomes(report)).toContain('old-relays planned')
    const sent = bed.testbed.new.mailcow.requests.slice(requests)
    expect(sent.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('waits until users were warned', async () => {
    const report = await cutover(migration, [DOMAIN])
    expect(report.ok).toBe(false)
    const last = report.domains[0]?.steps.at(-1)
    expect(last?.outcome).toBe('waiting')
  })

  it('goes from the old server to mailcow', async () => {
    // The lowered TTL was a second; then everything runs through.
    await vi.waitFor(
      async () => {
        const report = await cutover(migration, [DOMAIN], { unwarned: true })
        expect(report.domains[0]).toMatchObject({ outcome: 'done', final: 'mailcow' })
      },
      { timeout: 60_000, interval: 1000 },
    )
    const found = await (await migration.mailcow()).domains.get(DOMAIN)
    expect(found).toMatchObject({ backupMx: false, relayAllRecipients: false, relayUnknownOnly: false })
    const mx = await bed.testbed.dns.resolver.resolveMx(DOMAIN)
    expect(mx).toMatchObject([{ exchange: bed.testbed.new.postfix.name, priority: 10 }])
    expect(await bed.testbed.new.docker.calls()).toEqual([
      expect.stringMatching(/postfix reload$/),
      expect.stringMatching(/restart sogo-mailcow acme-mailcow$/),
    ])
  })

  it('has nothing left to do when it is run again', async () => {
    const again = await cutover(migration, [DOMAIN])
    expect(again.ok).toBe(true)
    expect(outcomes(again).filter((text) => text.endsWith(' done'))).toEqual([
      'mailcow-accepts done',
      'old-accepts done',
      'queue-empty done',
      'mx-seen done',
    ])
  })

  it('adds what comes late to an old mailbox, once', async () => {
    await deliver(bed.testbed.old.lmtp, { to: `anna@${DOMAIN}`, raw: 'Subject: late\r\n\r\nlate\r\n' })
    const first = await catchup(migration, [DOMAIN])
    expect(first.domains[0]).toMatchObject({
      ended: false,
      totals: { copied: 1 },
      inactive: plainPostfix ? [] : [`closed@${DOMAIN}`],
    })
    expect(first.domains[0]?.quietSince).toBeUndefined()
    const second = await catchup(migration, [DOMAIN])
    expect(second.domains[0]).toMatchObject({ ended: false, totals: { copied: 0 } })
    expect(second.domains[0]?.quietSince).toBeDefined()
  })

  it('can be taken back; what came to mailcow is in the old mailboxes then', async () => {
    await deliver(bed.testbed.new.lmtp, { to: `bob@${DOMAIN}`, raw: 'Subject: new\r\n\r\non mailcow\r\n' })
    const planned = await rollback(migration, [DOMAIN], { dryRun: true })
    expect(planned.domains[0]?.steps.at(-1)).toMatchObject({
      step: 'told',
      outcome: 'planned',
      message: expect.stringContaining(`anna@${DOMAIN}, bob@${DOMAIN}`),
    })
    const report = await rollback(migration, [DOMAIN])
    expect(report.domains[0]?.steps.find(({ step }) => step === 'mail-back')).toMatchObject({
      outcome: 'done',
      message: expect.stringContaining('1 messages'),
    })
    expect(report.domains[0]?.steps.at(-1)).toMatchObject({ step: 'told', outcome: 'done' })
    expect(report.domains[0]).toMatchObject({ outcome: 'back', final: 'old' })
    const mx = await bed.testbed.dns.resolver.resolveMx(DOMAIN)
    expect(mx.map(({ exchange }) => exchange)).not.toContain(bed.testbed.new.postfix.name)
    const again = await rollback(migration, [DOMAIN])
    expect(again.domains[0]?.steps.find(({ step }) => step === 'mail-back')?.outcome).toBe('unchanged')
    // Whoever was told to use mailcow is told otherwise, in the old mailbox, once; the others hear nothing.
    expect(again.domains[0]?.steps.at(-1)).toMatchObject({ step: 'told', outcome: 'unchanged' })
    for (const mailbox of [`anna@${DOMAIN}`, `bob@${DOMAIN}`]) {
      const mails = await oldMails(bed.testbed, mailbox)
      const notices = mails.filter(({ headers }) => headers.get('auto-submitted') === 'auto-generated')
      expect(notices).toHaveLength(2)
      expect(notices[1]?.subject).toMatch(/alten Server|old server/)
    }
    expect(await oldMails(bed.testbed, `closed@${DOMAIN}`)).toEqual([])
  })
})
