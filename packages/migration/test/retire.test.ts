import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { deliver } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  archive,
  catchup,
  type Config,
  copy,
  cutover,
  exportDomains,
  type Migration,
  provision,
  retire,
  survey,
  verify,
} from '../src/index.ts'
import { type MailFlowBed, startMailFlowBed } from './support/mail-flow-bed.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const DOMAIN = 'example.at'
const ANNA = `anna@${DOMAIN}`
const DAY_MS = 86_400_000
const inventory = {
  domains: [
    {
      domain: DOMAIN,
      mailboxes: [{ address: ANNA, name: 'Anna' }, { address: `bob@${DOMAIN}` }],
      aliases: [{ address: `info@${DOMAIN}`, targets: [ANNA] }],
      aliasDomains: ['example.co.at'],
    },
  ],
}

let bed: MailFlowBed
let later: Migration

/** The old server's log of logins, and a clock that is 40 days ahead. */
function withLog(config: Config): Config {
  return { ...config, old: { ...config.old, loginLog: path.join(bed.folder, 'dovecot.log') } }
}

beforeAll(async () => {
  bed = await startMailFlowBed(inventory)
  for (let count = 1; count <= 5; count += 1)
    await deliver(bed.testbed.old.lmtp, { to: ANNA, raw: `Subject: ${count}\r\n\r\nmail ${count}\r\n` })
  const migration = await bed.open()
  await survey(migration, [DOMAIN])
  await provision(migration, [DOMAIN])
  await copy(migration, [DOMAIN])
  await verify(migration, [DOMAIN])
  await exportDomains(migration, [DOMAIN])
  await vi.waitFor(
    async () => {
      const report = await cutover(migration, [DOMAIN], { unwarned: true })
      if (report.domains[0]?.outcome !== 'done') throw new Error('the cut-over still waits')
    },
    { timeout: 90_000, interval: 1000 },
  )
  // The hand-over mails were put into the old mailboxes: the first look may find something.
  await catchup(migration, [DOMAIN])
  await catchup(migration, [DOMAIN])
  await migration.close()
  const stamp = new Date().toISOString().slice(0, 19).replace('T', ' ')
  await writeFile(
    path.join(bed.folder, 'dovecot.log'),
    `${stamp} imap-login: Info: Login: user=<${ANNA}>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=12, TLS, session=<abc>\n`,
  )
  later = await bed.open({ change: withLog, now: () => new Date(Date.now() + 40 * DAY_MS) })
})
afterAll(async () => {
  await later.close()
  await bed[Symbol.asyncDispose]()
})

const failed = (report: Awaited<ReturnType<typeof retire>>): readonly string[] =>
  report.checks.filter(({ ok }) => !ok).map(({ check }) => check)

describe('retire', () => {
  it('says no right after the cut-over, and why', async () => {
    await using now = await bed.open()
    const report = await retire(now)
    expect(report).toMatchObject({ answer: 'no', ok: false, steps: [] })
    expect(failed(report)).toEqual(['month', 'logins', 'deliveries', 'archives', 'sample'])
    for (const { ok, remedy } of report.checks) expect(ok || remedy !== undefined).toBe(true)
  })

  it('says no to --finish too, and does nothing', async () => {
    const requests = bed.testbed.new.mailcow.requests.length
    const report = await retire(later, { finish: true })
    expect(report).toMatchObject({ answer: 'no', steps: [] })
    expect(failed(report)).toEqual(['deliveries', 'archives', 'sample'])
    const sent = bed.testbed.new.mailcow.requests.slice(requests)
    expect(sent.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('says yes when all of it is proven', async () => {
    await catchup(later, [DOMAIN])
    expect(await archive(later, [DOMAIN])).toMatchObject({ ok: true })
    const report = await retire(later)
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(report).toMatchObject({ answer: 'yes', ok: true })
    expect(report.checks.find(({ check }) => check === 'sample')?.message).toContain('5 messages')
  })

  it('sees a message that is in the old mailbox and not in its archive', async () => {
    await bed.testbed.settled()
    await deliver(bed.testbed.old.lmtp, { to: ANNA, raw: 'Subject: late\r\n\r\nlate\r\n' })
    const report = await retire(later)
    expect(failed(report)).toEqual(['sample'])
    await archive(later, [DOMAIN], { again: true })
    expect(await retire(later)).toMatchObject({ answer: 'yes' })
  })

  it('shows what it would take away', async () => {
    const requests = bed.testbed.new.mailcow.requests.length
    const report = await retire(later, { finish: true, dryRun: true })
    expect(report.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'app-passwords unchanged',
      'dns planned',
      'relay planned',
      'forwarding-hosts planned',
    ])
    const sent = bed.testbed.new.mailcow.requests.slice(requests)
    expect(sent.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('takes it away, each read back, and has nothing left to do afterwards', async () => {
    const report = await retire(later, { finish: true })
    expect(report.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'app-passwords unchanged',
      'dns done',
      'relay done',
      'forwarding-hosts done',
    ])
    const client = await later.mailcow()
    expect(await client.forwardingHosts.list()).toEqual([])
    const texts = (await bed.testbed.dns.resolver.resolveTxt(DOMAIN)).flat()
    const spf = texts.find((text) => text.startsWith('v=spf1')) ?? ''
    for (const address of bed.config.old.outgoingAddresses) expect(spf).not.toContain(address)
    const again = await retire(later, { finish: true })
    expect(again.steps.map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ])
  })
})
