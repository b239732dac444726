import { copyFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Endpoint } from '../endpoint.ts'
import { TestbedError } from '../errors.ts'
import type { CommandResult, Sandbox } from '../sandbox/sandbox.ts'
import { mainCf, masterCf } from './config.ts'
import type { PostfixFacts, Service } from './config.ts'

/** A message that waits in a queue, as `postqueue -j` prints it. */
export interface QueuedMessage {
  readonly queue_name: 'active' | 'deferred' | 'hold' | 'incoming' | 'maildrop'
  readonly queue_id: string
  readonly sender: string
  readonly recipients: readonly { readonly address: string; readonly delay_reason?: string }[]
}

/** A running Postfix of the test bed. */
export interface Postfix {
  /** Its name in the DNS of the test bed. */
  readonly name: string
  readonly smtp: Endpoint
  /** STARTTLS and the mailbox's address and password. */
  readonly submission: Endpoint
  /** Folder of main.cf. */
  readonly configDirectory: string
  /** Runs a Postfix command with `-c` and this server's folder: `run('postqueue', '-p')`. */
  run(command: PostfixCommand, ...args: readonly string[]): Promise<CommandResult>
  queue(): Promise<QueuedMessage[]>
  log(): Promise<string>
  /** Stops this server only; its queue stays. */
  halt(): Promise<void>
  resume(): Promise<void>
}

export const postfixCommands = [
  'postfix',
  'postconf',
  'postmap',
  'postalias',
  'postqueue',
  'postsuper',
  'postcat',
  'sendmail',
] as const
export type PostfixCommand = (typeof postfixCommands)[number]

export interface PostfixOptions extends Omit<PostfixFacts, 'metaDirectory' | 'prefix'> {
  readonly sandbox: Sandbox
  /** The unpacked packages, if Postfix is among them. */
  readonly usr: string | undefined
  readonly services: readonly Service[]
  /** The `hash:` maps and alias files of this server, by file name. */
  readonly maps: ReadonlyMap<string, string>
}

// What post-install would make, without its half second: then `quick-start` says that all is there. The queue lies in
// memory, and maps are made there: Postfix waits for the disk with every file, and beds start by the dozen.
const startScript = `set -e
cd "$1"
mkdir -p spool
mount -t tmpfs -o mode=755 tmpfs spool
queues='active bounce corrupt defer deferred flush hold incoming private saved trace'
mkdir -p spool/pid data; (cd spool && mkdir -p $queues maildrop public)
chown root spool spool/pid; chown postfix data; chmod 700 data
(cd spool && chown postfix $queues maildrop public && chmod 700 $queues && chgrp postdrop maildrop public && chmod 730 maildrop && chmod 710 public)
cp -r etc spool/maps
cd spool/maps
[ -z "$2" ] || postmap -c "$1/etc" $2
postalias -c "$1/etc" hash:aliases
cp *.db "$1/etc"
cd "$1/etc"
rm -r ../spool/maps
touch ../spool/quick-start
postfix -c "$1/etc" start >../start.log 2>&1 </dev/null || { cat ../start.log ../mail.log >&2; exit 1; }
`

export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const { sandbox, dir, address, services, maps } = options
  const etc = path.join(dir, 'etc')
  const metaDirectory = path.join(dir, 'meta')
  for (const folder of [etc, metaDirectory]) await mkdir(folder, { recursive: true })
  await writeMeta(metaDirectory, options.usr)
  await writeFile(path.join(etc, 'main.cf'), mainCf({ ...options, metaDirectory, prefix: sandbox.dir }))
  // Every Postfix command waits until a main.cf is two seconds old, lest somebody is still writing it.
  const longAgo = new Date(Date.now() - 3_600_000)
  await utimes(path.join(etc, 'main.cf'), longAgo, longAgo)
  await writeFile(path.join(etc, 'master.cf'), masterCf(address, services))
  await writeFile(path.join(etc, 'aliases'), maps.get('aliases') ?? '')
  const hashed = [...maps].filter(([name]) => name !== 'aliases')
  for (const [name, text] of hashed) await writeFile(path.join(etc, name), text)
  const names = hashed.map(([name]) => `hash:${name}`).join(' ')
  const { code, stderr } = await sandbox.run('sh', ['-c', startScript, 'start', dir, names])
  if (code !== 0) throw startError(options, stderr)
  const run = (command: PostfixCommand, ...args: readonly string[]): Promise<CommandResult> =>
    sandbox.run(command, command === 'sendmail' ? ['-C', etc, ...args] : ['-c', etc, ...args])
  const succeed = async (command: PostfixCommand, ...args: readonly string[]): Promise<string> => {
    const result = await run(command, ...args)
    if (result.code !== 0)
      throw new TestbedError('postfix', `${command} ended with ${result.code}: ${result.stderr.trim()}`)
    return result.stdout
  }
  return {
    name: options.name,
    smtp: { host: address, port: 25 },
    submission: { host: address, port: 587 },
    configDirectory: etc,
    run,
    queue: async () => {
      const lines = (await succeed('postqueue', '-j')).split('\n').filter((line) => line !== '')
      return lines.map((line): QueuedMessage => JSON.parse(line))
    },
    log: () => readFile(path.join(dir, 'mail.log'), 'utf8'),
    halt: async () => {
      await succeed('postfix', 'stop')
    },
    resume: async () => {
      // postfix leaves servers behind that keep a pipe open
      await sandbox.succeed('sh', ['-c', 'postfix -c "$1" start >/dev/null 2>&1 </dev/null', 'resume', etc])
    },
  }
}

/** What Debian's installation would have put together in /etc/postfix. */
async function writeMeta(directory: string, usr: string | undefined): Promise<void> {
  const unpacked = usr === undefined ? '' : path.join(path.dirname(usr), 'etc/postfix/postfix-files')
  await copyFile(
    existsSync(unpacked) ? unpacked : '/etc/postfix/postfix-files',
    path.join(directory, 'postfix-files'),
  )
  await writeFile(path.join(directory, 'dynamicmaps.cf'), 'mysql\tpostfix-mysql.so\tdict_mysql_open\n')
}

function startError({ name, address }: PostfixOptions, said: string): TestbedError {
  return /already in use/i.test(said)
    ? new TestbedError(
        'postfix',
        `port 25 or 587 of ${address} is taken: a mail server of this machine listens on all addresses, and the test bed's cannot`,
      )
    : new TestbedError('postfix', `the Postfix ${name} did not start: ${said.trim().slice(-1500)}`)
}
