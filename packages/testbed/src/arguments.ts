import { parseArgs } from 'node:util'
import { TestbedError } from './errors.ts'
import type { Part } from './testbed.ts'

/** What `npm run testbed` was asked for. */
export type Request =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'run'
      readonly json: boolean
      readonly inventory?: string
      readonly only?: readonly Part[]
      readonly dir?: string
    }

export const usage = `usage: npm run testbed -- [--json] [--inventory FILE] [--only PART,...] [--dir DIR]

Starts real mail servers on free ports of this machine and runs until it is told to stop (Ctrl-C, or SIGTERM); then it
removes everything it made. Nothing is installed, and nothing of it can be reached from other machines.

  --json            print one line of JSON when all is ready, for programs
  --inventory FILE  host the domains and mailboxes of this inventory (.yaml or .csv), empty; without it the old server
                    holds the demo's domains with their mail
  --only PART,...   imap: both Dovecots; mailcow: the mailcow double and the new Dovecot; dns: two name servers; smtp: both
                    Postfixes and all of the others (needs root); sink: takes all outgoing mail (it always runs).
                    Without it: everything
  --dir DIR         work in this folder, which must be empty or not there yet
  --help            this text
`

/** @throws TestbedError (`usage`) with one sentence that says what is wrong */
export function readArguments(args: readonly string[]): Request {
  const { json, inventory, only, dir, help } = parse(args)
  if (help === true) return { kind: 'help' }
  return {
    kind: 'run',
    json: json === true,
    ...(inventory === undefined ? {} : { inventory }),
    ...(only === undefined ? {} : { only: readParts(only) }),
    ...(dir === undefined ? {} : { dir }),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        inventory: { type: 'string' },
        only: { type: 'string' },
        dir: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (cause) {
    const [sentence = 'these arguments make no sense'] = String(
      cause instanceof Error ? cause.message : cause,
    ).split('. ')
    throw new TestbedError('usage', `${sentence.replace(/\.$/, '')} (see --help).`, { cause })
  }
}

const noParts: readonly Part[] = []
const parts: Readonly<Record<string, readonly Part[]>> = {
  imap: ['imap'],
  mailcow: ['mailcow'],
  dns: ['dns'],
  smtp: ['smtp'],
  sink: noParts,
}

function readParts(list: string): Part[] {
  return list.split(',').flatMap((name) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (part === undefined)
      throw new TestbedError(
        'usage',
        `The test bed has no part “${name}”: it has ${Object.keys(parts).join(', ')}.`,
      )
    return part
  })
}
