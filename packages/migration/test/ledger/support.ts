import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailmove-ledger-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A program of this folder in a process of its own, which tells by lines on stdout how far it is. */
export interface Program extends AsyncDisposable {
  readonly pid: number
  readonly lines: AsyncIterator<string>
  /** The next line; rejects when the program ended without one. */
  next(): Promise<string>
  say(line: string): void
  /** SIGKILL; resolves when the operating system is done with it. */
  kill(): Promise<void>
  /** Resolves to the exit code. */
  end(): Promise<number | null>
}

export function start(program: URL, ...args: readonly string[]): Program {
  const child = spawn(
    process.execPath,
    ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning', fileURLToPath(program), ...args],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const ended = once(child, 'close')
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  // A program that was killed does not read on.
  child.stdin.on('error', () => undefined)
  const reader: Interface = createInterface({ input: child.stdout })
  const lines = reader[Symbol.asyncIterator]()
  const kill = async (): Promise<void> => {
    if (isRunning(child)) child.kill('SIGKILL')
    await ended
  }
  return {
    pid: child.pid ?? 0,
    lines,
    next: async () => {
      const result = await lines.next()
      if (result.done === true) throw new Error(`${program.href} ended: ${errors}`)
      return result.value
    },
    say: (line) => child.stdin.write(`${line}\n`),
    kill,
    end: async () => {
      child.stdin.end()
      await ended
      return child.exitCode
    },
    [Symbol.asyncDispose]: kill,
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}
