import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureWidePackages } from '../../../tools/setup/debian.mjs'
import { startInBackground } from './background.ts'
import { startSandbox } from './sandbox/sandbox.ts'

/** A running OpenSSH server, with keys of its own. */
export interface Sshd extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Whom its key lets in. */
  readonly user: string
  /** Private keys: one that is let in, and one that is not. */
  readonly key: string
  readonly strangersKey: string
  /** As ssh's UserKnownHostsFile. */
  readonly knownHosts: string
  /** A folder for files, the same on both sides. */
  readonly dir: string
  stop(): Promise<void>
}

/** Starts it on a free port of the loopback; resolves when it accepts connections. Needs root: it logs users in. */
export async function startSshd(): Promise<Sshd> {
  const { usr } = await ensureWidePackages()
  await using started = new AsyncDisposableStack()
  const root = path.join(tmpdir(), `mailmove-sshd-${randomBytes(4).toString('hex')}`)
  const sandbox = started.use(await startSandbox({ dir: root, usr }))
  const dir = path.join(root, 'ssh')
  await mkdir(path.join(dir, 'files'), { recursive: true, mode: 0o700 })
  const key = (name: string): string => path.join(dir, name)
  for (const name of ['host', 'user', 'stranger'])
    await sandbox.succeed('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key(name)])
  await copyFile(key('user.pub'), key('authorized_keys'))
  const config = path.join(dir, 'sshd_config')
  await writeFile(
    config,
    [
      'ListenAddress 127.0.0.1',
      `HostKey ${key('host')}`,
      `AuthorizedKeysFile ${key('authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      '',
    ].join('\n'),
  )
  // In the sandbox only: sshd wants an empty folder there.
  await sandbox.succeed('mount', ['-t', 'tmpfs', 'tmpfs', '/run'])
  await sandbox.succeed('mkdir', ['-m', '755', '/run/sshd'])
  const server = await startInBackground({
    sandbox,
    dir,
    code: 'sshd',
    command: (port) => ['/usr/sbin/sshd', '-D', '-e', '-f', config, '-p', String(port)],
  })
  const hostKey = (await readFile(key('host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ')
  await writeFile(key('known_hosts'), `[127.0.0.1]:${server.port} ${hostKey}\n`)
  const owned = started.move()
  const stop = (): Promise<void> => owned.disposeAsync()
  return {
    host: '127.0.0.1',
    port: server.port,
    user: 'root',
    key: key('user'),
    strangersKey: key('stranger'),
    knownHosts: key('known_hosts'),
    dir: path.join(dir, 'files'),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
