import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { loadConfig, openMigration } from '@iteg/migration'
import type {
  AnnounceReport,
  PasswordResetReport,
  PreviewReport,
  StatusReport,
  WarnReport,
} from '@iteg/migration'
import { startProxy, startTestbed } from '@iteg/testbed'
import type { ProxyCommand, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { expectExit } from './support/cli.ts'
import type { RunningCli } from './support/cli.ts'
import { makeWorld } from './support/world.ts'
import type { World } from './support/world.ts'

vi.setConfig({ testTimeout: 240_000 })

let bed: Testbed
beforeAll(async () => {
  bed = await startTestbed()
})
afterAll(() => bed?.stop())

async function makeOffice(
  domain: string,
  smtp: { readonly host: string; readonly port: number } = bed.sink,
): Promise<World> {
  return makeWorld(bed, {
    domain,
    mailboxes: { anna: { name: 'Anna "die Chefin" <b>' }, berta: {}, carl: {} },
    config: {
      notify: {
        from: 'ITEG <admin@iteg.example>',
        smtp: { host: smtp.host, port: smtp.port, tls: 'none', allowInsecure: true, ratePerSecond: 0 },
      },
      domains: { [domain]: { contacts: ['chef@outside.example'] } },
    },
  })
}

/** As the cut-over will. */
async function lastDeltaVerified(world: World): Promise<void> {
  const config = await loadConfig(world.configFile, { env: bed.env })
  await using migration = await openMigration(config)
  const ledger = await migration.ledger('write')
  await ledger.lastDeltas.record({ domain: world.domain, verifiedAt: new Date() })
}

async function initialPassword(world: World, mailbox: string): Promise<string> {
  const config = await loadConfig(world.configFile, { env: bed.env })
  await using migration = await openMigration(config)
  const ledger = await migration.ledger('read')
  const name = { domain: world.domain, mailbox, purpose: 'initial-password' } as const
  return (await ledger.secrets.open(await migration.key(), name)) ?? ''
}

async function inboxCounts(world: World): Promise<readonly number[]> {
  const boxes = await Promise.all(['anna', 'berta', 'carl'].map((name) => world.oldMailbox(name)))
  return boxes.map(({ folders }) => folders['INBOX']?.length ?? 0)
}

async function killed(running: RunningCli, moment: Promise<unknown>): Promise<void> {
  const early = running.done.then(({ code, stderr }) => {
    throw new Error(`it ended with ${String(code)} before it could be killed:\n${stderr}`)
  })
  await Promise.race([moment, early])
  running.kill('SIGKILL')
  early.catch(() => {})
  await running.done
}

const isAppend = ({ name }: ProxyCommand): boolean => name === 'APPEND'

test('a warning, a gate that nothing opens, a preview, and the hand-over, on the command line', async () => {
  await using world = await makeOffice('notices.example')
  const { domain } = world
  expectExit(await world.run('survey', domain), 0)
  const dry = await world.json<WarnReport>('warn', domain, '--dry-run')
  expect([dry.code, dry.document.totals.sent, bed.sink.messages().length]).toEqual([0, 0, 0])
  const warned = await world.json<WarnReport>('warn', domain)
  expect(warned).toMatchObject({ code: 0, document: { schema: 'mailmove.warn/1', ok: true } })
  expect(warned.document.domains[0]?.notices).toHaveLength(4)
  const status = await world.json<StatusReport>('status', domain)
  expect(status.document.domains[0]).toMatchObject({
    warned: { daysAhead: 5 },
    next: `mailmove provision ${domain}`,
  })
  expectExit(await world.run('provision', domain), 0)

  const gate = await world.run('announce', domain)
  expectExit(gate, 3)
  expect(gate.stderr).toContain('still arrives on the old server')
  const preview = await world.json<PreviewReport>(
    'notices',
    'preview',
    domain,
    '--kind',
    'hand-over',
    '--out',
    'look',
  )
  expect(preview.document.index).toBe(path.join(world.dir, 'look', 'hand-over', 'index.html'))
  expect(await readFile(preview.document.index, 'utf8')).toContain(world.address('berta'))
  expect((await stat(preview.document.index)).mode & 0o777).toBe(0o600)
  expectExit(await world.run('notices', 'preview', domain, '--kind', 'handover'), 2)

  await lastDeltaVerified(world)
  const password = await initialPassword(world, world.address('anna'))
  const announced = await world.run('announce', domain, '--verbose')
  expectExit(announced, 0)
  expect(password).not.toBe('')
  expect(`${announced.stdout}${announced.stderr}`).not.toContain(password)
  expect(await inboxCounts(world)).toEqual([1, 1, 1])

  expectExit(await world.run('notices', 'send-test', 'admin@iteg.example', '--kind', 'quota'), 0)
  expect(bed.sink.messages().at(-1)?.to).toEqual(['admin@iteg.example'])
  expectExit(await world.run('notices', 'site', '--out', 'page'), 0)
  expect(await readFile(path.join(world.dir, 'page', 'index.html'), 'utf8')).toContain('993')
})

test('kill -9 around every APPEND of a hand-over: each mailbox has it once', async () => {
  await using world = await makeOffice('killed-announce.example')
  await world.provisioned()
  await lastDeltaVerified(world)
  for (const when of ['arrived', 'midway', 'answered', 'answered', 'midway', 'answered'] as const) {
    const rule = {
      command: isAppend,
      when,
      action: 'hold' as const,
      ...(when === 'midway' ? { bytes: 3000 } : {}),
    }
    const moment = world.oldProxy.intercept(rule).happened
    const running = world.start(['announce', world.domain])
    const isOver = await Promise.race([moment.then(() => false), running.done.then(() => true)])
    // Those that were stored before are not sent again; in the end nothing is left to be killed at.
    if (isOver) break
    await killed(running, moment)
    world.oldProxy.release()
  }
  world.oldProxy.release()
  const last = await world.json<AnnounceReport>('announce', world.domain)
  expect(last.code).toBe(0)
  expect(await inboxCounts(world)).toEqual([1, 1, 1])
  const again = await world.json<AnnounceReport>('announce', world.domain)
  expect(again.document.totals).toMatchObject({ sent: 0 })
})

test('kill -9 while the mail server has a warning: it is in doubt, said so, and only sent again when asked', async () => {
  // Answers take their time: the sink has the mail long before the program hears of it.
  await using smtp = await startProxy({ target: bed.sink, latencyMs: 300 })
  await using world = await makeOffice('killed-warn.example', smtp)
  expectExit(await world.run('survey', world.domain), 0)
  const before = bed.sink.messages().length
  const running = world.start(['warn', world.domain, '--mailbox', world.address('anna')])
  const arrived = bed.sink.waitFor(({ to }) => to.includes(world.address('anna')))
  await arrived
  running.kill('SIGKILL')
  await running.done
  const next = await world.json<WarnReport>('warn', world.domain, '--mailbox', world.address('anna'))
  const [notice] = next.document.domains[0]?.notices ?? []
  expect(notice).toMatchObject({ outcome: 'in-doubt', remedy: expect.stringContaining('--again') })
  expect(next.code).toBe(1)
  expect(bed.sink.messages().length - before).toBe(1)
  const again = await world.json<WarnReport>(
    'warn',
    world.domain,
    '--mailbox',
    world.address('anna'),
    '--again',
  )
  expect(again.document.domains[0]?.notices[0]).toMatchObject({ outcome: 'sent' })
})

test('kill -9 at every step of a password reset: the password that was mailed is the one that mailcow has', async () => {
  await using world = await makeOffice('killed-reset.example')
  await world.provisioned()
  const anna = world.address('anna')
  const reset = ['password', 'reset', anna]
  for (const when of ['before', 'after'] as const) {
    const held = world.api.hold(when, ({ route }) => route.startsWith('edit/mailbox'))
    await killed(world.start(reset), held.reached)
    await held.release()
  }
  for (const when of ['arrived', 'answered'] as const) {
    const moment = world.oldProxy.intercept({ command: isAppend, when, action: 'hold' }).happened
    await killed(world.start(reset), moment)
    world.oldProxy.release()
  }
  const last = await world.json<PasswordResetReport>(...reset)
  expect(last).toMatchObject({ code: 0, document: { password: 'resumed', notice: { outcome: 'found' } } })
  expect((await inboxCounts(world))[0]).toBe(1)
  const password = await initialPassword(world, anna)
  const edits = world.api.calls.filter(({ route }) => route.startsWith('edit/mailbox'))
  expect(edits.length).toBeGreaterThanOrEqual(2)
  for (const { body } of edits) expect(body).toContain(password)
  expect(JSON.stringify(last)).not.toContain(password)
})
