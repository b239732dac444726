import { spawn } from 'node:child_process'

/** Runs `work` alone among all processes; the lock goes with the process that holds it, however it ends. */
export async function withLock(file, work) {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => {
    holder.once('close', resolve)
  })
  try {
    await new Promise((resolve, reject) => {
      holder.once('error', reject)
      holder.once('exit', (code) =>
        reject(new Error(`The lock ${file} could not be taken (flock ended with ${code}).`)),
      )
      holder.stdout.once('data', resolve)
    })
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}
