import { type CommandOptions, type CommandResult, type Runner, RunnerError } from './runner.ts'
import { commandFailed, lastLine } from './command-failed.ts'
import { spawnCommand } from './spawn.ts'
import { streamCommand } from './stream.ts'

export interface SshRunnerOptions {
  /** `root@mailhaus.example`: no blanks, and it does not begin with `-`. */
  readonly destination: string
  readonly port?: number
  /** Folders over there where commands are looked for first. */
  readonly path?: readonly string[]
  /** Further arguments of ssh(1), e.g. `['-i', file]`. */
  readonly arguments?: readonly string[]
}

/** ssh's own exit code when it could not get there. */
const SSH_FAILED = 255
/** What a POSIX shell says when there is no such command. */
const NOT_FOUND = 127
/** What our scripts say when a file is not there. */
const NO_FILE = 66

/** Files and commands of another machine, through the system's ssh with its keys, agents and known hosts. It never asks for a password. */
export function sshRunner(options: SshRunnerOptions): Runner {
  const { destination, port, path = [], arguments: more = [] } = options
  if (!/^[^\s-][^\s]*$/.test(destination))
    throw new RunnerError('unreachable', `'${destination}' is no destination for ssh.`)
  const ssh = [
    'ssh',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=15',
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...more,
    '--',
    destination,
  ] as const
  const script = async (
    source: string,
    values: readonly string[],
    commandOptions: CommandOptions = {},
  ): Promise<CommandResult> => {
    const command = shellCommand(source, values)
    const result = await spawnCommand([...ssh, command], { ...commandOptions, what: `ssh ${destination}` })
    if (result.code !== SSH_FAILED) return result
    throw unreachable(destination, result.stderr)
  }
  return {
    where: destination,
    async readFile(file, call = {}) {
      const result = await script(READ, [file], call)
      if (result.code === NO_FILE) return undefined
      if (result.code !== 0) throw fileError(destination, file, 'read', result)
      return Buffer.from(result.stdout, 'base64').toString('latin1')
    },
    async writeFile(file, content, call = {}) {
      // Base64 keeps every octet, whatever encodings lie on the way.
      const input = Buffer.from(content, 'latin1').toString('base64')
      const result = await script(WRITE, [file], { ...call, input })
      if (result.code !== 0) throw fileError(destination, file, 'written', result)
    },
    async run(argv, commandOptions) {
      const result = await script(RUN, [path.join(':'), ...argv], commandOptions)
      if (result.code === NOT_FOUND) throw notFound(argv[0], destination)
      return result
    },
    stream(argv, streamOptions) {
      const command = shellCommand(RUN, [path.join(':'), ...argv])
      return streamCommand([...ssh, command], {
        ...streamOptions,
        failure: (code, stderr) => {
          if (code === SSH_FAILED) return unreachable(destination, stderr)
          if (code === NOT_FOUND) return notFound(argv[0], destination)
          return commandFailed(argv[0], destination, code, stderr)
        },
      })
    },
  }
}

const READ = `[ -e "$1" ] || exit ${NO_FILE}; base64 < "$1"`

/** As the local one: a file beside it, owner and mode of the old one, then renamed over it. */
const WRITE = `set -e
t=$(mktemp "$1.XXXXXXXX")
trap 'rm -f "$t"' EXIT
base64 -d > "$t"
if [ -e "$1" ]; then chown --reference="$1" "$t"; chmod --reference="$1" "$t"; else chmod 644 "$t"; fi
sync "$t"
mv -f "$t" "$1"
trap - EXIT`

const RUN = 'p=$1; shift; PATH=${p:+$p:}$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C exec "$@"'

function shellCommand(source: string, values: readonly string[]): string {
  return ['sh', '-c', source, 'sh', ...values].map(shellWord).join(' ')
}

/** One word for a POSIX shell, whatever is in it. */
function shellWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function fileError(where: string, file: string, what: string, { stderr }: CommandResult): RunnerError {
  const reason = lastLine(stderr)
  return new RunnerError(
    'file',
    `${file} cannot be ${what} on ${where}${reason === '' ? '' : `: ${reason}`}.`,
  )
}

function unreachable(where: string, stderr: string): RunnerError {
  const reason = lastLine(stderr)
  return new RunnerError(
    'unreachable',
    `${where} cannot be reached by ssh${reason === '' ? '' : `: ${reason}`}.`,
  )
}

function notFound(command: string, where: string): RunnerError {
  return new RunnerError('missing', `The command ${command} was not found on ${where}.`)
}
