import { once } from 'node:events'
import { lstat, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { watchWorkDir } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { CommandUsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { isLoopback, newToken } from '../serve/access.ts'
import { statusApp } from '../serve/app.ts'
import { ChangeFeed } from '../serve/change-feed.ts'
import { pageData } from '../serve/page-data.ts'
import { startServer } from '../serve/server.ts'
import { withMigration } from '../session.ts'

export interface ServeArguments {
  readonly port: string
  readonly host: string
  readonly tokenFile?: string
  readonly allowHost?: string[]
}

/** Fewer characters of a token of one's own could be guessed. */
const LEAST_TOKEN_LENGTH = 32

/** Shows the status page until it is interrupted: that is its regular end. */
export async function serve(context: CommandContext, asked: ServeArguments): Promise<CommandResult> {
  const { signal, terminal, logger } = context
  const port = portArgument(asked.port)
  const { host } = asked
  const fromFile = asked.tokenFile === undefined ? undefined : await tokenFrom(asked.tokenFile)
  // On loopback only this machine reaches it; anywhere else whoever has the token.
  const token = fromFile ?? (isLoopback(host) ? undefined : newToken())
  return withMigration(
    context,
    async (migration) => {
      using feed = new ChangeFeed(watchWorkDir(migration))
      const ending = new AbortController()
      const names = [host, hostname(), ...(asked.allowHost ?? [])]
      const app = statusApp({
        data: pageData(migration),
        feed,
        access: { port, names, ...(token === undefined ? {} : { token }) },
        signal: ending.signal,
        onError: (error) => logger.error({ error }, 'the status page could not be made'),
      })
      await using server = await startServer(app, { host, port })
      const shown = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? hostname() : host
      const url = `http://${shown}:${server.port}/`
      // A token of the file's is known to whoever wrote it; ours is shown this once.
      terminal.note(
        `The status page is at ${token === undefined || fromFile !== undefined ? url : `${url}?token=${token}`}  (Ctrl-C ends it)`,
      )
      if (token !== undefined)
        terminal.note(
          'It is not encrypted: over a network, use it through an SSH tunnel or behind a server with TLS.',
        )
      if (!signal.aborted) await once(signal, 'abort')
      ending.abort()
      return {
        document: { schema: 'mailmove.serve/1', url },
        text: 'The status page is closed.',
        exitCode: exitCodes.done,
      }
    },
    { secrets: 'later' },
  )
}

function portArgument(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== '') return port
  throw new CommandUsageError(`${text} is no port.`, 'A number from 1 to 65535; 0 takes any free one.')
}

async function tokenFrom(file: string): Promise<string> {
  const stats = await lstat(file)
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0)
    throw new CommandUsageError(`${file} can be read by others.`, `chmod 600 ${file}`)
  const token = (await readFile(file, 'utf8')).trim()
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= LEAST_TOKEN_LENGTH) return token
  throw new CommandUsageError(
    `${file} holds no token.`,
    `One line of at least ${LEAST_TOKEN_LENGTH} letters and digits: openssl rand -hex 32 > ${file}`,
  )
}
