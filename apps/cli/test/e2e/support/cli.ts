import { spawn } from 'node:child_process'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const root = path.resolve(import.meta.dirname, '../../../../..')
const flags = [
  '--conditions=@iteg/source',
  '--disable-warning=ExperimentalWarning',
  path.join(root, 'apps/cli/src/main.ts'),
]

export interface CliRun {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The program while it runs. */
export interface RunningCli {
  readonly pid: number
  readonly done: Promise<CliRun>
  kill(signal: NodeJS.Signals): void
  /** Resolves once stderr holds the text; rejects when the program ends without it. */
  says(text: string): Promise<void>
}

export interface CliOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** A command that starts the program in its turn: `['unshare', '--mount', ...]`. */
  readonly through?: readonly string[]
}

/** Starts the real program from its sources, as `npm run mailmove` does. Nothing of this process's environment but PATH and HOME. */
export function startCli(args: readonly string[], { cwd, env, through = [] }: CliOptions): RunningCli {
  const [command = process.execPath, ...rest] = [...through, process.execPath, ...flags, ...args]
  const child = spawn(command, rest, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const look of waiting) look()
  })
  const done = new Promise<CliRun>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return {
    pid: child.pid ?? 0,
    done,
    kill: (signal) => {
      child.kill(signal)
    },
    says: async (text) => {
      const seen = new Promise<void>((resolve) => {
        const look = (): void => {
          if (stripVTControlCharacters(stderr).includes(text)) resolve()
        }
        waiting.add(look)
        look()
      })
      const ended = done.then((run) => {
        throw new Error(`mailmove ended with ${String(run.code)} and never said “${text}”:\n${run.stderr}`)
      })
      await Promise.race([seen, ended])
    },
  }
}

/** Text as one line, so that where it was wrapped does not matter. */
export function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** The run ended with this code; what it printed is part of the failure, which would be a riddle without. */
export function expectExit(
  run: { readonly code: number | null; readonly stderr: string },
  code: number,
): void {
  if (run.code !== code)
    throw new Error(`mailmove ended with ${String(run.code)}, not with ${code}, and said:\n${run.stderr}`)
}
