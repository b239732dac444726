import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { announce, provision, Secret, survey } from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed, writesSince } from './support/bed.ts'
import { notifying, recordLastDelta } from './support/notices.ts'
import { provisionInChild } from './support/run-child.ts'

let bed: Bed
let count = 0
let domain = ''
let opened: OpenedMigration

beforeAll(async () => {
  const names = Array.from({ length: 22 }, (_, index) => `spam${index}.example`)
  bed = await startBed({
    domains: names.map((name) => ({
      domain: name,
      spam: { junk: 6, allow: ['*@partner.example'], deny: ['bad@example.net'] },
      mailboxes: [
        {
          address: `anna@${name}`,
          quotaBytes: 10_485_760,
          spam: {
            junk: 4.5,
            reject: 12,
            allow: ['friend@example.net', '*@partner.example', 'a+b@example.net'],
          },
        },
        { address: `bob@${name}`, quotaBytes: 10_485_760 },
      ],
    })),
  })
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(async () => {
  domain = `spam${count}.example`
  count += 1
  opened = await bed.migration({ change: notifying(bed.testbed, domain) })
})

function policies(): readonly string[] {
  return bed.testbed.new.mailcow.state.policies
    .filter(({ object }) => object.endsWith(domain))
    .map(({ object, option, value }) => `${object} ${option} ${value}`)
    .toSorted()
}

function scores(): readonly string[] {
  return bed.testbed.new.mailcow.state.spamScores
    .filter(({ object }) => object.endsWith(domain))
    .map(({ object, low, high }) => `${object} ${low} ${high}`)
    .toSorted()
}

it('puts thresholds and lists on mailcow, each once, and plans nothing the second time', async () => {
  const surveyed = await survey(opened.migration, [domain])
  expect(surveyed.domains[0]?.findings).toContainEqual(
    expect.objectContaining({ code: 'spam-entry-refused', item: `anna@${domain}`, severity: 'yellow' }),
  )
  const planned = await provision(opened.migration, [domain], { dryRun: true })
  expect(planned.domains[0]?.actions.map(({ action }) => action.kind)).toContain('set-spam-score')
  expect(policies()).toEqual([])
  const report = await provision(opened.migration, [domain])
  expect(report).toMatchObject({ ok: true, domains: [{ outcome: 'done', remaining: [] }] })
  expect(policies()).toEqual([
    `anna@${domain} whitelist_from friend@example.net`,
    `${domain} blacklist_from bad@example.net`,
    `${domain} whitelist_from *@partner.example`,
  ])
  expect(scores()).toEqual([`anna@${domain} 4.5 12`, `bob@${domain} 6 15`])
  const from = bed.testbed.new.mailcow.requests.length
  expect((await provision(opened.migration, [domain])).domains[0]).toMatchObject({ outcome: 'unchanged' })
  expect(writesSince(bed.testbed, from)).toEqual([])
  expect(
    bed.testbed.new.mailcow.requests.slice(from).filter(({ path }) => /policy_|spam-score/.test(path)),
  ).toEqual([])
})

it('leaves them to the user afterwards, before and after the hand-over', async () => {
  await survey(opened.migration, [domain])
  await provision(opened.migration, [domain])
  const { state } = bed.testbed.new.mailcow
  state.policies = state.policies.filter(({ object }) => object !== `anna@${domain}`)
  state.spamScores = state.spamScores.filter(({ object }) => object !== `anna@${domain}`)
  const [before, points] = [policies(), scores()]
  await provision(opened.migration, [domain])
  expect([policies(), scores()]).toEqual([before, points])
  await recordLastDelta(opened.migration, domain)
  await announce(opened.migration, [domain])
  await provision(opened.migration, [domain])
  expect([policies(), scores()]).toEqual([before, points])
})

it('leaves alone what is on mailcow already, also on the other list', async () => {
  const client = await opened.migration.mailcow()
  await survey(opened.migration, [domain])
  await provision(opened.migration, [domain], { mailboxes: [`bob@${domain}`] })
  expect(policies()).toEqual([
    `${domain} blacklist_from bad@example.net`,
    `${domain} whitelist_from *@partner.example`,
  ])
  await provision(opened.migration, [domain])
  const taken = { list: 'deny', sender: 'friend@example.net' } as const
  const entry = (await client.policies.listMailbox(`anna@${domain}`, 'allow'))[0]
  if (entry === undefined) throw new Error('no entry')
  await client.policies.deleteMailbox(entry.id)
  await client.policies.addMailbox(`anna@${domain}`, taken)
  expect(await provision(opened.migration, [domain])).toMatchObject({ ok: true })
  expect(policies()).toContain(`anna@${domain} blacklist_from friend@example.net`)
})

it('takes SpamAssassin’s preferences over, from its table and from users’ files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mailmove-spam-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const bob = `bob@${domain}`
  await writeFile(join(folder, bob), 'required_score 9.5\nwhitelist_from mum@example.net\n')
  using database = new DatabaseSync(join(folder, 'sa.sqlite'))
  database.exec('create table userpref (username text, preference text, value text)')
  database
    .prepare('insert into userpref values (?, ?, ?)')
    .run(`anna@${domain}`, 'blacklist_from', 'spammer@example.net')
  await using other = await bed.migration({
    change: (config) => ({
      ...config,
      old: {
        ...config.old,
        spamAssassin: {
          url: new Secret('a test', () => `sqlite:${join(folder, 'sa.sqlite')}`),
          userPrefs: `${folder}/%u`,
        },
      },
    }),
  })
  await survey(other.migration, [domain])
  await provision(other.migration, [domain])
  expect(policies()).toContain(`${bob} whitelist_from mum@example.net`)
  expect(policies()).toContain(`anna@${domain} blacklist_from spammer@example.net`)
  expect(scores()).toEqual([`anna@${domain} 4.5 12`, `${bob} 9.5 15`])
})

const ROUTES = ['add/domain-policy', 'add/mailbox-policy', 'edit/spam-score'] as const
const FAULTS = ['drop-before-write', 'drop-after-write', 'empty200-after-write', 'html502'] as const

/** Until it ended well; then nothing is left to do or to settle. */
async function expectTheEnd(): Promise<void> {
  let ok = false
  for (let run = 1; run <= 3 && !ok; run += 1) ok = (await provision(opened.migration, [domain])).ok
  expect(policies()).toEqual([
    `anna@${domain} whitelist_from friend@example.net`,
    `${domain} blacklist_from bad@example.net`,
    `${domain} whitelist_from *@partner.example`,
  ])
  expect(scores()).toEqual([`anna@${domain} 4.5 12`, `bob@${domain} 6 15`])
  expect((await provision(opened.migration, [domain])).domains[0]).toMatchObject({ outcome: 'unchanged' })
  expect(await (await opened.migration.ledger('write')).writes.open(domain)).toEqual([])
}

it.each(ROUTES.flatMap((route) => FAULTS.map((kind) => ({ route, kind }))))(
  'an answer that is lost is healed: $kind at $route',
  async ({ route, kind }) => {
    await survey(opened.migration, [domain])
    const fault = bed.testbed.new.mailcow.fail({ kind, route })
    await provision(opened.migration, [domain]).catch(() => undefined)
    expect(fault.remaining).toBe(0)
    await expectTheEnd()
  },
)

it.each(ROUTES.flatMap((route) => [true, false].map((arrives) => ({ route, arrives }))))(
  'kill -9 during $route, which arrives: $arrives',
  async ({ route, arrives }) => {
    await survey(opened.migration, [domain])
    const held = bed.testbed.new.mailcow.fail({ kind: 'slow', route })
    const child = provisionInChild(bed.testbed, opened, domain)
    await expect.poll(() => held.remaining, { timeout: 15_000, interval: 5 }).toBe(0)
    child.kill()
    await child.ended
    if (arrives) {
      held.release()
      await (await opened.migration.mailcow()).status.version()
    }
    await expectTheEnd()
  },
)
