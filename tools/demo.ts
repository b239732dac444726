// npm run demo [-- --keep]
//
// A sample domain with real mail moves from a real Dovecot to a real Dovecot through the mailcow API, with the same
// program and the same commands an admin would use. With --keep the servers stay until Enter or Ctrl-C.
import { spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import path from 'node:path'
import process from 'node:process'
import { styleText } from 'node:util'
import { parse, stringify } from 'yaml'
import { deliver, startTestbed } from '../packages/testbed/src/index.ts'

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

// Postfix starts as root only.
const withMailFlow = process.getuid?.() === 0
say(
  bold(
    `Starting an old and a new Dovecot${withMailFlow ? ', both Postfixes, a name server' : ''}, an SMTP sink and the mailcow API, with a sample domain and its mail …`,
  ),
)
await using bed = await startTestbed({
  demo: true,
  ...(withMailFlow ? { only: ['smtp'], dnsTtl: 1 } : {}),
})
const config = await configuration()
await rm(reports, { recursive: true, force: true })
await mkdir(reports)

/** The bed's own, with what the mail flow needs: whom to ask for names, and how notices are sent. */
async function configuration(): Promise<string> {
  if (bed.config === undefined) throw new Error('the test bed made no configuration')
  if (!withMailFlow) return bed.config
  const content: { readonly dns?: object } = parse(await readFile(bed.config, 'utf8'))
  const { host, port } = bed.dns
  const file = path.join(bed.dir, 'demo.yaml')
  const changed = {
    ...content,
    dns: { ...content.dns, resolvers: [`${host}:${port}`], authoritativePort: port },
    notify: {
      from: 'ITEG <admin@iteg.example>',
      smtp: { host: bed.sink.host, port: bed.sink.port, tls: 'none', allowInsecure: true, ratePerSecond: 0 },
      // Five in real life; nobody wants to wait for the end of a demo so long.
      warnDaysAhead: 0,
    },
  }
  await writeFile(file, stringify(changed))
  return file
}

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
    [...process.execArgv, path.join(root, 'apps/cli/src/main.ts'), '--config', config, ...args],
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
  if (withMailFlow) {
    chapter('Users are told beforehand (by mail into the sink; the demo waits no days)')
    // 1: one of them gets a letter, because a mail would be read by somebody else.
    await expectCode(1, 'warn', domain)
    chapter('Whose mail would be read elsewhere: the letter is passed on, and that is on the record')
    await expectCode(
      0,
      'accept',
      domain,
      'notice-forwarded',
      `verkauf@${domain}`,
      '--reason',
      'the agency reads his mail for him',
    )
  }
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
  await record('survey', 'survey', domain)
  await record('plan', 'plan', domain)
  await record('verify', 'verify', domain)
  if (withMailFlow) await mailFlow()
  else
    chapter(
      'The cut-over itself needs both Postfixes, which start as root only: run the demo as root to see it',
    )
  chapter('Where it stands')
  await expectCode(0, 'status')
  await record('status', 'status')
}

/** From the old server to mailcow, while mail goes on arriving. */
async function mailFlow(): Promise<void> {
  chapter("Days before: mailcow's DKIM key and SPF in the DNS, short TTLs")
  const prepared = await show('cutover', domain, '--prepare')
  if (prepared !== 0 && prepared !== 3) throw new Error(`the preparation ended with ${prepared}`)
  // The zone's TTL is a second here: after it, nobody remembers the old records.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await deliver(bed.old.lmtp, {
    to: `anna@${domain}`,
    raw: 'From: a.friend@elsewhere.example\r\nSubject: Just before the cut-over\r\n\r\nIn time.\r\n',
  })
  chapter('The cut-over: mailcow final, the old server a relay, the last mail, hand-over mails, MX')
  await expectCode(0, 'cutover', domain)
  await deliver(bed.old.lmtp, {
    to: `anna@${domain}`,
    raw: 'From: anna@example.at\r\nSubject: Saved by an old client\r\n\r\nLate.\r\n',
  })
  chapter('Once a day from now on: what old clients still save in old mailboxes')
  await expectCode(0, 'catchup', domain)
  chapter('"Where is that mail?"')
  await expectCode(0, 'explain', domain, 'Just before the cut-over')
}

const started = Date.now()
try {
  await wholeMove()
  chapter('Done')
  say(
    `${domain} was ${withMailFlow ? 'moved, cut over' : 'copied'} and verified in ${Math.round((Date.now() - started) / 1000)} s.`,
  )
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
