import { expect, test, vi } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { start, temporaryFolder } from './support.ts'

const WRITE_PROGRAM = new URL('./write-program.ts', import.meta.url)

// Several Node processes start here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const TIMES = 60

test('several processes write at once, and every write gets its turn', async () => {
  const workDir = temporaryFolder()
  const domains = ['a.at', 'b.at', 'c.at']
  const programs = domains.map((domain) => start(WRITE_PROGRAM, workDir, domain, String(TIMES)))
  try {
    await Promise.all(programs.map((program) => program.next()))
    expect(await Promise.all(programs.map((program) => program.next()))).toEqual(['done', 'done', 'done'])
    expect(await Promise.all(programs.map((program) => program.end()))).toEqual([0, 0, 0])
  } finally {
    await Promise.all(programs.map((program) => program.kill()))
  }
  await using ledger = await openLedger(workDir, { mode: 'read' })
  for (const domain of domains) {
    const mailboxes = await ledger.mailboxes.list(domain)
    expect(mailboxes).toHaveLength(TIMES)
    expect(mailboxes.filter((mailbox) => mailbox.listed)).toHaveLength(1)
  }
})

test('two ledgers in one process do not stand in each other’s way', async () => {
  const workDir = temporaryFolder()
  await using one = await openLedger(workDir)
  await using two = await openLedger(workDir)
  const write = async (ledger: typeof one, domain: string): Promise<void> => {
    for (let time = 0; time < 30; time += 1)
      await ledger.mailboxes.record(domain, [{ address: `user-${time}@${domain}`, active: true }])
  }
  await Promise.all([write(one, 'a.at'), write(two, 'b.at'), write(one, 'c.at')])
  expect(await two.mailboxes.list()).toHaveLength(90)
})

test('what fails in the middle leaves nothing behind and nobody waiting', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await expect(
    ledger.syncState('anna@example.at').commit([
      {
        kind: 'folder',
        folder: {
          source: 'INBOX',
          target: 'INBOX',
          sourceUidValidity: 1,
          targetUidValidity: 1,
          created: false,
        },
      },
      { kind: 'paired', source: 'nowhere', runs: [] },
    ]),
  ).rejects.toMatchObject({ code: 'unknown_record' })
  expect(await ledger.syncState('anna@example.at').folders()).toEqual([])
})
