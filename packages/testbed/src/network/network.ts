import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { TestbedError } from '../errors.ts'
import { currentIdentity } from '../sandbox/identity.ts'

/**
 * A /24 of the loopback that belongs to one test bed: SMTP between servers wants port 25 and a resolver port 53, and
 * several beds run at once. No interface has to be made: all of 127.0.0.0/8 is the loopback.
 */
export interface BedNetwork extends AsyncDisposable {
  readonly oldServer: string
  readonly newServer: string
  /** Where mail to everybody else ends: the sink. */
  readonly outside: string
  readonly nameServers: readonly [primary: string, secondary: string]
  /** All of these. */
  readonly addresses: readonly string[]
}

const attempts = 20
const hosts = { oldServer: 1, newServer: 2, outside: 3, primary: 53, secondary: 54, lock: 254 } as const
/** Whoever listens here has the network; the kernel frees it with the process. */
const lockPort = 7
const unprivilegedLockPort = 7007

export async function takeNetwork(): Promise<BedNetwork> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    // 127.0.x.y is what everybody else uses
    const network = `127.${randomInt(16, 250)}.${randomInt(1, 255)}`
    const at = (host: keyof typeof hosts): string => `${network}.${hosts[host]}`
    const lock = await listen(at('lock'))
    if (lock === undefined) continue
    const nameServers = [at('primary'), at('secondary')] as const
    const servers = { oldServer: at('oldServer'), newServer: at('newServer'), outside: at('outside') }
    return {
      ...servers,
      nameServers,
      addresses: [...Object.values(servers), ...nameServers],
      [Symbol.asyncDispose]: () =>
        new Promise<void>((resolve) => {
          lock.close(() => resolve())
        }),
    }
  }
  throw new TestbedError('ports', 'no free network 127.x.y.0/24 for this test bed')
}

function listen(address: string): Promise<Server | undefined> {
  const port = currentIdentity().isRoot ? lockPort : unprivilegedLockPort
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(undefined))
    server.listen(port, address, () => {
      server.unref()
      resolve(server)
    })
  })
}
