import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Testbed } from '../../packages/testbed/src/index.ts'
import type { Command } from './measure.ts'
import { relayPlan } from './relay-plan.ts'

export interface Bench {
  readonly bed: Testbed
  /** Folder for the contenders' configurations and states. */
  readonly work: string
  readonly tls: boolean
}

/** One program that copies a mailbox. The same address on both servers; both have it already, the target empty. */
export interface Contender {
  readonly name: string
  /** Prepares what is not measured, and says what to run; the same command again is the next run. */
  prepare(bench: Bench, address: string): Promise<Command>
}

const root = path.resolve(import.meta.dirname, '../..')

const mailmove: Contender = {
  name: 'mailmove',
  prepare: async ({ bed }, address) => ({
    // As a shell starts it: the first line of the file has a say in how much memory it takes.
    command: path.join(root, 'apps/cli/bin/mailmove.js'),
    args: ['--config', bed.config ?? '', '--quiet', 'copy', 'bench.example', '--mailbox', address],
    env: bed.env,
  }),
}

/** Masters of both sides log in as the mailbox: USER SEPARATOR MASTER. */
function logins({ bed }: Bench, address: string) {
  const of = ({ master: { user, password, separator } }: Pick<Testbed['old'], 'master'>) => ({
    user: `${address}${separator}${user}`,
    password,
  })
  return { old: of(bed.old), new: of(bed.new) }
}

const relay: Contender = {
  name: 'relay',
  async prepare(bench, address) {
    const binary = path.join(bench.work, 'relay')
    if (!existsSync(binary))
      execFileSync('cc', ['-O2', '-o', binary, path.join(import.meta.dirname, 'relay.c')])
    const { old, new: target } = logins(bench, address)
    const of = (side: 'old' | 'new') => {
      const { host, port } = bench.bed[side].imap
      return [host, String(port)]
    }
    return {
      command: binary,
      args: [...of('old'), old.user, old.password, ...of('new'), target.user, target.password],
      input: await relayPlan(bench.bed, address, 4),
    }
  },
}

const mbsync: Contender = {
  name: 'mbsync',
  async prepare(bench, address) {
    const { old, new: target } = logins(bench, address)
    const folder = path.join(bench.work, `mbsync-${address}`)
    await mkdir(folder, { recursive: true })
    const account = (side: 'old' | 'new', login: { user: string; password: string }): string => {
      const { host, port } = bench.bed[side][bench.tls ? 'imaps' : 'imap']
      return `IMAPAccount ${side}
Host ${host}
Port ${port}
User "${login.user}"
Pass "${login.password}"
${bench.tls ? `SSLType IMAPS\nCertificateFile ${bench.bed.caFile}\nSystemCertificates no` : 'SSLType None'}
AuthMechs PLAIN

IMAPStore ${side}
Account ${side}
`
    }
    const file = path.join(folder, 'mbsyncrc')
    await writeFile(
      file,
      `${account('old', old)}
${account('new', target)}
Channel move
Far :old:
Near :new:
Patterns * !Archive
Create Near
Expunge Near
Sync Pull
CopyArrivalDate yes
SyncState ${folder}/
`,
      { mode: 0o600 },
    )
    return { command: process.env['MBSYNC'] ?? 'mbsync', args: ['-q', '-c', file, 'move'] }
  },
}

const imapsync: Contender = {
  name: 'imapsync',
  async prepare(bench, address) {
    const { old, new: target } = logins(bench, address)
    const side = (
      number: 1 | 2,
      name: 'old' | 'new',
      login: { user: string; password: string },
    ): string[] => {
      const { host, port } = bench.bed[name][bench.tls ? 'imaps' : 'imap']
      return [
        `--host${number}`,
        host,
        `--port${number}`,
        String(port),
        `--user${number}`,
        login.user,
        `--password${number}`,
        login.password,
        ...(bench.tls ? [`--ssl${number}`] : [`--nossl${number}`, `--notls${number}`]),
      ]
    }
    return {
      command: 'perl',
      args: [
        process.env['IMAPSYNC'] ?? 'imapsync',
        ...side(1, 'old', old),
        ...side(2, 'new', target),
        '--automap',
        '--nofoldersizes',
        '--nofoldersizesatend',
        '--noreleasecheck',
        '--nolog',
        '--tmpdir',
        bench.work,
        '--pidfile',
        path.join(bench.work, `imapsync-${address}.pid`),
      ],
    }
  },
}

const dsync: Contender = {
  name: 'dsync',
  async prepare(bench, address) {
    const { old } = logins(bench, address)
    const { host, port } = bench.bed.old[bench.tls ? 'imaps' : 'imap']
    const settings = {
      imapc_host: host,
      imapc_port: String(port),
      imapc_user: old.user,
      imapc_password: old.password,
      imapc_list_prefix: 'INBOX',
      imapc_features: 'rfc822.size fetch-headers',
      ...(bench.tls ? { imapc_ssl: 'imaps', ssl_client_ca_file: bench.bed.caFile } : {}),
    }
    const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
    return bench.bed.inside('doveadm', [
      '-c',
      bench.bed.new.dovecotConfig,
      ...options,
      'backup',
      '-R',
      '-u',
      address,
      'imapc:',
    ])
  },
}

const all: readonly Contender[] = [mailmove, relay, mbsync, dsync, imapsync]
export const contenderNames: readonly string[] = all.map(({ name }) => name)

/** The contenders that can run here; a wanted one that cannot is an error. */
export function contenders(wanted: readonly string[] | undefined, tls: boolean): Contender[] {
  const missing = new Map<string, string>()
  if (!existsSync(path.join(root, 'apps/cli/dist/main.js')))
    missing.set('mailmove', 'run `npm run build` first')
  if (!works('cc', '--version')) missing.set('relay', 'needs a C compiler, cc')
  if (tls) missing.set('relay', 'speaks no TLS')
  if (!works(process.env['MBSYNC'] ?? 'mbsync', '--version'))
    missing.set('mbsync', "needs Debian's package isync, or MBSYNC=PATH")
  const script = process.env['IMAPSYNC']
  if (script === undefined || !works('perl', script, '--version'))
    missing.set('imapsync', 'needs IMAPSYNC=PATH of a script that starts')
  for (const name of wanted ?? []) {
    const why = missing.get(name)
    if (why !== undefined) throw new Error(`${name} cannot take part: ${why}`)
  }
  return all.filter(({ name }) => !missing.has(name) && (wanted?.includes(name) ?? true))
}

function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
