import { readdirSync, readFileSync } from 'node:fs'
import { type CheckOptions, mailcowExtensions, mailcowServer, type RewriteOptions } from '../src/index.ts'

/** What real servers said of a fixture. */
interface Recorded {
  readonly old: { readonly managesieve: string }
  readonly new: { readonly managesieve: string }
  readonly oldFull: { readonly sievec: number }
}

export interface Fixture {
  readonly name: string
  readonly script: Uint8Array
  readonly accepted: { readonly old: boolean; readonly new: boolean; readonly oldFull: boolean }
  /** The script after renaming its folders, where there is one. */
  readonly renamed: Uint8Array | undefined
}

const directory = new URL('data/sieve/', import.meta.url)
const recorded: Readonly<Record<string, Recorded>> = JSON.parse(
  readFileSync(new URL('expected.json', directory), 'utf8'),
)

export const fixtures: readonly Fixture[] = Object.entries(recorded).map(([name, verdicts]) => ({
  name,
  script: read(`${name}.sieve`),
  accepted: {
    old: verdicts.old.managesieve === 'OK',
    new: verdicts.new.managesieve === 'OK',
    oldFull: verdicts.oldFull.sievec === 0,
  },
  renamed: renamedNames().has(name) ? read(`renamed/${name}.sieve`) : undefined,
}))

/** What the test bed's old server offers: Pigeonhole's own set. */
export const oldExtensions = mailcowExtensions.filter(
  (name) => !['vacation-seconds', 'editheader', 'imapsieve', 'vnd.dovecot.imapsieve'].includes(name),
)

/** The servers of the recordings. The last of them had everything switched on, and nobody's scripts to include. */
export const recordedServers: Readonly<Record<keyof Fixture['accepted'], CheckOptions>> = {
  old: { extensions: oldExtensions },
  new: mailcowServer,
  oldFull: {
    extensions: [
      ...oldExtensions,
      'vacation-seconds',
      'editheader',
      'spamtest',
      'spamtestplus',
      'virustest',
      ...['environment', 'debug', 'report', 'pipe', 'filter', 'execute'].map((name) => `vnd.dovecot.${name}`),
    ],
    includes: { personal: false },
  },
}

/** How the recordings were renamed: `INBOX.a.b` became `a/b`. */
export const recordedRenaming: RewriteOptions = {
  mapFolder: (name) =>
    /^inbox\./i.test(name) ? name.slice(6).replaceAll('/', '_').replaceAll('.', '/') : undefined,
  oldNamespace: { prefix: 'INBOX.', separator: '.' },
}

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, directory)))
}

function renamedNames(): ReadonlySet<string> {
  return new Set(readdirSync(new URL('renamed/', directory)).map((file) => file.replace(/\.sieve$/, '')))
}
