import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deliver, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { runCli } from '../run-cli.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const DOMAIN = 'example.at'
const runbook = path.resolve(import.meta.dirname, '../../../../docs/runbook.md')

let bed: Testbed
let cwd = ''
let config = ''
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'mailmove-runbook-'))
  const inventory = path.join(cwd, 'inventory.yaml')
  const mailboxes = ['anna', 'bob'].map((name) => ({ address: `${name}@${DOMAIN}` }))
  const aliases = [{ address: `info@${DOMAIN}`, targets: [`anna@${DOMAIN}`] }]
  await writeFile(inventory, stringify({ domains: [{ domain: DOMAIN, mailboxes, aliases }] }))
  bed = await startTestbed({ only: ['smtp'], inventory, dnsTtl: 1 })
  const content: Record<string, unknown> = parse(await readFile(bed.config ?? '', 'utf8'))
  const { host, port } = bed.dns
  config = path.join(bed.dir, 'runbook.yaml')
  await writeFile(
    config,
    stringify({
      ...content,
      dns: {
        ...Object(content['dns']),
        resolvers: [`${host}:${port}`],
        authoritativePort: port,
      },
      notify: {
        from: 'ITEG <admin@iteg.example>',
        smtp: { host: bed.sink.host, port: bed.sink.port, tls: 'none', allowInsecure: true },
        // The days themselves are tried with a clock of their own (packages/migration/test/migrate.test.ts).
        warnDaysAhead: 0,
      },
    }),
  )
  const from = 'From: friend@elsewhere.example\r\n'
  await deliver(bed.old.lmtp, {
    to: `anna@${DOMAIN}`,
    raw: `${from}Message-ID: <message-id@elsewhere.example>\r\nSubject: part of a subject\r\n\r\nHello\r\n`,
  })
})
afterAll(async () => {
  await bed?.stop()
  await rm(cwd, { recursive: true, force: true })
})

/** The lines of the runbook's shell blocks, in their order. */
async function commandLines(): Promise<readonly string[]> {
  const text = await readFile(runbook, 'utf8')
  return [...text.matchAll(/```sh\n(.*?)```/gsu)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line !== ''),
  )
}

function words(line: string): readonly string[] {
  return Array.from(line.matchAll(/"([^"]*)"|(\S+)/gu), ([, quoted, plain]) => quoted ?? plain ?? '')
}

/** What a line may end with; everything else must end with 0. */
const mayEnd: Readonly<Record<string, readonly number[]>> = {
  // It stops before the cut-over: the TTL of a second is not over yet, or nobody has said yes.
  [`mailmove migrate ${DOMAIN}`]: [3],
  // The TTL of a second may not be over yet.
  [`mailmove cutover ${DOMAIN} --prepare`]: [0, 3],
}

function mustSay(line: string): string {
  if (line === `mailmove migrate ${DOMAIN}`) return '  waits'
  return line.startsWith('mailmove explain') ? 'part of a subject' : ''
}

test('every command of the runbook does what it says, in its order', async () => {
  const lines = await commandLines()
  expect(lines.length).toBeGreaterThan(20)
  for (const line of lines) {
    const [program, ...args] = words(line)
    expect(program).toBe('mailmove')
    if (line === `mailmove cutover ${DOMAIN}`) await new Promise((resolve) => setTimeout(resolve, 1100))
    const { code, stdout, stderr } = await runCli(['--config', config, ...args], { cwd, env: bed.env })
    // Beside the code, so that a failure says which line it was and what came of it.
    const said = { line, code, stdout, stderr }
    expect(said).toMatchObject({
      line,
      code: expect.toSatisfy((found: number) => (mayEnd[line] ?? [0]).includes(found)),
      stdout: expect.stringContaining(mustSay(line)),
    })
  }
  const { stdout } = await runCli(['--config', config, '--json', 'status', DOMAIN], { cwd, env: bed.env })
  expect(JSON.parse(stdout)).toMatchObject({
    domains: [{ stage: 'rollback', mailFlow: { state: 'taken-back' } }],
  })
})
