import type { CANCEL_SYMBOL } from '@clack/prompts'
import type { ConfigAnswers } from '@iteg/migration'
import { CommandUsageError } from '../errors.ts'
import { InterruptedError } from '../interrupts.ts'

/** What can be said on the command line; what is missing is asked or has a default. */
export interface InitOptions {
  readonly yes?: boolean
  readonly oldHost?: string
  readonly oldMaster?: string
  readonly inventory?: string
  readonly mailcowUrl?: string
  readonly access?: string
  readonly newMaster?: string
}

const defaults = {
  oldHost: 'mailhaus.example',
  oldMaster: 'migrator',
  inventory: 'inventory.yaml',
  mailcowUrl: 'https://mailcow.example',
  newMaster: 'migrator@mailcow.local',
} as const

/** The answers of `--yes`: what was said, and the defaults, some of which only show what belongs there. */
export function answersFrom(options: InitOptions): ConfigAnswers {
  const problem =
    hostProblem(options.oldHost ?? defaults.oldHost) ??
    urlProblem(options.mailcowUrl ?? defaults.mailcowUrl) ??
    accessProblem(options.access)
  if (problem !== undefined)
    throw new CommandUsageError(problem, 'mailmove init --help shows how it is used.')
  return {
    oldHost: options.oldHost ?? defaults.oldHost,
    oldMasterUser: options.oldMaster ?? defaults.oldMaster,
    inventory: { kind: 'file', path: options.inventory ?? defaults.inventory },
    mailcowUrl: options.mailcowUrl ?? defaults.mailcowUrl,
    access: options.access === 'appPassword' ? 'appPassword' : 'master',
    newMasterUser: options.newMaster ?? defaults.newMaster,
  }
}

/** Asks for what was not said. Prompts go to stderr, so that stdout stays the result's. */
export async function askFor(options: InitOptions, signal: AbortSignal): Promise<ConfigAnswers> {
  const { intro, isCancel, outro, select, text } = await import('@clack/prompts')
  const given = answersFrom(options)
  const common = { output: process.stderr, signal }
  const answer = <Value>(value: Value | typeof CANCEL_SYMBOL): Value => {
    if (isCancel(value)) throw new InterruptedError('Interrupted; nothing was written.')
    return value
  }
  const ask = async (
    said: string | undefined,
    message: string,
    initialValue: string,
    problem: (value: string) => string | undefined = emptyProblem,
  ) =>
    said ??
    answer(
      await text({ ...common, message, initialValue, validate: (value) => problem((value ?? '').trim()) }),
    ).trim()

  intro('A few questions; Ctrl-C leaves everything as it is.', common)
  const oldHost = await ask(options.oldHost, 'Host name of the old server (IMAP)', '', hostProblem)
  const oldMasterUser = await ask(
    options.oldMaster,
    'Its Dovecot master user, who may open every mailbox',
    defaults.oldMaster,
  )
  const path = await ask(
    options.inventory,
    'Inventory of the old server: a YAML or CSV file with mailboxes and aliases',
    defaults.inventory,
  )
  const mailcowUrl = await ask(options.mailcowUrl, 'URL of mailcow', 'https://', urlProblem)
  const access =
    options.access === undefined
      ? answer(
          await select({
            ...common,
            message: 'How may the new mailboxes be opened?',
            options: [
              { value: 'master', label: 'as master user', hint: 'DOVECOT_MASTER_USER in mailcow.conf' },
              {
                value: 'appPassword',
                label: 'with an app password for each',
                hint: 'made and removed by mailmove',
              },
            ],
          }),
        )
      : given.access
  const newMasterUser =
    access === 'master'
      ? await ask(options.newMaster, "mailcow's Dovecot master user", defaults.newMaster)
      : given.newMasterUser
  outro('That is all.', common)
  return answersFrom({
    oldHost,
    oldMaster: oldMasterUser,
    inventory: path,
    mailcowUrl,
    access,
    ...(newMasterUser === undefined ? {} : { newMaster: newMasterUser }),
  })
}

function emptyProblem(value: string): string | undefined {
  return value === '' ? 'This cannot be empty.' : undefined
}

function hostProblem(host: string): string | undefined {
  return /^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(host) || /^[\da-f:]+$/i.test(host)
    ? undefined
    : 'The old server is named by its host name only, such as mail.example.at.'
}

function urlProblem(url: string): string | undefined {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  return protocol === 'https:' || protocol === 'http:'
    ? undefined
    : 'The URL of mailcow looks like https://mail.example.at.'
}

function accessProblem(access: string | undefined): string | undefined {
  return access === undefined || access === 'master' || access === 'appPassword'
    ? undefined
    : 'The access is master or appPassword.'
}
