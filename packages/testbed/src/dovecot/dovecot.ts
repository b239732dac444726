import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { AccountFiles } from '../accounts/account-files.ts'
import type { Endpoint } from '../endpoint.ts'
import { TestbedError } from '../errors.ts'
import { freePorts } from '../ports.ts'
import type { CommandResult, Sandbox } from '../sandbox/sandbox.ts'
import { giveToMailUser } from '../mail/owner.ts'
import { dovecotConfig } from './config.ts'
import type { DovecotPorts } from './config.ts'

/** Logs in to any mailbox as `USER SEPARATOR user`. */
export interface MasterUser {
  readonly user: string
  readonly password: string
  readonly separator: '*'
}

export interface DovecotOptions {
  readonly sandbox: Sandbox
  readonly side: 'old' | 'new'
  readonly certificates: string
  /** Where redirects and vacation replies go. */
  readonly submission: Endpoint
  readonly storage: 'plain' | 'as-mailcow'
  readonly extra: string
  readonly master: MasterUser
}

/** A running Dovecot of the test bed. */
export interface Dovecot {
  readonly imap: Endpoint
  readonly imaps: Endpoint
  readonly pop3: Endpoint
  readonly sieve: Endpoint
  readonly lmtp: Endpoint
  readonly master: MasterUser
  /** Path of its configuration; commands that use it must run through `doveadm()`. */
  readonly dovecotConfig: string
  /** Everything of this server lies below. */
  readonly sideDirectory: string
  /** Where mail lies: `DIRECTORY/DOMAIN/LOCAL-PART/Maildir`. */
  readonly mailDirectory: string
  readonly accounts: AccountFiles
  /** Runs `doveadm ARGS` on this Dovecot. Rejects when it fails. */
  doveadm(...args: readonly string[]): Promise<string>
  /** What it has logged so far. */
  log(): Promise<string>
  /** Stops this server only; its clients are disconnected, its ports refuse. */
  halt(): Promise<void>
  /** Starts it again, on the same ports. */
  resume(): Promise<void>
}

/** The first process takes most of its group along; those with a client would stay for seconds. */
const haltScript = `pid=$(cat "$1/run/master.pid") && kill "$pid"
while kill -s 0 "$pid" 2>/dev/null; do sleep 0.01; done
kill -s KILL -- "-$pid" 2>/dev/null
while kill -s 0 -- "-$pid" 2>/dev/null; do sleep 0.01; done`

const attempts = 5
const mailcowPages = path.join(import.meta.dirname, '../../data/mailcow-pages')

export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const { sandbox, side, master } = options
  const dir = path.join(sandbox.dir, side)
  const config = path.join(dir, 'dovecot.conf')
  const folders = [
    'run',
    'state',
    'accounts',
    'mail',
    'index',
    'sieve/active',
    'sieve/prefilter',
    'sieve/postfilter',
  ]
  for (const folder of folders) await mkdir(path.join(dir, folder), { recursive: true })
  for (const folder of folders.slice(3)) giveToMailUser(path.join(dir, folder))
  giveToMailUser(path.join(dir, 'sieve'))
  await writeFile(path.join(dir, 'master.passwd'), `${master.user}:{PLAIN}${master.password}\n`)
  const lua = await readFile(path.join(import.meta.dirname, 'accounts.lua'), 'utf8')
  const head = `local directory = ${JSON.stringify(`${dir}/accounts`)}\nlocal drops_unknown = ${side === 'new'}\n`
  await writeFile(path.join(dir, 'accounts.lua'), head + lua)
  // What mailcow runs around the user's own scripts, as it ships it.
  for (const when of ['before', 'after'])
    await copyFile(
      path.join(mailcowPages, `global-sieve-${when}.sieve`),
      path.join(dir, `sieve/global_${when}.sieve`),
    )
  const ports = await bindWithRetry(options, dir, config)
  return {
    imap: at(ports.imap),
    imaps: at(ports.imaps),
    pop3: at(ports.pop3),
    sieve: at(ports.sieve),
    lmtp: at(ports.lmtp),
    master,
    dovecotConfig: config,
    sideDirectory: dir,
    mailDirectory: path.join(dir, 'mail'),
    accounts: new AccountFiles(path.join(dir, 'accounts')),
    doveadm: async (...args) => {
      const { stdout, stderr, code } = await sandbox.run('doveadm', ['-c', config, ...args])
      if (code !== 0)
        throw new TestbedError('dovecot', `doveadm ${args[0] ?? ''} ended with ${code}: ${stderr.trim()}`)
      return stdout
    },
    log: () => readFile(path.join(dir, 'dovecot.log'), 'utf8'),
    halt: async () => {
      await sandbox.run('sh', ['-c', haltScript, 'halt', dir])
    },
    resume: async () => {
      const result = await launch(sandbox, config)
      if (result.code !== 0) throw launchError(side, result)
    },
  }
}

function at(port: number): Endpoint {
  return { host: '127.0.0.1', port }
}

/** Another process may take a port between our look and Dovecot's bind: then others are tried. */
async function bindWithRetry(options: DovecotOptions, dir: string, config: string): Promise<DovecotPorts> {
  const { sandbox, side, certificates, submission, storage, extra } = options
  for (let attempt = 1; ; attempt += 1) {
    const [imap = 0, imaps = 0, pop3 = 0, sieve = 0, lmtp = 0] = await freePorts(5)
    const ports = { imap, imaps, pop3, sieve, lmtp }
    await writeFile(config, dovecotConfig({ side, dir, certificates, ports, submission, storage, extra }))
    const result = await launch(sandbox, config)
    if (result.code === 0) return ports
    if (attempt === attempts || !/Address already in use/.test(result.stdout)) throw launchError(side, result)
  }
}

/** Returns once all listeners are bound. Its output goes to a file: Dovecot's children would keep a pipe open. */
function launch(sandbox: Sandbox, config: string): Promise<CommandResult> {
  const script = 'dovecot -c "$1" >"$1.start" 2>&1 </dev/null; code=$?; cat "$1.start"; exit "$code"'
  return sandbox.run('sh', ['-c', script, 'launch', config])
}

function launchError(side: string, { stdout, code }: CommandResult): TestbedError {
  return new TestbedError(
    'dovecot',
    `the ${side} Dovecot did not start (exit code ${code}): ${stdout.trim()}`,
  )
}
