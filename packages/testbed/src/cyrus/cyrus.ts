import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureWidePackages } from '../../../../tools/setup/debian.mjs'
import { startInBackground } from '../background.ts'
import { TestbedError } from '../errors.ts'
import { giveToMailUser } from '../mail/owner.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { cyrusConfig, cyrusServices, realm } from './config.ts'
import type { CyrusLayout } from './config.ts'

/** A running Cyrus IMAP server, in namespaces of its own: its packages and Dovecot's exclude each other. */
export interface Cyrus extends AsyncDisposable {
  readonly imap: { readonly host: string; readonly port: number }
  /** A user, whose INBOX is made at the first login. */
  addUser(user: string, password?: string): Promise<{ readonly user: string; readonly password: string }>
  /**
   * Puts files into a folder's storage as they are, which APPEND would refuse, and lets the server take note of them.
   * `folder` is the server's own name, `user.anna.Lists`. Nothing may have the folder open.
   */
  store(
    folder: string,
    messages: readonly { readonly bytes: Buffer; readonly receivedAt: Date }[],
  ): Promise<void>
  stop(): Promise<void>
}

/** Starts it on a free port of the loopback; resolves when it accepts connections. */
export async function startCyrus({
  layout = 'netnews',
}: { readonly layout?: CyrusLayout } = {}): Promise<Cyrus> {
  const { usr } = await ensureWidePackages()
  await using started = new AsyncDisposableStack()
  const root = path.join(tmpdir(), `mailmove-cyrus-${randomBytes(4).toString('hex')}`)
  const sandbox = started.use(await startSandbox({ dir: root, usr }))
  const dir = path.join(root, 'cyrus')
  for (const folder of ['config', 'spool', 'run']) {
    await mkdir(path.join(dir, folder), { recursive: true })
    giveToMailUser(path.join(dir, folder))
  }
  giveToMailUser(dir)
  const configuration = path.join(dir, 'imapd.conf')
  await writeFile(configuration, cyrusConfig({ dir, layout }))
  const asUser = ['CYRUS_USER=mailmove']
  const tool = (name: string, ...args: readonly string[]) =>
    sandbox.succeed('env', [...asUser, `/usr/lib/cyrus/bin/${name}`, '-C', configuration, ...args])
  const { port } = await startInBackground({
    sandbox,
    dir,
    code: 'cyrus',
    command: (free) => {
      const services = path.join(dir, 'cyrus.conf')
      writeFileSync(services, cyrusServices(configuration, free))
      const files = ['-C', configuration, '-M', services, '-p', path.join(dir, 'run/master.pid')]
      return ['env', ...asUser, '/usr/lib/cyrus/bin/master', ...files]
    },
  })
  const running = started.move()
  const stop = (): Promise<void> => running.disposeAsync()
  return {
    imap: { host: '127.0.0.1', port },
    addUser: async (user, password = 'user-Passw0rd') => {
      const database = path.join(dir, 'sasldb2')
      const args = ['-c', '-p', '-f', database, '-u', realm, user]
      const { code, stderr } = await sandbox.run('saslpasswd2', args, { input: password })
      if (code !== 0) throw new TestbedError('cyrus', `saslpasswd2 ended with ${code}: ${stderr.trim()}`)
      giveToMailUser(database)
      return { user, password }
    },
    store: async (folder, messages) => {
      const place = (await tool('mbpath', folder)).trim()
      const used = (await readdir(place)).flatMap((name) => /^(\d+)\.$/.exec(name)?.[1] ?? []).map(Number)
      let uid = Math.max(0, ...used)
      for (const { bytes, receivedAt } of messages) {
        uid += 1
        const file = path.join(place, `${uid}.`)
        await writeFile(file, bytes, { mode: 0o600 })
        await utimes(file, receivedAt, receivedAt)
        giveToMailUser(file)
      }
      await tool('reconstruct', folder)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
