import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'

const mainFile = path.resolve(import.meta.dirname, '../src/main.ts')
/** How the project's own commands run sources. */
export const nodeFlags = ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning']

interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A started program; what it prints is collected. */
export interface Started {
  readonly child: ChildProcess
  /** The first line that it prints; rejects when it ends before. */
  readonly firstLine: Promise<string>
  readonly finished: Promise<Finished>
}

export function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Started {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  const firstLine = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    void finished.then((end) => reject(new Error(`ended with ${end.code}: ${end.stderr}`)))
  })
  firstLine.catch(() => {})
  return { child, firstLine, finished }
}

export function startMain(...args: readonly string[]): Started {
  return start(process.execPath, [...nodeFlags, mainFile, ...args])
}

/** Every process on the machine whose arguments name this folder: the servers of a bed, and whoever guards them. */
export function processesOf(dir: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const inside = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(dir)
        return inside || args.includes(dir) ? [`${pid} ${args}`] : []
      } catch {
        return []
      }
    })
}

/** What is left of a bed: its folder, its processes. */
export function traces(dir: string): { readonly folder: boolean; readonly processes: readonly string[] } {
  return { folder: existsSync(dir), processes: processesOf(dir) }
}

export const nothing = { folder: false, processes: [] }
