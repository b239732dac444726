import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureTestbedPackages } from '../../../tools/setup/debian.mjs'
import { makeCertificates } from './certificates.ts'
import { startDovecot } from './dovecot/dovecot.ts'
import type { Dovecot } from './dovecot/dovecot.ts'
import { startSandbox } from './sandbox/sandbox.ts'

export type Part = 'imap' | 'mailcow' | 'sink'

export interface TestbedOptions {
  /** Where to work; made, or empty. Default: a folder of its own in the system's temporary folder. */
  readonly dir?: string
  /** More Dovecot settings for one side, read last: they win. */
  readonly oldSettings?: string
  readonly newSettings?: string
  /** `as-mailcow`: the new side keeps mail encrypted and compressed, as mailcow does. Default: plain. */
  readonly storage?: 'plain' | 'as-mailcow'
}

export interface NewAccount {
  readonly address: string
  readonly password: string
}

/** Real servers on free ports of the loopback. `stop()`, or the end of this process, ends and removes everything. */
export interface Testbed extends AsyncDisposable {
  readonly dir: string
  /** PEM file of the CA that signed every certificate here. */
  readonly caFile: string
  readonly old: Dovecot
  readonly new: Dovecot
  /** A mailbox on the old server, ready for the next login. */
  addOldMailbox(
    address: string,
    options?: { readonly password?: string; readonly quotaBytes?: number },
  ): Promise<NewAccount>
  /** A mailbox on the new Dovecot, not known to the mailcow double. */
  addNewMailbox(
    address: string,
    options?: { readonly password?: string; readonly quotaBytes?: number },
  ): Promise<NewAccount>
  stop(): Promise<void>
}

const everyProtocol = ['imap', 'pop3', 'smtp', 'sieve']

/** Starts the servers and resolves when all of them accept connections. */
export async function startTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const { usr } = await ensureTestbedPackages()
  const dir = options.dir ?? path.join(tmpdir(), `mailmove-testbed-${randomBytes(4).toString('hex')}`)
  const sandbox = await startSandbox({ dir, usr })
  try {
    const certificates = path.join(dir, 'certificates')
    await makeCertificates(certificates)
    const start = (side: 'old' | 'new', user: string, extra = ''): Promise<Dovecot> =>
      startDovecot({
        sandbox,
        side,
        certificates,
        submissionPort: 9,
        storage: side === 'new' ? (options.storage ?? 'plain') : 'plain',
        extra,
        master: { user, password: randomBytes(12).toString('hex'), separator: '*' },
      })
    const [oldSide, newSide] = await Promise.all([
      start('old', 'migrator', options.oldSettings),
      start('new', 'migrator@mailcow.local', options.newSettings),
    ])
    const add =
      (side: Dovecot): Testbed['addOldMailbox'] =>
      async (address, { password = 'user-Passw0rd', quotaBytes = 0 } = {}) => {
        const passwords = [{ hash: `{PLAIN}${password}`, protocols: everyProtocol }]
        await side.accounts.set(address, { active: 1, quotaBytes, passwords })
        return { address, password }
      }
    return {
      dir,
      caFile: path.join(certificates, 'ca.pem'),
      old: oldSide,
      new: newSide,
      addOldMailbox: add(oldSide),
      addNewMailbox: add(newSide),
      stop: () => sandbox.stop(),
      [Symbol.asyncDispose]: () => sandbox.stop(),
    }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}
