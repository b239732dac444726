// npm run demo [-- --keep]
//
// A sample domain with real mail moves from a real Dovecot to a real Dovecot through the mailcow API, with the same
// program and the same commands an admin would use. With --keep the servers stay until Enter or Ctrl-C.
import { spawn } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import path from 'node:path'
import process from 'node:process'
import { styleText } from 'node:util'
import { startTestbed } from '../packages/testbed/src/index.ts'

const root = path.resolve(import.meta.dirname, '..')
const reports = path.join(root, 'mailmove-demo')
const domain = 'example.at'

const keep = process.argv[2] === '--keep'
if (process.argv.length > (keep ? 3 : 2)) {
  process.stderr.write('usage: npm run demo [-- --keep]\n')
  process.exit(2)
}

const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })
const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
const chapter = (text: string): void => say(`\n${bold(`── ${text}`)}`)

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())

say(
  bold(
    'Starting an old and a new Dovecot, an SMTP sink and the mailcow API, with a sample domain and its mail …',
  ),
)
await using bed = await startTestbed({ demo: true })
const config = bed.config
if (config === undefined) throw new Error('the test bed made no configuration')
await rm(reports, { recursive: true, force: true })
await mkdir(reports)

/** Runs `mailmove ARGS` as an admin would see it. Resolves with its exit code. */
async function show(...args: readonly string[]): Promise<number> {
  say(bold(`$ mailmove ${args.join(' ')}`))
  return run(args, 'inherit').then(({ code }) => code)
}

/** Runs `mailmove --json ARGS` quietly and keeps the document in the demo's folder. */
async function record(name: string, ...args: readonly string[]): Promise<void> {
  const { code, stdout } = await run(['--json', '--quiet', ...args], 'pipe')
  if (code !== 0) throw new Error(`mailmove ${args.join(' ')} ended with ${code}`)
  await writeFile(path.join(reports, `${name}.json`), stdout)
}

async function run(
  args: readonly string[],
  stdout: 'inherit' | 'pipe',
): Promise<{ code: number; stdout: string }> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, path.join(root, 'apps/cli/src/main.ts'), '--config', config ?? '', ...args],
    { stdio: ['ignore', stdout, 'inherit'], env: { ...process.env, ...bed.env } },
  )
  const parts: Buffer[] = []
  child.stdout?.on('data', (part: Buffer) => parts.push(part))
  await once(child, 'close')
  interrupted.signal.throwIfAborted()
  return { code: child.exitCode ?? 130, stdout: Buffer.concat(parts).toString() }
}

async function expectCode(expected: number, ...args: readonly string[]): Promise<void> {
  const code = await show(...args)
  if (code !== expected)
    throw new Error(`mailmove ${args.join(' ')} ended with ${code}, not with ${expected}`)
}

async function wholeMove(): Promise<void> {
  chapter('Can every server be reached, and do the credentials have the rights they need?')
  await expectCode(0, 'check')
  chapter('What is on the old server, and what would go wrong?')
  await expectCode(0, 'survey', domain)
  chapter('What would be done?')
  await expectCode(0, 'plan', domain)
  chapter('Domain, mailboxes, aliases and forwards on mailcow; mail still goes to the old server')
  await expectCode(0, 'provision', domain)
  chapter('All mail')
  await expectCode(0, 'copy', domain)
  chapter('Again: nothing is left to do, and both commands say so')
  await expectCode(0, 'provision', domain)
  await expectCode(0, 'copy', domain)
  chapter('Both servers are read once more and compared, message by message')
  await expectCode(0, 'verify', domain)
  chapter('What users have beside their mail: filters, rewritten for mailcow, and address books, as files')
  await expectCode(0, 'export', domain, '--out', path.join(reports, 'export'))
  chapter('Where it stands')
  await expectCode(0, 'status')
  await record('survey', 'survey', domain)
  await record('plan', 'plan', domain)
  await record('verify', 'verify', domain)
  await record('status', 'status')
}

const started = Date.now()
try {
  await wholeMove()
  chapter('Done')
  say(`${domain} was moved and verified in ${Math.round((Date.now() - started) / 1000)} s.`)
  say(`The reports as JSON: ${path.relative(process.cwd(), reports) || '.'}/`)
  if (keep) {
    const { imap, master } = bed.new
    say(`
The servers still run. Look around:
  configuration   ${config}
  new server      imap://${imap.host}:${imap.port}  (log in as anna@${domain}${master.separator}${master.user}, password ${master.password})
  mailcow API     curl -H 'X-API-Key: ${bed.new.mailcow.apiKey}' ${bed.new.mailcow.url}/api/v1/get/mailbox/all
  mailmove        ${Object.entries(bed.env)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')} npm run -s mailmove -- --config ${config} status
Enter or Ctrl-C stops and removes them.`)
    process.stdin.resume()
    await Promise.race([
      once(process.stdin, 'data'),
      once(process.stdin, 'end'),
      once(interrupted.signal, 'abort'),
    ])
    process.stdin.destroy()
  } else say('To look around on the running servers: npm run demo -- --keep')
} catch (error) {
  if (!interrupted.signal.aborted) throw error
  say('\nInterrupted; the servers and their files are removed.')
  process.exitCode = 130
}
