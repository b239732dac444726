import { closeSync, futimesSync, mkdirSync, openSync, readdirSync, writeFileSync, writevSync } from 'node:fs'
import path from 'node:path'
import { encodeFolderName } from './mutf7.ts'
import { giveToMailUser } from './owner.ts'

/** A message as it lies in a maildir: lines end with LF alone. */
export interface DiskMessage {
  readonly chunks: readonly Buffer[]
  /** How many of its line feeds have no CR in front: over IMAP each line end counts two bytes. */
  readonly bareLineFeeds: number
  readonly receivedAt: Date
  readonly flags: readonly string[]
}

export interface MaildirOptions {
  /** Names without prefix, `.` between levels. Default: every folder. */
  readonly subscriptions?: readonly string[]
}

const letters: Readonly<Record<string, string>> = {
  '\\Draft': 'D',
  '\\Flagged': 'F',
  '\\Answered': 'R',
  '\\Seen': 'S',
  '\\Deleted': 'T',
}

let unique = 0

/**
 * Writes a whole mailbox as Dovecot would have left it (Maildir++), thousands of messages a second. Only for a
 * mailbox that nobody has opened yet: UIDs are given by Dovecot at the first look, in this order.
 * Folder `INBOX` is the mailbox itself; others are named without prefix, `.` between levels.
 */
export function writeMaildir(
  maildir: string,
  folders: ReadonlyMap<string, Iterable<DiskMessage>>,
  options: MaildirOptions = {},
): void {
  makeFolder(maildir)
  for (const [name, messages] of folders) {
    const folder = name === 'INBOX' ? maildir : path.join(maildir, `.${encodeFolderName(name)}`)
    if (name !== 'INBOX') {
      makeFolder(folder)
      writeOwned(path.join(folder, 'maildirfolder'), '')
    }
    fillFolder(folder, messages)
  }
  const subscribed = options.subscriptions ?? [...folders.keys()]
  writeOwned(
    path.join(maildir, 'subscriptions'),
    subscribed.map((name) => `${encodeFolderName(name)}\n`).join(''),
  )
}

function fillFolder(folder: string, messages: Iterable<DiskMessage>): void {
  const keywords: string[] = []
  for (const { chunks, bareLineFeeds, receivedAt, flags } of messages) {
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    const seconds = Math.floor(receivedAt.getTime() / 1000)
    unique += 1
    const base = `${seconds}.M${unique % 1_000_000}P1Q${unique}.mailhaus,S=${size},W=${size + bareLineFeeds}`
    const file = openSync(path.join(folder, 'cur', `${base}:2,${flagLetters(flags, keywords)}`), 'wx', 0o600)
    try {
      writevSync(file, [...chunks])
      giveToMailUser(file)
      // Dovecot takes INTERNALDATE from here.
      futimesSync(file, seconds, seconds)
    } finally {
      closeSync(file)
    }
  }
  if (keywords.length > 0)
    writeOwned(
      path.join(folder, 'dovecot-keywords'),
      keywords.map((keyword, index) => `${index} ${keyword}\n`).join(''),
    )
}

/** Maildir flags are letters in ASCII order; keywords have `a` to `z`, which `dovecot-keywords` explains. */
function flagLetters(flags: readonly string[], keywords: string[]): string {
  return flags
    .map((flag) => {
      const system = letters[flag]
      if (system !== undefined) return system
      if (flag.startsWith('\\')) throw new RangeError(`${flag} is no flag that a maildir can hold`)
      if (!keywords.includes(flag)) keywords.push(flag)
      const index = keywords.indexOf(flag)
      if (index > 25) throw new RangeError('a maildir folder holds 26 keywords')
      return String.fromCharCode(0x61 + index)
    })
    .toSorted()
    .join('')
}

function makeFolder(folder: string): void {
  for (const name of ['', 'cur', 'new', 'tmp']) {
    const made = path.join(folder, name)
    mkdirSync(made, { recursive: true, mode: 0o700 })
    giveToMailUser(made)
  }
}

function writeOwned(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 })
  giveToMailUser(file)
}

/** Whether anything is in that maildir already. */
export function isMaildirInUse(maildir: string): boolean {
  try {
    return readdirSync(maildir).length > 0
  } catch {
    return false
  }
}
