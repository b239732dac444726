import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../../..')

export interface CliOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Given the running process as soon as it is there; its end is awaited too. */
  readonly whileRunning?: (child: ChildProcess) => Promise<void>
}

export interface CliOutcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real program from its sources, as `npm run mailmove` does, and waits for its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliOutcome> {
  const child = startCli(args, options)
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (...how) => resolve(how))
  })
  const [[code, signal]] = await Promise.all([ended, options.whileRunning?.(child)])
  return { code, signal, stdout: stdout(), stderr: stderr() }
}

function startCli(args: readonly string[], { cwd, env = {} }: CliOptions) {
  const flags = ['--conditions=@iteg/source', path.join(root, 'apps/cli/src/main.ts')]
  return spawn(process.execPath, [...flags, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = []
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => chunks.push(chunk))
  return () => chunks.join('')
}
