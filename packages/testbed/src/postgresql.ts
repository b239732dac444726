import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { asMailUser } from './as-mail-user.ts'
import { startInBackground } from './background.ts'
import { TestbedError } from './errors.ts'
import { giveToMailUser } from './mail/owner.ts'
import type { CommandResult, Sandbox } from './sandbox/sandbox.ts'

/** A running PostgreSQL with no databases of its own. */
export interface PostgreSql {
  readonly host: string
  readonly port: number
  /** Makes a database out of a dump, with a user who may only read it; returns its URL. */
  load(database: string, dump: string): Promise<string>
  /** Runs a statement as the user of a URL that `load` returned. */
  ask(url: string, statement: string): Promise<CommandResult>
  /** Ends this server only. */
  stop(): Promise<void>
}

const programs = '/usr/lib/postgresql/15/bin'

export async function startPostgreSql(sandbox: Sandbox): Promise<PostgreSql> {
  const dir = path.join(sandbox.dir, 'postgresql')
  const data = path.join(dir, 'data')
  await mkdir(dir, { recursive: true })
  giveToMailUser(dir)
  const [word, ...initialise] = [
    ...asMailUser(),
    `${programs}/initdb`,
    `--pgdata=${data}`,
    '--username=postgres',
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]
  await sandbox.succeed(word, initialise)
  const server = await startInBackground({
    sandbox,
    dir,
    code: 'postgresql',
    command: (free) => [
      ...asMailUser(),
      `${programs}/postgres`,
      '-D',
      data,
      '-p',
      String(free),
      '-k',
      dir,
      ...['listen_addresses=127.0.0.1', 'shared_buffers=16MB', 'fsync=off'].flatMap((each) => ['-c', each]),
    ],
  })
  const run = async (database: string, input: string): Promise<void> => {
    const where = ['-h', dir, '-p', String(server.port), '-U', 'postgres', '-d', database]
    const args = ['--no-psqlrc', '--quiet', '-v', 'ON_ERROR_STOP=1', ...where]
    const { code, stderr } = await sandbox.run('psql', args, { input })
    if (code !== 0) throw new TestbedError('postgresql', `psql ended with ${code}: ${stderr.trim()}`)
  }
  return {
    host: '127.0.0.1',
    port: server.port,
    load: async (database, dump) => {
      if (!/^[a-z]\w{0,39}$/.test(database))
        throw new TestbedError('usage', `${database} is no name for a database`)
      const password = randomBytes(12).toString('hex')
      await run('postgres', `create database ${database};`)
      await run(database, dump)
      await run(
        database,
        `create user ${database} password '${password}'; grant select on all tables in schema public to ${database};`,
      )
      return `postgres://${database}:${password}@127.0.0.1:${server.port}/${database}`
    },
    ask: (url, statement) =>
      sandbox.run('psql', ['--no-psqlrc', '--tuples-only', '--no-align', '-d', url, '-c', statement]),
    stop: () => server.stop(),
  }
}
