import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { postfixCommands } from './postfix/postfix.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

/** What was asked of mailcow's containers, through a `docker` that writes it down. */
export interface Docker {
  /** The arguments of each call, oldest first. */
  calls(): Promise<string[]>
  /** From now on it fails with this sentence; undefined: it works again. */
  failWith(sentence: string | undefined): Promise<void>
}

export interface Commands {
  /** A folder of commands that run where the servers run: Postfix' own, `doveadm`, and mailcow's `docker`. */
  readonly directory: string
  readonly docker: Docker
}

/**
 * Scripts for programs outside that are to run a server's commands, as they would on the server itself.
 * `docker compose exec ... postfix-mailcow postfix ...` really reaches the new Postfix; all else only succeeds.
 */
export async function writeCommands(sandbox: Sandbox, newPostfix: string): Promise<Commands> {
  const directory = path.join(sandbox.dir, 'bin')
  const calls = path.join(directory, '.docker-calls')
  const failure = path.join(directory, '.docker-failure')
  await mkdir(directory, { recursive: true })
  const script = (name: string, text: string): Promise<void> =>
    writeFile(path.join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  const inside = (command: string, ...args: readonly string[]): string => {
    const line = sandbox.inside('env', ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', command, ...args])
    return [line.command, ...line.args].map((word) => `'${word}'`).join(' ')
  }
  for (const name of [...postfixCommands, 'doveadm']) await script(name, `exec ${inside(name)} "$@"`)
  await script(
    'docker',
    `printf '%s\\n' "$*" >>'${calls}'
if [ -s '${failure}' ]; then cat '${failure}' >&2; exit 1; fi
case " $* " in
  *' exec '*' postfix-mailcow postfix '*) shift $(($# - 1)); exec ${inside('postfix', '-c', newPostfix)} "$@" ;;
esac`,
  )
  return {
    directory,
    docker: {
      calls: async () => {
        const text = await readFile(calls, 'utf8').catch(() => '')
        return text.split('\n').filter((line) => line !== '')
      },
      failWith: (sentence) =>
        sentence === undefined ? rm(failure, { force: true }) : writeFile(failure, `${sentence}\n`),
    },
  }
}
