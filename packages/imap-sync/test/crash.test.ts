import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFileState } from '../src/index.ts'
import type { CrashTask } from './support/crash-child.ts'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'
import { Chance } from './support/schedule.ts'

let bed: Testbed
let directory = ''

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
  directory = await mkdtemp(path.join(tmpdir(), 'imap-sync-crash-'))
})

afterAll(async () => {
  await bed.stop()
  await rm(directory, { recursive: true })
})

test(
  'killed twenty times, ten of them between an APPEND and its answer: every message once',
  { timeout: 120_000 },
  async () => {
    await using pair = await MailboxPair.make(bed)
    await using proxy = await startProxy({ target: bed.new.imap })
    await pair.old.create('INBOX.Kunden')
    await pair.old.append('INBOX', lettersFrom(0))
    await pair.old.append('INBOX.Kunden', lettersFrom(40))
    const stateFile = path.join(directory, 'state')
    const task: CrashTask = {
      source: pair.source,
      target: { ...pair.target, server: { ...pair.target.server, port: proxy.port } },
      folderMap: await pair.map(),
      phase: 'mirror',
      setAsideDirectory: pair.setAsideDirectory,
      limits: { batchMessages: 4, lanes: 2 },
      stateFile,
    }
    const chance = new Chance(20_261_124)
    let insideAppend = 0
    for (let round = 0; round < 20; round += 1) {
      const child = startChild(task)
      // `answered`: the server has stored the batch and said so; nobody has heard it.
      const when = round < 10 ? 'answered' : chance.pick(['arrived', 'midway', 'sent'] as const)
      const held = proxy.intercept({
        command: (seen) => seen.name === 'APPEND',
        skip: chance.below(3),
        when,
        action: 'hold',
        ...(when === 'midway' ? { bytes: chance.below(9000) } : {}),
      })
      const ended = once(child, 'exit')
      const first = await Promise.race([held.happened.then(() => 'held'), ended.then(() => 'ended')])
      if (first === 'held') insideAppend += 1
      child.kill('SIGKILL')
      await ended
      held.release()
      proxy.cutAll()
    }
    expect(insideAppend).toBeGreaterThanOrEqual(10)
    const last = startChild(task)
    let output = ''
    last.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    const [code] = await once(last, 'close')
    expect(code).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ exists: 300, setAside: 0, vanished: 0 })
    const [before, after] = [await pair.old.contents(), await pair.fresh.contents()]
    expect(after['INBOX']).toEqual(before['INBOX'])
    expect(after['Kunden']).toEqual(before['INBOX.Kunden'])
    await using state = await openFileState(stateFile)
    expect(await state.intents()).toEqual([])
    expect(await pair.sync({ state })).toMatchObject({ totals: { copied: 0, alreadyThere: 300 } })
  },
)

function startChild(task: CrashTask) {
  const script = path.join(import.meta.dirname, 'support/crash-child.ts')
  const child = spawn(
    process.execPath,
    ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning', script],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify(task))
  return child
}

/** Letters of which some are the same. */
function lettersFrom(from: number): { readonly text: string }[] {
  return Array.from({ length: 150 }, (_, index) => ({
    text: letter(`letter ${(from + index) % 183}`, 'x'.repeat(3000)),
  }))
}
