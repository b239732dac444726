import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Measured {
  /** Wall time of the whole process, from start to end. */
  readonly seconds: number
  /** Peak resident memory of the largest process seen; absent when it ended before it could be looked at. */
  readonly peakMegabytes?: number
}

export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** Runs a command to its end and measures it as a whole. Rejects when it fails, with the last it said. */
export function measure({ command, args, env, input = '' }: Command): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint()
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        said = (said + data.toString()).slice(-2000)
      })
    let peak = 0
    const look = setInterval(() => {
      peak = Math.max(peak, highWaterMark(child.pid))
    }, 20)
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('error', reject)
    child.once('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9
      clearInterval(look)
      if (code === 0) resolve({ seconds, ...(peak > 0 && { peakMegabytes: peak / 1024 }) })
      else reject(new Error(`${command} ended with ${code}:\n${said}`))
    })
  })
}

/** Peak resident memory so far, KiB; it only grows, so a late look misses little. */
function highWaterMark(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
