import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type MailcowDouble, memoryAccountStore, startMailcowDouble } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { MailcowClient, MIB } from '../src/index.ts'

const folder = new URL('../examples/', import.meta.url)
let double: MailcowDouble
let client: MailcowClient
const accounts = memoryAccountStore()

beforeAll(async () => {
  double = await startMailcowDouble({ accounts, apiKey: 'KEY' })
  client = new MailcowClient({ url: double.url, apiKey: 'KEY' })
  for (const domain of ['example.at', 'second.example']) {
    await client.domains.add({ domain, active: true, maxMailboxes: 10, quotaBytes: 20_480 * MIB })
  }
  for (const localPart of ['full', 'empty']) {
    await client.mailboxes.add({
      localPart,
      domain: 'example.at',
      name: localPart,
      password: 'Secret-pass-1',
      quotaBytes: 10 * MIB,
      active: true,
      forcePasswordUpdate: false,
    })
  }
  accounts.setUsage('full@example.at', { bytes: 9.5 * MIB, messages: 12 })
})
afterAll(async () => {
  await client.close()
  await double.close()
})

interface Outcome {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Runs an example as an admin would, from its source. */
function run(
  example: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<Outcome> {
  const script = fileURLToPath(new URL(example, folder))
  const options = { env: { ...process.env, MAILCOW_URL: double.url, MAILCOW_API_KEY: 'KEY', ...environment } }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=@iteg/source', script, ...args],
      options,
      (error, output, errors) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output, errors })
      },
    )
  })
}

describe('examples', () => {
  test('are short', async () => {
    const lengths = await Promise.all(
      (await readdir(folder)).map(async (file) => {
        const text = await readFile(new URL(file, folder), 'utf8')
        return { file, lines: text.trimEnd().split('\n').length }
      }),
    )
    expect(lengths.filter(({ lines }) => lines >= 30)).toEqual([])
  })

  test('quick-start is what the README shows', async () => {
    const [readme, example] = await Promise.all([
      readFile(new URL('../README.md', folder), 'utf8'),
      readFile(new URL('quick-start.ts', folder), 'utf8'),
    ])
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
    await expect(run('quick-start.ts')).resolves.toMatchObject({ code: 0, errors: '' })
  })

  test('nearly-full', async () => {
    const { output } = await run('nearly-full.ts')
    expect(output).toBe(`address,used,quota,percent\n"full@example.at",${9.5 * MIB},${10 * MIB},95\n`)
  })

  test('create-mailbox: once, and a refusal is told', async () => {
    const password = { INITIAL_PASSWORD: 'Initial-pass-1' }
    await expect(run('create-mailbox.ts', ['berta@example.at', 'Berta'], password)).resolves.toMatchObject({
      output: 'berta@example.at: created\n',
    })
    await expect(run('create-mailbox.ts', ['berta@example.at', 'Berta'], password)).resolves.toMatchObject({
      output: 'berta@example.at: unchanged\n',
    })
    const refused = await run('create-mailbox.ts', ['ben@example.at', 'Ben'], { INITIAL_PASSWORD: 'x' })
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining("mailcow's password policy") })
  })

  test('rotate-dkim: the record first, then the key', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rotate-dkim-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const args = ['example.at', 's2026', join(directory, 'key.pem')]
    const before = await client.dkim.get('example.at')
    const first = await run('rotate-dkim.ts', args)
    await expect(client.dkim.get('example.at')).resolves.toEqual(before)
    const second = await run('rotate-dkim.ts', [...args, 'activate'])
    expect(second.output).toBe(`${first.output}example.at: changed\n`)
    const key = await client.dkim.get('example.at')
    expect(first.output).toBe(`s2026._domainkey.example.at. TXT "${key?.record ?? ''}"\n`)
  })

  test('allow-sender: everywhere but where it is denied', async () => {
    await client.policies.addDomain('second.example', { list: 'deny', sender: '*@partner.example' })
    const { output } = await run('allow-sender.ts', ['*@partner.example'])
    expect(output).toBe('example.at: created\nsecond.example: denied there, left alone\n')
  })

  test('never-logged-in', async () => {
    const { output } = await run('never-logged-in.ts', ['example.at'])
    expect(output.split('\n')).toEqual(expect.arrayContaining(['empty@example.at', 'full@example.at']))
  })
})
