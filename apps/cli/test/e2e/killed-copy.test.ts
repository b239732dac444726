import type { CopyReport, VerifyReport } from '@iteg/migration'
import { startTestbed } from '@iteg/testbed'
import type { ProxyCommand, SampleMessage, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startByteGate } from './support/byte-gate.ts'
import { expectExit } from './support/cli.ts'
import { dice, linesOf, messages } from './support/mail.ts'
import { makeWorld } from './support/world.ts'
import type { World } from './support/world.ts'

vi.setConfig({ testTimeout: 240_000 })

let bed: Testbed
beforeAll(async () => {
  bed = await startTestbed()
})
afterAll(() => bed?.stop())

const isAppend = ({ name }: ProxyCommand): boolean => name === 'APPEND'

/** Four mailboxes of six folders: enough APPENDs for every kill to hit one that nobody has finished. */
function officeMail(): Record<string, Record<string, SampleMessage[]>> {
  const names = ['INBOX', 'Sent', 'Kunden', 'Kunden.Huber', 'Archiv 2019', 'Größe & Maße']
  return Object.fromEntries(
    ['anna', 'berta', 'carl', 'dora'].map((owner) => [
      owner,
      Object.fromEntries(names.map((name, index) => [name, messages(`${owner} ${name}`, 8 + index, 1500)])),
    ]),
  )
}

async function expectEveryMessageOnce(
  world: World,
  mail: Readonly<Record<string, Readonly<Record<string, readonly SampleMessage[]>>>>,
): Promise<void> {
  for (const [owner, folders] of Object.entries(mail)) {
    const { folders: found } = await world.newMailbox(owner)
    const wanted: Record<string, readonly string[]> = {
      Archive: [],
      Drafts: [],
      INBOX: [],
      Junk: [],
      Sent: [],
      Trash: [],
    }
    for (const [name, list] of Object.entries(folders)) wanted[name.replaceAll('.', '/')] = linesOf(list)
    expect({ owner, found }).toEqual({ owner, found: wanted })
  }
}

async function countOf(world: World, owners: readonly string[]): Promise<number> {
  const mailboxes = await Promise.all(owners.map((owner) => world.newMailbox(owner)))
  return mailboxes.flatMap(({ folders }) => Object.values(folders)).flat().length
}

test('kill -9 twenty times in a row, in the middle of everything, then once to the end: every message once', async () => {
  const mail = officeMail()
  await using world = await makeWorld(bed, {
    domain: 'killed.example',
    mailboxes: Object.fromEntries(Object.entries(mail).map(([owner, folders]) => [owner, { folders }])),
  })
  // Bytes are counted between the program and the proxy; both stand still when the time has come.
  await using oldGate = await startByteGate(world.oldProxy)
  await using newGate = await startByteGate(world.newProxy)
  await world.configure({
    old: { imap: { host: oldGate.host, port: oldGate.port } },
    new: { imap: { host: newGate.host, port: newGate.port } },
  })
  await world.provisioned()

  const roll = dice(20_140_301)
  const kills = { answered: 0, midway: 0, elsewhere: 0 }
  for (let run = 0; run < 20; run += 1) {
    // In turn: the server has stored the batch and its answer is on the way; the literal is half-way; anywhere at all.
    const kind = (['answered', 'midway', 'elsewhere'] as const)[run % 3] ?? 'answered'
    const moment = momentOf(kind)
    const copy = world.start(['copy', world.domain])
    const ended = copy.done.then(({ code, stderr }) => {
      throw new Error(`run ${run} (${kind}) ended with ${String(code)} before it could be killed:\n${stderr}`)
    })
    ended.catch(() => {})
    await Promise.race([moment, ended])
    copy.kill('SIGKILL')
    expect((await copy.done).signal).toBe('SIGKILL')
    kills[kind] += 1
    for (const gate of [oldGate, newGate]) gate.reset()
    world.newProxy.cutAll()
    world.oldProxy.cutAll()
  }
  expect(kills.answered + kills.midway).toBeGreaterThanOrEqual(10)

  function momentOf(kind: keyof typeof kills): Promise<unknown> {
    if (kind === 'answered')
      return world.newProxy.intercept({ command: isAppend, when: 'answered', action: 'hold' }).happened
    if (kind === 'midway') {
      const bytes = 500 + Math.floor(roll() * 8000)
      return world.newProxy.intercept({ command: isAppend, when: 'midway', bytes, action: 'hold' }).happened
    }
    const [gate, from] = roll() < 0.5 ? ([oldGate, 'server'] as const) : ([newGate, 'client'] as const)
    return gate.standStillAfter(50 + Math.floor(roll() * 6000), from)
  }

  const there = await countOf(world, Object.keys(mail))
  const last = await world.json<CopyReport>('copy', world.domain)
  expectExit(last, 0)
  const all = Object.values(mail)
    .flatMap((each) => Object.values(each))
    .flat().length
  // What the killed runs had brought over was recognised, all of it, and only the rest was sent.
  expect(there).toBeGreaterThan(0)
  expect(last.document.totals).toMatchObject({
    sourceMessages: all,
    alreadyThere: there,
    copied: all - there,
  })
  await expectEveryMessageOnce(world, mail)
  const verify = await world.json<VerifyReport>('verify', world.domain)
  expect(verify.code).toBe(0)
  const again = await world.json<CopyReport>('copy', world.domain)
  expect(again.document.domains[0]?.outcome).toBe('unchanged')
  await expectEveryMessageOnce(world, mail)
})
