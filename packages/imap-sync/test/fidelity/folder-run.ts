import { homeDirectory, type Testbed } from '@iteg/testbed'
import path from 'node:path'
import type { SyncReport, VerifyReport } from '../../src/index.ts'
import { MailboxPair } from '../support/pair.ts'
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

/** Makes every folder on the old server, each with one message that names its case, and copies them. */
export async function runFolders(
  bed: Testbed,
  cases: readonly FolderCase[],
  { prefix, separator }: { readonly prefix: string; readonly separator: string },
): Promise<FolderRun> {
  await using pair = await MailboxPair.make(bed)
  {
    await using old = await RawMailbox.open(pair.source.server, pair.source.login)
    for (const one of cases) await makeFolder(bed, pair.address, old, prefix, one)
  }
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
      messages.map(({ bytes }) => /^X-Case: (.*)\r$/m.exec(bytes.toString())?.[1] ?? '').toSorted(),
    )
  }
  if (separator !== (await separatorOf(pair))) throw new Error('the old server has another separator')
  return { report, again, verified, held, subscribed: await fresh.subscribed() }
}

async function separatorOf(pair: MailboxPair): Promise<string | undefined> {
  await using old = await RawMailbox.open(pair.source.server, pair.source.login)
  return (await old.folders())[0]?.separator
}

async function makeFolder(
  bed: Testbed,
  address: string,
  old: RawMailbox,
  prefix: string,
  one: FolderCase,
): Promise<void> {
  if (one.exists === false) return
  const wire = `${prefix}${wireOf(one)}`
  const made = one.onDisk === true ? `${prefix}made-here` : wire
  const answer = await old.command(`CREATE ${quoted(made)}`)
  if (answer.status !== 'OK' && !/exists/i.test(answer.text)) throw new Error(`${one.name}: ${answer.text}`)
  const message = lines('From: anna@example.at', `X-Case: ${one.name}`, '', 'Guten Tag!')
  const appended = await old.append(made, { bytes: Buffer.from(message) })
  if (appended.status !== 'OK') throw new Error(`${one.name}: ${appended.text}`)
  if (one.onDisk === true) {
    const maildir = path.join(homeDirectory(bed.old, address), 'Maildir')
    const { code, stderr } = await bed.run('mv', [
      path.join(maildir, '.made-here'),
      path.join(maildir, `.${wireOf(one)}`),
    ])
    if (code !== 0) throw new Error(`${one.name}: ${stderr}`)
    return
  }
  const subscribe = one.subscribed === false ? 'UNSUBSCRIBE' : 'SUBSCRIBE'
  const done = await old.command(`${subscribe} ${quoted(wire)}`)
  if (done.status !== 'OK') throw new Error(`${one.name}: ${subscribe} ${done.text}`)
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
