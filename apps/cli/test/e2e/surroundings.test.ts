import { chmod, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CopyReport, StatusReport, SurveyReport } from '@iteg/migration'
import { startTestbed } from '@iteg/testbed'
import type { Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { expectExit, flat } from './support/cli.ts'
import { linesOf, messages } from './support/mail.ts'
import { makeWorld } from './support/world.ts'
import type { World } from './support/world.ts'

vi.setConfig({ testTimeout: 120_000 })

let bed: Testbed
beforeAll(async () => {
  bed = await startTestbed()
})
afterAll(() => bed?.stop())

const mail = { INBOX: messages('Post', 12), Kunden: messages('Kunden', 8), Sent: messages('Gesendet', 5) }

function office(domain: string): Promise<World> {
  return makeWorld(bed, {
    domain,
    mailboxes: { anna: { folders: mail } },
    config: { copy: { lanesPerMailbox: 1 } },
  })
}

async function expectAllThere(world: World): Promise<void> {
  const { folders } = await world.newMailbox('anna')
  for (const [name, list] of Object.entries(mail))
    expect([name, folders[name]]).toEqual([name, linesOf(list)])
}

describe('a request to stop', () => {
  test.each([['SIGINT'], ['SIGTERM', '--json']] as const)(
    '%s in the middle of an APPEND: saved, said how to go on, and gone on',
    async (signal, ...options) => {
      await using world = await office(`${signal.toLowerCase()}.example`)
      await world.provisioned()
      const append = world.newProxy.intercept({ command: /^\S+ APPEND /, when: 'answered', action: 'hold' })
      const copy = world.start([...options, 'copy', world.domain])
      await append.happened
      copy.kill(signal)
      await copy.says('Stopping')
      append.release()
      const run = await copy.done
      expect([run.code, run.signal]).toEqual([130, null])
      expect(flat(run.stderr)).toContain('saved')
      expect(flat(run.stderr)).toContain(
        `--config ${world.configFile} ${[...options, 'copy', world.domain].join(' ')}`,
      )
      // One document, where one was asked for.
      const told: { readonly schema?: string } =
        options.length > 0 ? JSON.parse(run.stdout) : { schema: 'mailmove.error/1' }
      expect(told.schema).toBe('mailmove.error/1')
      const { document } = await world.json<StatusReport>('status', world.domain)
      expect(document.domains[0]?.next).toBe(`mailmove copy ${world.domain}`)
      expect(document.domains[0]?.running).toBeUndefined()
      const { document: report, ...again } = await world.json<CopyReport>('copy', world.domain)
      expectExit(again, 0)
      // What was in hand was finished: it is not sent a second time.
      expect(report.totals.alreadyThere).toBeGreaterThan(0)
      await expectAllThere(world)
    },
  )

  test('in provision: the write in hand is finished and on record', async () => {
    await using world = await office('interrupted-provision.example')
    expectExit(await world.run('survey', world.domain), 0)
    const held = world.api.hold('after', ({ route }) => route === 'add/domain')
    const provision = world.start(['provision', world.domain])
    await held.reached
    provision.kill('SIGINT')
    await provision.says('Stopping')
    await held.release()
    const { code, stderr } = await provision.done
    expect(code).toBe(130)
    expect(flat(stderr)).toContain(`provision ${world.domain}`)
    expect(
      world.api
        .writes()
        .map(({ route }) => route)
        .at(-1),
    ).toBe('add/domain')
    expectExit(await world.run('provision', world.domain), 0)
    expect(world.api.writes().filter(({ route }) => route === 'add/domain')).toHaveLength(1)
  })
})

describe('two runs at once', () => {
  test('the second says who works on the domain, and harms nothing', async () => {
    await using world = await office('twice.example')
    await world.provisioned()
    const append = world.newProxy.intercept({ command: /^\S+ APPEND /, when: 'answered', action: 'hold' })
    const first = world.start(['copy', world.domain])
    await append.happened
    const connections = world.newProxy.connections().total
    for (const stage of ['copy', 'provision', 'survey', 'verify']) {
      const { code, stderr } = await world.run(stage, world.domain)
      expect([stage, code]).toEqual([stage, 3])
      expect(flat(stderr)).toContain(`process ${first.pid}`)
      expect(flat(stderr)).toContain(`copy ${world.domain})`)
    }
    expect(world.newProxy.connections().total).toBe(connections)
    // Looking is always allowed.
    const { document } = await world.json<StatusReport>('status', world.domain)
    expect(document.domains[0]?.running).toContain(`process ${first.pid}`)
    append.release()
    expectExit(await first.done, 0)
    await expectAllThere(world)
  })
})

describe('the working folder', () => {
  test('was written by a newer version: every command says so and touches nothing', async () => {
    await using world = await office('newer.example')
    expectExit(await world.run('survey', world.domain), 0)
    const file = path.join(world.workDir, 'ledger.sqlite')
    using database = closing(new DatabaseSync(file))
    database.exec('pragma user_version = 99')
    const before = await readFile(file)
    for (const command of [['survey'], ['provision', world.domain], ['copy', world.domain], ['status']]) {
      const { code, stderr } = await world.run(...command)
      expect([command[0], code]).toEqual([command[0], 2])
      expect(flat(stderr)).toMatch(/ledger\.sqlite was written by a newer version of mailmove .*→ .*version/)
    }
    expect(await readFile(file)).toEqual(before)
  })

  test('cannot be made: one sentence with its name, and no server is written to', async () => {
    await using world = await office('nowhere.example')
    await writeFile(path.join(world.dir, 'a-file'), '')
    await world.configure({ workDir: './a-file/mailmove-data' })
    const { code, stderr } = await world.run('survey', world.domain)
    expect(code).toBe(4)
    expect(flat(stderr)).toContain(path.join(world.dir, 'a-file/mailmove-data'))
    expect(stderr).not.toContain('    at ')
  })

  test('is not a ledger’s: a folder with other things in it is left alone', async () => {
    await using world = await office('others.example')
    const folder = path.join(world.dir, 'home')
    await mkdir(folder)
    await chmod(folder, 0o755)
    await writeFile(path.join(folder, 'letter.txt'), 'private')
    await world.configure({ workDir: './home' })
    const { code, stderr } = await world.run('survey', world.domain)
    expect(code).toBe(4)
    expect(flat(stderr)).toContain(folder)
    expect((await stat(folder)).mode & 0o777).toBe(0o755)
  })

  test('is private, whatever the umask', async () => {
    await using world = await office('private.example')
    const { code } = await world.start(['survey', world.domain], {
      through: ['sh', '-c', 'umask 000; exec "$@"', 'sh'],
    }).done
    expect(code).toBe(0)
    expect((await stat(world.workDir)).mode & 0o777).toBe(0o700)
    expect((await stat(path.join(world.workDir, 'ledger.sqlite'))).mode & 0o777).toBe(0o600)
  })

  test('the disk is full: one sentence, and with room again everything goes on, also from an older ledger', async () => {
    await using world = await office('diskfull.example')
    const disk = (kilobytes: number): readonly string[] => [
      'unshare',
      ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
      '--mount',
      'sh',
      '-c',
      // A disk of its own for this run, with the ledger as it is now on it.
      `mount -t tmpfs -o size=${kilobytes}k,mode=700 none "$1" && cp -a "$2/." "$1" && shift 2 && exec "$@"`,
      'sh',
      path.join(world.dir, 'small-disk'),
      world.workDir,
    ]
    await mkdir(path.join(world.dir, 'small-disk'))
    await mkdir(world.workDir, { mode: 0o700 })
    await world.configure({ workDir: './small-disk' })
    const survey = await world.start(['survey', world.domain], { through: disk(64) }).done
    expectExit(survey, 4)
    expect(flat(survey.stderr)).toMatch(/full|space/i)
    expect(survey.stderr).not.toContain('    at ')

    await world.configure({ workDir: './mailmove-data' })
    await world.provisioned()
    await cp(world.workDir, path.join(world.dir, 'before-the-copy'), { recursive: true })
    const { size } = await stat(path.join(world.workDir, 'ledger.sqlite'))
    await world.configure({ workDir: './small-disk' })
    const copy = await world.start(['copy', world.domain], { through: disk(Math.ceil(size / 1024) + 48) })
      .done
    expectExit(copy, 4)
    expect(flat(copy.stderr)).toMatch(/full|space/i)
    // The ledger of that run is lost with its disk; the one from before finds by content what is there.
    await world.configure({ workDir: './mailmove-data' })
    expectExit(await world.run('copy', world.domain), 0)
    await expectAllThere(world)
  })

  test('was lost: after a new survey and provision nothing is copied twice', async () => {
    await using world = await office('lost.example')
    await world.provisioned()
    expectExit(await world.run('copy', world.domain), 0)
    await world.configure({ workDir: './another' })
    const survey = await world.json<SurveyReport>('survey', world.domain)
    expect(survey.document.domains[0]?.findings.map(({ code }) => code)).toContain('domain-exists')
  })
})

function closing(database: DatabaseSync): DatabaseSync & Disposable {
  return Object.assign(database, { [Symbol.dispose]: () => database.close() })
}
