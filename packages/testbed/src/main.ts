import process from 'node:process'
import { readArguments, usage } from './arguments.ts'
import { TestbedError } from './errors.ts'
import { currentIdentity } from './sandbox/identity.ts'
import type { Part } from './testbed.ts'

/** Resolves when we are asked to stop, or when whoever started us is gone. */
function untilStopped(): Promise<void> {
  const parent = process.ppid
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    // Nobody reads any more what we print.
    process.stdout.once('error', () => resolve())
    setInterval(() => {
      if (process.ppid !== parent) resolve()
    }, 200)
  })
}

/** What this user can have. */
function everything(): readonly Part[] {
  return currentIdentity().isRoot ? ['smtp'] : ['imap', 'mailcow']
}

async function main(): Promise<number> {
  const request = readArguments(process.argv.slice(2))
  if (request.kind === 'help') {
    process.stdout.write(usage)
    return 0
  }
  const stopped = untilStopped()
  // Only now: an argument that is wrong is answered at once.
  const { startTestbed } = await import('./testbed.ts')
  const { json, ...options } = request
  const demo = request.inventory === undefined
  const bed = await startTestbed({ only: everything(), ...options, demo })
  if (json) {
    const { describeTestbed } = await import('./configuration.ts')
    process.stdout.write(`${JSON.stringify(describeTestbed(bed))}\n`)
  } else {
    const { summary } = await import('./summary.ts')
    process.stdout.write(summary(bed, demo))
  }
  await stopped
  await bed.stop()
  return 0
}

try {
  process.exit(await main())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(error instanceof TestbedError && error.code === 'usage' ? 2 : 4)
}
