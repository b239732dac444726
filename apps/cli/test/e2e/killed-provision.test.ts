import type { ProvisionReport, SurveyReport } from '@iteg/migration'
import { startTestbed } from '@iteg/testbed'
import type { Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { isWrite, type ApiCall } from './support/api-gate.ts'
import { expectExit } from './support/cli.ts'
import type { RunningCli } from './support/cli.ts'
import { PlainImap } from './support/imap.ts'
import { messages } from './support/mail.ts'
import { makeWorld } from './support/world.ts'
import type { World } from './support/world.ts'

vi.setConfig({ testTimeout: 240_000 })

let bed: Testbed
beforeAll(async () => {
  bed = await startTestbed()
})
afterAll(() => bed?.stop())

/** A domain with an object of every kind that provision makes. */
function office(domain: string): Promise<World> {
  return makeWorld(bed, {
    domain,
    mailboxes: {
      anna: { name: 'Anna', folders: { INBOX: messages('Post', 2), 'Kunden.Huber': messages('Huber', 1) } },
      berta: { name: 'Berta' },
    },
    aliases: [
      { address: `berta@${domain}`, targets: [`berta@${domain}`, 'berta@partner.example'] },
      { address: `info@${domain}`, targets: [`anna@${domain}`] },
      { address: `@${domain}`, targets: [`anna@${domain}`] },
    ],
  })
}

/** Everything on mailcow that belongs to the domain, without numbers, times and hashes. */
function objectsOf(domain: string): unknown {
  const { state } = bed.new.mailcow
  const ours = <Row extends { readonly domain: string }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter((row) => row.domain === domain)
  const told = {
    domains: ours(state.domains),
    mailboxes: ours(state.mailboxes),
    aliases: ours(state.aliases).toSorted((one, other) => one.address.localeCompare(other.address)),
    transports: state.transports.filter(({ destination }) => destination === domain),
    filters: state.filters.filter(({ username }) => username.endsWith(`@${domain}`)),
    forwardingHosts: state.forwardingHosts,
  }
  const volatile = new Set(['id', 'created', 'modified', 'passwordHash', 'passwd_update'])
  return JSON.parse(
    JSON.stringify(told, (key, value: unknown) => (volatile.has(key) ? undefined : value)).replaceAll(
      domain,
      'DOMAIN',
    ),
  )
}

async function killed(running: RunningCli, moment: Promise<unknown>): Promise<void> {
  const ended = running.done.then(({ code, stderr }) => {
    throw new Error(`it ended with ${String(code)} before it could be killed:\n${stderr}`)
  })
  ended.catch(() => {})
  await Promise.race([moment, ended])
  running.kill('SIGKILL')
  expect((await running.done).signal).toBe('SIGKILL')
}

test('provision, killed before and after each of its writes, ends as if it had run through', async () => {
  // The undisturbed run comes second, for the forwarding host is everybody's.
  await using disturbed = await office('disturbed.example')
  expect((await disturbed.run('survey', disturbed.domain)).code).toBe(0)
  const done: string[] = []
  for (let run = 0; ; run += 1) {
    const when = run % 2 === 0 ? 'before' : 'after'
    const held = disturbed.api.hold(when, isWrite)
    const provision = disturbed.start(['provision', disturbed.domain])
    const call = await Promise.race([held.reached, provision.done.then(() => undefined)])
    held.cancel()
    if (call === undefined) break
    if (when === 'after') done.push(call.route)
    provision.kill('SIGKILL')
    expect((await provision.done).signal).toBe('SIGKILL')
  }
  expect(done).toEqual([
    'add/fwdhost',
    'add/transport',
    'add/domain',
    'add/mailbox',
    'add/mailbox',
    'add/filter',
    'add/alias',
    'add/alias',
  ])
  await using calm = await office('calm.example')
  await calm.provisioned()
  expect(objectsOf(disturbed.domain)).toEqual(objectsOf(calm.domain))

  const last = await disturbed.json<ProvisionReport>('provision', disturbed.domain)
  expect(last.code).toBe(0)
  expect(last.document.domains[0]).toMatchObject({ outcome: 'unchanged', changed: 0, remaining: [] })
  // The password under seal is the one that mailcow got: the first one that was sent for a mailbox is the only one.
  for (const owner of ['anna', 'berta']) {
    const sent = disturbed.api
      .writes()
      .filter(({ route, body }) => route === 'add/mailbox' && body.includes(`"${owner}"`))
      .map(({ body }): string => JSON.parse(body).password)
    expect(sent.length).toBeGreaterThanOrEqual(2)
    const [password = ''] = new Set(sent)
    expect(new Set(sent).size).toBe(1)
    await using imap = await PlainImap.login(bed.new.imap, { user: disturbed.address(owner), password })
    await imap.command('NOOP')
  }
})

const isAddMailbox = ({ route }: ApiCall): boolean => route === 'add/mailbox'

test('a write that mailcow carries out only after the program was killed, and started again, is recognised', async () => {
  await using world = await office('late.example')
  expect((await world.run('survey', world.domain)).code).toBe(0)
  const first = world.api.hold('before', isAddMailbox)
  await killed(world.start(['provision', world.domain]), first.reached)
  const second = world.api.hold('before', isAddMailbox)
  const provision = world.start(['provision', world.domain])
  await second.reached
  await first.release()
  await second.release()
  expectExit(await provision.done, 0)
  await using calm = await office('punctual.example')
  await calm.provisioned()
  expect(objectsOf(world.domain)).toEqual(objectsOf(calm.domain))
})

test('survey, killed anywhere, says the same when it runs again', async () => {
  await using world = await office('surveyed.example')
  const moments = [
    () => world.api.hold('before', ({ route }) => route.startsWith('get/domain')).reached,
    () => world.api.hold('after', ({ route }) => route.startsWith('get/passwordpolicy')).reached,
    () =>
      world.oldProxy.intercept({
        command: ({ name }) => name === 'NAMESPACE',
        when: 'answered',
        action: 'hold',
      }).happened,
    () =>
      world.oldProxy.intercept({
        command: ({ name }) => name === 'LIST',
        when: 'answered',
        action: 'hold',
        skip: 1,
      }).happened,
  ]
  for (const moment of moments) {
    const held = moment()
    await killed(world.start(['survey', world.domain]), held)
    world.oldProxy.cutAll()
  }
  const after = await world.json<SurveyReport>('survey', world.domain)
  expect(after.code).toBe(0)
  await world.configure({ workDir: './never-disturbed' })
  const once = await world.json<SurveyReport>('survey', world.domain)
  expect({ ...after.document, at: '' }).toEqual({ ...once.document, at: '' })
})
