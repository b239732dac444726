import process from 'node:process'
import { Command, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { useCompileCache } from './compile-cache.ts'
import { declareBefore } from './declare/before.ts'
import { declareMoving } from './declare/moving.ts'
import { declareNotices } from './declare/notices.ts'
import { declareAfterwards } from './declare/afterwards.ts'
import { declareWatching } from './declare/watching.ts'
import { exitCodeMeanings, exitCodes } from './exit-codes.ts'
import { detectInvocation } from './invocation.ts'
import { createRunner } from './run.ts'

useCompileCache()
// node:sqlite is called experimental by Node 22 and 24; that is our concern, not the user's.
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`)
})
// `mailmove status | head` and a terminal that is gone are no reasons to complain.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })

const invocation = detectInvocation(process.env, process.cwd())
process.chdir(invocation.directory)

const { execute, start, fail, output } = createRunner({
  args: process.argv.slice(2),
  invocation,
  stopNow: () => process.exit(exitCodes.interrupted),
})

// What a library throws outside of any promise of ours must not end in a bare stack trace.
process.on('uncaughtException', (thrown) => {
  void fail(thrown).finally(() => process.exit(exitCodes.bug))
})

const program = new Command('mailmove')
  .description("Moves a domain's mail from an old Dovecot/Postfix server to mailcow, stage by stage.")
  .version(manifest.version, '--version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .helpCommand('help [command]', 'print the help of a command')
  .option('--config <file>', 'the configuration (default: mailmove.yaml)')
  .option('--json', 'one JSON document on stdout, all else on stderr')
  .option('--dry-run', 'show what would be written, and write nothing')
  .addOption(new Option('--verbose', 'more details, and what the libraries log').conflicts('quiet'))
  .addOption(new Option('--quiet', 'no progress; only what was asked for or needs you'))
  .configureHelp({ showGlobalOptions: true })
  .exitOverride()
  .configureOutput(output)
  .addHelpText(
    'after',
    `
Exit codes:
${Object.entries(exitCodeMeanings)
  .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
  .join('\n')}

A move, step by step:
  mailmove init                  mailmove.yaml and the key
  mailmove check                 every server and credential
  mailmove survey example.at     what is there, and every problem beforehand
  mailmove warn example.at       mailboxes and contacts told, days ahead
  mailmove provision example.at  domain, mailboxes, aliases, forwards on mailcow
  mailmove copy example.at       all mail, as often as you like
  mailmove verify example.at     both servers compared, message by message
  mailmove export example.at     filters and address books, for mailcow
  mailmove cutover example.at    mailcow takes the mail; nothing is lost
  mailmove catchup example.at    what still comes to the old server
  mailmove migrate example.at    all of these, to the next gate
  mailmove status                where everything stands, and what is next`,
  )

// The help lists the commands in this order.
for (const declare of [declareBefore, declareMoving, declareNotices, declareAfterwards, declareWatching])
  declare(program, execute)

process.exitCode = await start(program)
// Everything is closed by now. Should something still hold the process, it must not hold the user too.
setTimeout(() => process.exit(), 2000).unref()
