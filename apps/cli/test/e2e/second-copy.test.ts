import type { CopyReport } from '@iteg/migration'
import { deliver, startTestbed } from '@iteg/testbed'
import type { Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { expectExit } from './support/cli.ts'
import { linesOf, message, messages } from './support/mail.ts'
import { makeWorld } from './support/world.ts'
import type { World } from './support/world.ts'

vi.setConfig({ testTimeout: 120_000 })

let bed: Testbed
beforeAll(async () => {
  bed = await startTestbed()
})
afterAll(() => bed?.stop())

interface Counted {
  readonly copied: CopyReport['domains'][number]['mailboxes'][number] | undefined
  /** Commands to the old and to the new server. */
  readonly old: number
  readonly new: number
  readonly appended: number
}

async function countedCopy(world: World, owner: string): Promise<Counted> {
  const before = {
    old: world.oldProxy.commands().length,
    new: world.newProxy.commands().length,
    appended: world.newProxy.count('APPEND'),
  }
  const { document, ...run } = await world.json<CopyReport>(
    'copy',
    world.domain,
    '--mailbox',
    world.address(owner),
  )
  expectExit(run, 0)
  return {
    copied: document.domains[0]?.mailboxes[0],
    old: world.oldProxy.commands().length - before.old,
    new: world.newProxy.commands().length - before.new,
    appended: world.newProxy.count('APPEND') - before.appended,
  }
}

const folders = ['INBOX', 'Sent', 'Kunden', 'Kunden.Huber', 'Ablage']

function mailbox(messagesPerFolder: number) {
  return Object.fromEntries(folders.map((name) => [name, messages(name, messagesPerFolder, 50)]))
}

test('the second copy of an unchanged mailbox sends a handful of commands, however many messages it holds', async () => {
  const mail = { klein: mailbox(3), gross: mailbox(400) }
  await using world = await makeWorld(bed, {
    domain: 'unchanged.example',
    mailboxes: { klein: { folders: mail.klein }, gross: { folders: mail.gross } },
    config: { copy: { lanesPerMailbox: 1 } },
  })
  await world.provisioned()
  for (const owner of ['klein', 'gross']) await countedCopy(world, owner)
  const small = await countedCopy(world, 'klein')
  const large = await countedCopy(world, 'gross')
  expect(large.copied).toMatchObject({
    outcome: 'unchanged',
    fates: { copied: 0, alreadyThere: folders.length * 400, setAside: 0, excluded: 0, vanished: 0 },
  })
  // Two logins to the old server (the folder map, the copy) and one to the new one, each with what belongs to it.
  expect([large.old, large.new]).toEqual([small.old, small.new])
  expect(large.old).toBeLessThanOrEqual(14 + folders.length)
  expect(large.new).toBeLessThanOrEqual(10 + folders.length)
  expect(large.appended).toBe(0)
})

test('what is new, changed, moved or deleted at the source costs what it is, and arrives', async () => {
  const mail = mailbox(60)
  await using world = await makeWorld(bed, {
    domain: 'changed.example',
    mailboxes: { anna: { folders: mail } },
    config: { copy: { lanesPerMailbox: 1 } },
  })
  await world.provisioned()
  await countedCopy(world, 'anna')
  const fresh = message('Ganz neu')
  await deliver(bed.old.lmtp, { to: world.address('anna'), raw: fresh.raw })
  const user = world.address('anna')
  await bed.old.doveadm('flags', 'add', '-u', user, String.raw`\Flagged`, 'mailbox', 'INBOX.Sent', 'uid', '5')
  await bed.old.doveadm('move', '-u', user, 'INBOX.Ablage', 'mailbox', 'INBOX.Kunden', 'uid', '7')
  await bed.old.doveadm('expunge', '-u', user, 'mailbox', 'INBOX.Kunden.Huber', 'uid', '9')
  const { copied, old: toOld, new: toNew } = await countedCopy(world, 'anna')
  expect(copied?.outcome).toBe('done')
  expect(copied?.fates.copied).toBeGreaterThanOrEqual(1)
  expect(toOld + toNew).toBeLessThan(90)
  const [before, after] = [await world.oldMailbox('anna'), await world.newMailbox('anna')]
  for (const name of folders) {
    const source = before.folders[name === 'INBOX' ? name : `INBOX.${name}`]
    expect([name, after.folders[name.replaceAll('.', '/')]]).toEqual([name, source])
  }
  expect(after.folders['INBOX']).toHaveLength(61)
  expect(after.folders['Kunden/Huber']).toHaveLength(59)
  expect(after.folders['Ablage']).toHaveLength(61)
  expect(after.folders['Kunden']?.length).toBe(linesOf(mail['Kunden'] ?? []).length - 1)
  expectExit(await world.run('verify', world.domain), 0)
})

test('--dry-run reads the ledger only: no server hears of it', async () => {
  await using world = await makeWorld(bed, {
    domain: 'dry.example',
    mailboxes: { anna: { folders: mailbox(2) } },
  })
  await world.provisioned()
  const before = {
    old: world.oldProxy.connections().total,
    new: world.newProxy.connections().total,
    calls: world.api.calls.length,
  }
  const { document, ...run } = await world.json<CopyReport>('--dry-run', 'copy', world.domain)
  expectExit(run, 0)
  expect(document).toMatchObject({ dryRun: true, totals: { copied: 0, sourceMessages: 10 } })
  expect({
    old: world.oldProxy.connections().total,
    new: world.newProxy.connections().total,
    calls: world.api.calls.length,
  }).toEqual(before)
})
