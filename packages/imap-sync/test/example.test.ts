import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyMailbox } from '../examples/copy-mailbox.ts'
import { letter, tlsEndpoint } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

test('the example of the README works, over TLS, also the second time', async () => {
  const memory = await mkdtemp(path.join(tmpdir(), 'imap-sync-example-'))
  await using pair = await MailboxPair.make(bed)
  await pair.old.append('INBOX', [{ text: letter('hello') }])
  const account = { address: pair.address, password: pair.source.login.password }
  const [source, target] = await Promise.all([
    tlsEndpoint(bed, bed.old, account),
    tlsEndpoint(bed, bed.new, account),
  ])
  expect(await copyMailbox(source, target, path.join(memory, 'anna'))).toBe(true)
  await pair.old.append('INBOX', [{ text: letter('and again') }])
  expect(await copyMailbox(source, target, path.join(memory, 'anna'))).toBe(true)
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
  await rm(memory, { recursive: true })
})

test('the README shows it as it is', async () => {
  const [readme, example] = await Promise.all(
    ['../README.md', '../examples/copy-mailbox.ts'].map((file) =>
      readFile(new URL(file, import.meta.url), 'utf8'),
    ),
  )
  expect(readme).toContain(example)
})
