import { deliver } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  cutover,
  migrate,
  type MigrateDomain,
  type MigrateOptions,
  plan,
  rollback,
  status,
  type StatusDomain,
} from '../src/index.ts'
import { type MailFlowBed, startMailFlowBed } from './support/mail-flow-bed.ts'
import { notifying } from './support/notices.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const DOMAIN = 'example.at'
const BROKEN = 'kaputt.example'
const inventory = {
  domains: [
    {
      domain: DOMAIN,
      mailboxes: [{ address: `anna@${DOMAIN}` }, { address: `bob@${DOMAIN}` }],
      aliases: [{ address: `info@${DOMAIN}`, targets: [`anna@${DOMAIN}`] }],
    },
    {
      domain: BROKEN,
      mailboxes: [{ address: `carl@${BROKEN}` }],
      aliases: [
        { address: `one@${BROKEN}`, targets: [`two@${BROKEN}`] },
        { address: `two@${BROKEN}`, targets: [`one@${BROKEN}`] },
      ],
    },
  ],
}

const DAY_MS = 86_400_000
const START = Date.now()

let bed: MailFlowBed
let now = new Date(START)
/** At other hours than these, once it is set. */
let hours: readonly { readonly from: number; readonly to: number }[] | undefined

async function run(
  domains: readonly string[],
  options: MigrateOptions = {},
): Promise<readonly MigrateDomain[]> {
  await using migration = await open()
  return (await migrate(migration, domains, options)).domains
}

function open() {
  return bed.open({
    now: () => now,
    change: (config) => {
      const changed = notifying(bed.testbed, DOMAIN)(config)
      return hours === undefined ? changed : { ...changed, hours }
    },
  })
}

async function statusOf(domain: string): Promise<StatusDomain> {
  await using migration = await open()
  const [found] = (await status(migration, [domain])).domains
  if (found === undefined) throw new Error('no status')
  return found
}

const outcomes = ({ stages }: MigrateDomain): readonly string[] =>
  stages.map(({ stage, outcome }) => `${stage} ${outcome}`)

beforeAll(async () => {
  bed = await startMailFlowBed(inventory)
  await deliver(bed.testbed.old.lmtp, { to: `anna@${DOMAIN}`, raw: 'Subject: one\r\n\r\none\r\n' })
})
afterAll(() => bed[Symbol.asyncDispose]())

// One move, in its order: each builds on the one before.
describe('migrate', () => {
  it('shows what it would run, and runs nothing', async () => {
    const [domain] = await run([DOMAIN], { dryRun: true, until: 'copy' })
    expect(outcomes(domain!)).toEqual([
      'survey planned',
      'warn planned',
      'provision planned',
      'prepare planned',
      'copy planned',
    ])
    expect((await statusOf(DOMAIN)).stage).toBe('new')
  })

  it('goes to the stage that was named', async () => {
    const [domain] = await run([DOMAIN], { until: 'survey' })
    expect(domain).toMatchObject({ outcome: 'done', next: `mailmove warn ${DOMAIN}` })
    expect(bed.testbed.sink.messages()).toHaveLength(0)
  })

  it('goes to the next gate: one domain waits for its users, the other for a decision', async () => {
    const [good, broken] = await run([DOMAIN, BROKEN])
    expect(outcomes(good!)).toEqual([
      'survey skipped',
      'warn done',
      'provision done',
      'prepare done',
      'copy done',
      'verify done',
      'export done',
    ])
    expect(good).toMatchObject({
      outcome: 'stopped',
      reason: 'waits',
      waitsFor: [
        { reason: 'ttl', until: new Date(START + 1000).toISOString() },
        { reason: 'warning', until: new Date(START + 5 * DAY_MS).toISOString() },
      ],
    })
    expect(broken).toMatchObject({ outcome: 'stopped', reason: 'findings' })
    expect(outcomes(broken!)).toEqual(['survey done'])
    expect(broken!.blockedBy.map(({ code }) => code)).toContain('alias-loop')
    const { mailFlow, next } = await statusOf(DOMAIN)
    expect(next).toBe(`mailmove cutover ${DOMAIN}`)
    expect(mailFlow).toMatchObject({
      state: 'prepared',
      waitsFor: [{ reason: 'ttl' }, { reason: 'warning' }],
    })
  })

  it('knows that a domain nobody hosts cannot be moved, and moves the others', async () => {
    const [unknown, good] = await run(['nobody.example', DOMAIN], { until: 'copy' })
    expect(unknown).toMatchObject({ outcome: 'stopped', reason: 'usage' })
    expect(good).toMatchObject({ outcome: 'done' })
  })

  it('plans the cut-over step by step, although something has to be waited for', async () => {
    await using migration = await open()
    const requests = bed.testbed.new.mailcow.requests.length
    const { cutover: planned } = await plan(migration, DOMAIN)
    expect(planned.obstacle).toBeUndefined()
    expect(planned.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(
      expect.arrayContaining(['ready waiting', 'mailcow-final planned', 'old-relays planned', 'mx planned']),
    )
    const sent = bed.testbed.new.mailcow.requests.slice(requests)
    expect(sent.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('waits for the hours of the configuration after the promised days', async () => {
    now = new Date(START + 5 * DAY_MS + 60_000)
    const from = (now.getHours() * 60 + now.getMinutes() + 60) % 1440
    hours = [{ from, to: (from + 30) % 1440 || 1440 }]
    const [domain] = await run([DOMAIN], { yes: true })
    expect(domain).toMatchObject({ outcome: 'stopped', reason: 'waits', waitsFor: [{ reason: 'hours' }] })
    const until = new Date(domain!.waitsFor[0]!.until)
    expect(until > now).toBe(true)
    expect(until.getHours() * 60 + until.getMinutes()).toBe(from)
    hours = undefined
  })

  it('does not cut over before somebody has said yes', async () => {
    const [domain] = await run([DOMAIN])
    expect(domain).toMatchObject({
      outcome: 'stopped',
      reason: 'confirmation',
      next: `mailmove migrate ${DOMAIN} --yes`,
    })
    expect((await statusOf(DOMAIN)).mailFlow?.state).toBe('prepared')
  })

  it('cuts over, and looks for late mail', async () => {
    const [domain] = await run([DOMAIN], { yes: true })
    expect(domain!.message).toBeUndefined()
    expect(outcomes(domain!).slice(-2)).toEqual(['cutover done', 'catchup done'])
    expect(domain).toMatchObject({ outcome: 'done', next: `mailmove catchup ${DOMAIN}` })
    expect(await statusOf(DOMAIN)).toMatchObject({
      stage: 'catchup',
      mailFlow: { state: 'moved', waitsFor: [] },
      next: `mailmove catchup ${DOMAIN}`,
    })
  })

  it('only looks for late mail from then on, and says when it is over', async () => {
    now = new Date(now.getTime() + 8 * DAY_MS)
    const [domain] = await run([DOMAIN])
    expect(outcomes(domain!)).toEqual(['catchup done'])
    const { mailFlow, next } = await statusOf(DOMAIN)
    expect(mailFlow?.state).toBe('over')
    expect(next).toBeUndefined()
  })

  it('says of a domain that was taken back that it was, and how to begin again', async () => {
    await using migration = await open()
    const report = await rollback(migration, [DOMAIN])
    expect(report.domains[0]).toMatchObject({ final: 'old' })
    const found = await statusOf(DOMAIN)
    expect(found).toMatchObject({ stage: 'rollback', mailFlow: { state: 'taken-back' } })
    expect(found.openActions.map(({ command }) => command)).toContain(`mailmove cutover ${DOMAIN}`)
  })
})

it('waits for the TTL that the records had, also when it is run again', async () => {
  await using other = await startMailFlowBed(inventory, { dnsTtl: 3600 })
  await using migration = await other.open({ now: () => now })
  await migrate(migration, [DOMAIN], { until: 'provision' })
  const first = await cutover(migration, [DOMAIN], { prepare: true })
  const until = first.domains[0]!.steps.at(-1)!.until!
  expect(new Date(until).getTime() - now.getTime()).toBe(3600_000)
  const again = await cutover(migration, [DOMAIN], { prepare: true })
  expect(again.domains[0]).toMatchObject({ outcome: 'waiting', steps: [{ step: 'dns-prepare', until }] })
  const [found] = (await status(migration, [DOMAIN])).domains
  expect(found?.mailFlow?.waitsFor).toMatchObject([{ reason: 'ttl', until }])
})
