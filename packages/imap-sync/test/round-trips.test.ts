import { startProxy, startTestbed, type Proxy, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mailcowTarget, mapFolders, type Endpoint, type SyncState } from '../src/index.ts'
import { MailboxPair } from './support/pair.ts'
import { Chance, randomLetters } from './support/schedule.ts'

// What a run costs when nothing has changed: a login and a listing on each side. No folder is opened, and nothing is
// written down.

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

test('nothing new: one login and one listing on each side, no folder opened, nothing written down', async () => {
  await using pair = await MailboxPair.make(bed)
  for (const folder of ['INBOX', 'INBOX.Kunden', 'INBOX.Ablage']) {
    if (folder !== 'INBOX') await pair.old.create(folder)
    for (let count = 0; count < 3; count += 1)
      await pair.old.append(folder, randomLetters(new Chance(folder.length + count), 12))
  }
  // The first run's own checkpoint may be a step behind what subscribing changed; the second one's is not.
  await pair.sync()
  const { totals } = await pair.sync()
  const seen = { commits: 0, read: 0 }
  await using source = await startProxy({ target: bed.old.imap })
  await using target = await startProxy({ target: bed.new.imap })
  const report = await pair.sync({
    source: through(source, pair.source),
    target: through(target, pair.target),
    state: watched(pair.state, seen),
    folderMap: async (listing) => mapFolders(listing, mailcowTarget),
  })
  expect(report.outcome).toBe('complete')
  expect(report.totals).toMatchObject({ copied: 0, exists: totals.exists })
  for (const proxy of [source, target]) {
    expect(proxy.connections().total).toBe(1)
    const names = proxy.commands().map(({ name }) => name.split(' ')[0] ?? '')
    const atLogin = ['CAPABILITY', 'LOGIN', 'AUTHENTICATE', 'ID', 'ENABLE', 'NAMESPACE', 'COMPRESS']
    expect(names.filter((name) => !atLogin.includes(name))).toEqual(['LIST'])
  }
  // Nor is what is remembered of the messages read: it grows with them.
  expect(seen).toEqual({ commits: 0, read: 0 })
})

function through({ host, port }: Proxy, endpoint: Endpoint): Endpoint {
  return { ...endpoint, server: { ...endpoint.server, host, port } }
}

function watched(state: SyncState, seen: { commits: number; read: number }): SyncState {
  return {
    folders: () => state.folders(),
    intents: () => state.intents(),
    messages: (source) => {
      seen.read += 1
      return state.messages(source)
    },
    commit: async (changes) => {
      seen.commits += 1
      await state.commit(changes)
    },
  }
}
