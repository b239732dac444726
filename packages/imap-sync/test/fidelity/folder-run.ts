import { homeDirectory, type Testbed } from '@iteg/testbed'
import path from 'node:path'
import type { SyncReport, VerifyReport } from '../../src/index.ts'
import type { MailboxPair } from '../support/pair.ts'
import { toWire, type FolderCase } from './folder-case.ts'
import { lines } from './message-case.ts'
import { quoted, RawMailbox } from './raw-mailbox.ts'

/** What a copy of folders came to. */
export interface FolderRun {
  readonly report: SyncReport
  readonly again: SyncReport
  readonly verified: VerifyReport
  /** On the target: folder (wire name) to the names of the cases whose message lies there. */
  readonly held: ReadonlyMap<string, readonly string[]>
  /** Subscribed on the target, wire names. */
  readonly subscribed: readonly string[]
}

/** Copies everything, twice, and reads by other means what came of it. */
export async function copyFolders(pair: MailboxPair): Promise<FolderRun> {
  const folderMap = await pair.map()
  const report = await pair.sync({ folderMap })
  const verified = await pair.verify({ folderMap })
  const again = await pair.sync({ folderMap })
  await using fresh = await RawMailbox.open(pair.target.server, pair.target.login)
  const held = new Map<string, readonly string[]>()
  for (const { name, attributes } of await fresh.folders()) {
    if (attributes.some((attribute) => /^\\(?:noselect|nonexistent)$/i.test(attribute))) continue
    const messages = await fresh.messages(name)
    held.set(
      name,
      messages.map(({ bytes }) => /^X-Case: (.*)\r$/m.exec(bytes.toString())?.[1] ?? ''),
    )
  }
  return { report, again, verified, held, subscribed: await fresh.subscribed() }
}

/**
 * Makes a case's folder with one message that names the case, subscribed or not. Resolves with what the server says
 * when it refuses the name.
 */
export async function makeFolder(
  old: RawMailbox,
  prefix: string,
  one: FolderCase,
  name = wireOf(one),
): Promise<string | undefined> {
  const wire = `${prefix}${name}`
  const made = await old.command(`CREATE ${quoted(wire)}`)
  if (made.status !== 'OK' && !/exists/i.test(made.text)) return made.text
  const message = lines('From: anna@example.at', `X-Case: ${one.name}`, '', 'Guten Tag!')
  const appended = await old.append(wire, { bytes: Buffer.from(message) })
  if (appended.status !== 'OK') return appended.text
  await old.ok(`${one.subscribed === false ? 'UNSUBSCRIBE' : 'SUBSCRIBE'} ${quoted(wire)}`)
  return undefined
}

/** Makes every folder on the old Dovecot; those that it would refuse are put onto its disk. */
export async function makeFolders(
  bed: Testbed,
  pair: MailboxPair,
  prefix: string,
  cases: readonly FolderCase[],
): Promise<void> {
  await using old = await RawMailbox.open(pair.source.server, pair.source.login)
  const maildir = path.join(homeDirectory(bed.old, pair.address), 'Maildir')
  for (const one of cases) {
    if (one.exists === false) continue
    const refused = await makeFolder(old, prefix, one, one.onDisk === true ? 'made-here' : wireOf(one))
    if (refused !== undefined) throw new Error(`${one.name}: ${refused}`)
    if (one.onDisk !== true) continue
    const [from, to] = [path.join(maildir, '.made-here'), path.join(maildir, `.${wireOf(one)}`)]
    const { code, stderr } = await bed.run('mv', [from, to])
    if (code !== 0) throw new Error(`${one.name}: ${stderr}`)
  }
}

function wireOf({ wire, old = '' }: FolderCase): string {
  return wire ?? toWire(old)
}

/** Where a case's message lies on the target; a name that fits the pattern is given as the pattern. */
export interface Place {
  readonly folder: string | undefined
  readonly subscribed: boolean
}

export function placeOf({ held, subscribed }: FolderRun, { name, target }: FolderCase): Place {
  const folder = [...held].find(([, names]) => names.includes(name))?.[0]
  const fits = target instanceof RegExp && target.test(folder ?? '')
  return { folder: fits ? String(target) : folder, subscribed: subscribed.includes(folder ?? '') }
}

export function promisedPlace({ target, subscribed = true, exists }: FolderCase): Place {
  if (exists === false) return { folder: undefined, subscribed: false }
  return { folder: target instanceof RegExp ? String(target) : toWire(target), subscribed }
}
