import { connect } from '@iteg/imap-sync'
import type { Fault, FaultKind } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { provision, survey } from '../src/index.ts'
import { openKeyFile } from '../src/secrets/key-file.ts'
import { type Bed, type OpenedMigration, startBed, writesSince } from './support/bed.ts'
import { provisionInChild } from './support/run-child.ts'
import { SMALL_WRITES, smallInventory } from './support/small-domain.ts'

const FAULTS: readonly FaultKind[] = [
  'drop-before-write',
  'drop-after-write',
  'empty200-after-write',
  'html502',
]
const LOST = FAULTS.flatMap((kind) => [...new Set(SMALL_WRITES)].map((route) => ({ kind, route })))
/** When the process is killed, relative to the write it was waiting for. */
const KILLS = [
  'never arrives',
  'arrives before the next run',
  'arrives while the next run makes it',
  'arrives after the next run',
] as const
const KILLED = KILLS.flatMap((when) => SMALL_WRITES.map((route, index) => ({ when, route, index })))

function lostDomain(index: number): string {
  return `lost${index}.example`
}

function killedDomain(index: number): string {
  return `killed${index}.example`
}

let bed: Bed
let opened: OpenedMigration

beforeAll(async () => {
  bed = await startBed(
    smallInventory([...LOST.keys().map(lostDomain), ...KILLED.keys().map(killedDomain), 'plain.example']),
  )
  opened = await bed.migration()
  await survey(opened.migration, [])
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

/** Forwarding hosts are shared by all domains: each case starts without. */
function forgetForwardingHosts(): void {
  bed.testbed.new.mailcow.state.forwardingHosts = []
}

/** Everything that mailcow has of a domain, without numbers and times. */
function seen(domain: string): unknown {
  const { domains, transports, mailboxes, aliases, filters, forwardingHosts } = bed.testbed.new.mailcow.state
  const text = (value: string): string => value.replaceAll(domain, 'DOMAIN')
  return {
    forwardingHosts: forwardingHosts.map(({ host, keepSpam }) => ({ host, keepSpam })),
    transports: transports
      .filter((row) => row.destination === domain)
      .map(({ nexthop, active }) => ({ nexthop, active })),
    domain: domains
      .filter((row) => row.domain === domain)
      .map(({ backupmx, relayAllRecipients, relayUnknownOnly, active }) => ({
        backupmx,
        relayAllRecipients,
        relayUnknownOnly,
        active,
      })),
    mailboxes: mailboxes
      .filter((row) => row.domain === domain)
      .map(({ username, name, quota, active, attributes }) => [
        text(username),
        name,
        quota,
        active,
        attributes['force_pw_update'],
      ]),
    aliases: aliases
      .filter((row) => row.domain === domain)
      .map(({ address, goto, active, senderAllowed }) => [text(address), text(goto), active, senderAllowed]),
    // A write that arrives late leaves an inactive twin.
    filters: filters
      .filter((row) => row.username.endsWith(`@${domain}`) && row.active)
      .map(({ username, scriptData }) => [text(username), scriptData]),
  }
}

/** Until it ended well: the second run may be the one that repairs. */
async function provisionToTheEnd(domain: string): Promise<void> {
  for (let run = 1; run <= 3; run += 1) if ((await provision(opened.migration, [domain])).ok) return
  throw new Error(`${domain} was not done after three runs`)
}

/** What a run without any trouble leaves behind. */
async function plainRun(): Promise<unknown> {
  forgetForwardingHosts()
  await provisionToTheEnd('plain.example')
  return seen('plain.example')
}

/** The sealed password opens the mailbox: it is the one that the creation was given. */
async function expectLogin(domain: string): Promise<void> {
  const key = await openKeyFile(opened.config.secrets.key.file, { workDir: opened.workDir })
  const ledger = await opened.migration.ledger('write')
  for (const mailbox of [`anna@${domain}`, `bob@${domain}`]) {
    const password = await ledger.secrets.open(key, { domain, mailbox, purpose: 'initial-password' })
    await using connection = await connect(opened.config.new.imap, {
      user: mailbox,
      password: password ?? '',
    })
    expect(connection.capabilities.size).toBeGreaterThan(0)
  }
}

async function expectNothingLeft(domain: string): Promise<void> {
  const from = bed.testbed.new.mailcow.requests.length
  expect(await provision(opened.migration, [domain])).toMatchObject({
    ok: true,
    domains: [{ outcome: 'unchanged' }],
  })
  expect(writesSince(bed.testbed, from)).toEqual([])
  const ledger = await opened.migration.ledger('write')
  expect(await ledger.writes.open(domain)).toEqual([])
  const mailboxes = await ledger.objects.list(domain, 'mailbox')
  expect(mailboxes.map((object) => object.state)).toEqual(['created', 'created'])
}

describe('an answer that is lost', () => {
  it.each(LOST.map((lost, index) => ({ ...lost, index })))(
    '$kind at $route is healed',
    async ({ kind, route, index }) => {
      const expected = await plainRun()
      const domain = lostDomain(index)
      forgetForwardingHosts()
      const fault = bed.testbed.new.mailcow.fail({ kind, route })
      await provisionToTheEnd(domain)
      expect(fault.remaining).toBe(0)
      expect(seen(domain)).toEqual(expected)
      await expectNothingLeft(domain)
      await expectLogin(domain)
    },
  )
})

/** Starts a child, waits until its write is held back at mailcow's door, and kills it there. */
async function killDuring(domain: string, route: string, skip: number): Promise<Fault> {
  const { mailcow } = bed.testbed.new
  let fault = mailcow.fail({ kind: 'slow', route })
  const child = provisionInChild(bed.testbed, opened, domain)
  for (let passed = 0; ; passed += 1) {
    await isHeld(fault)
    if (passed === skip) break
    const before = fault
    fault = mailcow.fail({ kind: 'slow', route })
    before.release()
  }
  child.kill()
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL' })
  return fault
}

async function isHeld(fault: Fault): Promise<void> {
  await expect.poll(() => fault.remaining, { timeout: 15_000, interval: 5 }).toBe(0)
}

/** Lets the held write arrive. The double answers one call after the other: once this read is answered, it was carried out. */
async function arrive(held: Fault): Promise<void> {
  held.release()
  await (await opened.migration.mailcow()).status.version()
}

/** The next run, with the late write arriving at the moment given. */
async function nextRun(
  domain: string,
  route: string,
  held: Fault,
  when: (typeof KILLS)[number],
): Promise<void> {
  if (when === 'arrives before the next run') await arrive(held)
  if (when === 'arrives while the next run makes it') {
    const own = bed.testbed.new.mailcow.fail({ kind: 'slow', route })
    const running = provision(opened.migration, [domain])
    await isHeld(own)
    await arrive(held)
    own.release()
    if (!(await running).ok) throw new Error('the late write disturbed the run that made it anew')
  }
  await provisionToTheEnd(domain)
  if (when === 'arrives after the next run') {
    await arrive(held)
    await provisionToTheEnd(domain)
  }
}

describe('kill -9', () => {
  it.each(KILLED.map((killed, number) => ({ ...killed, number })))(
    'during write $index ($route), which $when: it ends as if it had run through',
    async ({ when, route, index, number }) => {
      const expected = await plainRun()
      const domain = killedDomain(number)
      forgetForwardingHosts()
      const skip = SMALL_WRITES.slice(0, index).filter((other) => other === route).length
      const held = await killDuring(domain, route, skip)
      await nextRun(domain, route, held, when)
      expect(seen(domain)).toEqual(expected)
      await expectNothingLeft(domain)
      await expectLogin(domain)
    },
  )
})
