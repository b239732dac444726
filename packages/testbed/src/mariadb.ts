import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { startInBackground } from './background.ts'
import { TestbedError } from './errors.ts'
import { currentIdentity } from './sandbox/identity.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

/** A running MariaDB with no databases of its own. */
export interface MariaDb {
  readonly host: string
  readonly port: number
  /** Makes a database out of a dump, with a user who may only read it, unless told otherwise; returns its URL. */
  load(database: string, dump: string, options?: { readonly mayWrite?: boolean }): Promise<string>
  /** The same, with a user who may do everything in it. */
  own(database: string, dump: string): Promise<string>
  /** Runs statements in one of these databases, as an administrator. */
  run(database: string, statements: string): Promise<void>
  /** Ends this server only. */
  stop(): Promise<void>
}

export async function startMariaDb(sandbox: Sandbox): Promise<MariaDb> {
  const dir = path.join(sandbox.dir, 'mariadb')
  const data = path.join(dir, 'data')
  const socket = path.join(dir, 's')
  await mkdir(data, { recursive: true })
  const { isRoot } = currentIdentity()
  const asRoot = isRoot ? ['--user=root'] : []
  await sandbox.succeed('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...asRoot,
  ])
  const server = await startInBackground({
    sandbox,
    dir,
    code: 'mariadb',
    command: (free) => [
      'mariadbd',
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--port=${free}`,
      '--bind-address=127.0.0.1',
      '--innodb-buffer-pool-size=32M',
      '--skip-log-bin',
      ...asRoot,
    ],
  })
  const run = async (input: string): Promise<void> => {
    const args = ['--no-defaults', `--socket=${socket}`, '--user=root', '--default-character-set=utf8mb4']
    const { code, stderr } = await sandbox.run('mariadb', args, { input })
    if (code !== 0) throw new TestbedError('mariadb', `mariadb ended with ${code}: ${stderr.trim()}`)
  }
  const make = async (database: string, dump: string, rights: 'select' | 'all'): Promise<string> => {
    if (!/^\w{1,40}$/.test(database)) throw new TestbedError('usage', `${database} is no name for a database`)
    const password = randomBytes(12).toString('hex')
    await run(`create database ${database} character set utf8mb4; use ${database};\n${dump}`)
    await run(
      `create user '${database}'@'%' identified by '${password}'; grant ${rights} on ${database}.* to '${database}'@'%';`,
    )
    return `mysql://${database}:${password}@127.0.0.1:${server.port}/${database}`
  }
  return {
    host: '127.0.0.1',
    port: server.port,
    load: (database, dump) => make(database, dump, 'select'),
    own: (database, dump) => make(database, dump, 'all'),
    run: (database, statements) => run(`use ${database};\n${statements}`),
    stop: () => server.stop(),
  }
}
