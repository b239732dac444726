import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { OpenedMigration } from './bed.ts'
import type { Testbed } from '@iteg/testbed'

export interface Child {
  /** Resolves to how it ended. */
  readonly ended: Promise<{
    readonly code: number | null
    readonly signal: string | null
    readonly stderr: string
  }>
  /** Ends it at once, as a power cut would. */
  kill(): void
}

/** Runs `provision` of one domain in a process of its own, with the ledger of `opened`. */
export function provisionInChild(testbed: Testbed, opened: OpenedMigration, domain: string): Child {
  const script = fileURLToPath(new URL('./provision-child.ts', import.meta.url))
  const args = [testbed.config ?? '', opened.workDir, opened.config.secrets.key.file, domain]
  const flags = ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, script, ...args], {
    env: { PATH: process.env['PATH'], ...testbed.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({
    code: typeof code === 'number' ? code : null,
    signal: typeof signal === 'string' ? signal : null,
    stderr,
  }))
  return { ended, kill: () => child.kill('SIGKILL') }
}
