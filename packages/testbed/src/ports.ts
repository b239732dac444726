import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { TestbedError } from './errors.ts'

// Below Linux's range for outgoing connections (32768 and up), whose ports come and go at any moment.
const lowest = 15_000
const highest = 32_000

/**
 * Finds TCP ports of 127.0.0.1 that are free now. They are not reserved: whoever binds them must be ready to find
 * one taken, and try again with others.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  for (let tries = 0; ports.size < count && tries < 50 * count; tries += 1) {
    const port = randomInt(lowest, highest)
    if (!ports.has(port) && (await isFree(port))) ports.add(port)
  }
  if (ports.size < count) throw new TestbedError('ports', `no ${count} free ports on 127.0.0.1`)
  return [...ports]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
