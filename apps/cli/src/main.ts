import type { ArchiveArguments } from './commands/archive.ts'
import type { RestoreArguments } from './commands/restore.ts'
import type { RetireArguments } from './commands/retire.ts'
import type { AdoptArguments } from './commands/adopt.ts'
import type { CutoverArguments } from './commands/cutover.ts'
import type { MigrateArguments } from './commands/migrate.ts'
import type { ReportArguments } from './commands/report.ts'
import type { RollbackArguments } from './commands/rollback.ts'
import type { ServeArguments } from './commands/serve.ts'
import process from 'node:process'
import { Command, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { useCompileCache } from './compile-cache.ts'
import { exitCodeMeanings, exitCodes } from './exit-codes.ts'
import { helpText } from './help.ts'
import type { InitOptions } from './init/answers.ts'
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

const collect = (value: string, before: string[] = []) => [...before, value]
const mailboxOption = () =>
  new Option('--mailbox <address>', 'only this mailbox; may be repeated').argParser(collect)

interface MailboxOptions {
  readonly mailbox?: string[]
}

interface NoticeOptions extends MailboxOptions {
  readonly again?: boolean
}

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

program
  .command('init')
  .summary('ask a few questions, write mailmove.yaml and the key')
  .description('Asks a few questions and writes a commented mailmove.yaml and the key that seals passwords.')
  .option('--yes', 'ask nothing; what is not given has a default')
  .option('--old-host <host>', 'host name of the old server')
  .option('--old-master <user>', 'its Dovecot master user')
  .option('--inventory <file>', "the old server's mailboxes and aliases, YAML or CSV")
  .option('--mailcow-url <url>', 'the URL of mailcow')
  .option('--access <how>', 'how new mailboxes are opened: master or appPassword')
  .option('--new-master <user>', "mailcow's Dovecot master user")
  .addHelpText(
    'after',
    helpText({
      examples: [
        'mailmove init',
        'mailmove init --yes --old-host mail.old.at --mailcow-url https://mail.new.at',
      ],
      guarantees: [
        'Nothing is overwritten: what exists is named and left as it is.',
        'No password is asked for or written; the key is readable by you only.',
      ],
      exitCodes: [0, 2, 130],
    }),
  )
  .action((options: InitOptions, command: Command) =>
    execute(command, async (context) => (await import('./commands/init.ts')).init(context, options)),
  )

program
  .command('check')
  .summary('try every server and credential')
  .description(
    'Tries every server and credential of the configuration, one line each. Writes nothing anywhere.',
  )
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove check'],
      guarantees: [
        'What is listed as ok was really tried: reached, TLS verified, logged in,',
        'rights used.',
        'A login that is refused is not repeated: no server bans this machine.',
      ],
      exitCodes: [0, 2, 4, 130],
    }),
  )
  .action((_options: object, command: Command) =>
    execute(command, async (context) => (await import('./commands/check.ts')).check(context)),
  )

program
  .command('survey')
  .summary('read what is there and name every problem beforehand')
  .description(
    'Reads the old server and mailcow: mailboxes, aliases, forwards, sizes, and every problem beforehand.',
  )
  .argument('[domain...]', 'default: every domain of the inventory')
  .addOption(mailboxOption())
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove survey example.at', 'mailmove survey --json example.at > survey.json'],
      guarantees: [
        'Only reads, on both servers; may be repeated at any time.',
        'Red findings stop provision until they are repaired or accepted; they do not',
        'make the survey itself fail.',
      ],
      exitCodes: [0, 1, 2, 4, 130],
    }),
  )
  .action((domains: string[], options: MailboxOptions, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/survey.ts')).survey(context, domains, options.mailbox),
    ),
  )

program
  .command('accept')
  .summary('let a red finding pass, on the record')
  .description('Lets a red finding pass, on the record: who, when and why.')
  .argument('<domain>', 'the domain')
  .argument('<code>', "the finding's code, as survey shows it")
  .argument('[item]', 'the address or folder it is about; default: all with this code')
  .requiredOption('--reason <text>', 'why it may pass; kept in the ledger')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove accept example.at over-quota anna@example.at --reason "tidies up"'],
      guarantees: ['Only findings that exist are accepted. Changes nothing on any server.'],
      exitCodes: [0, 2, 3],
    }),
  )
  .action(
    (domain: string, code: string, item: string | undefined, options: { reason: string }, command: Command) =>
      execute(command, async (context) =>
        (await import('./commands/accept.ts')).accept(context, {
          domain,
          code,
          item,
          reason: options.reason,
        }),
      ),
  )

program
  .command('plan')
  .summary('show everything that provision, copy and cut-over would do')
  .description('Shows everything that provision, copy and cut-over would do to a domain.')
  .argument('<domain>', 'the domain')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove plan example.at', 'mailmove plan example.at --verbose   (with every folder)'],
      guarantees: ['Only reads. The stages do what it says, as long as nothing changes.'],
      exitCodes: [0, 2, 3, 4, 130],
    }),
  )
  .action((domain: string, _options: object, command: Command) =>
    execute(command, async (context) => (await import('./commands/plan.ts')).plan(context, domain)),
  )

program
  .command('warn')
  .summary('tell mailboxes and contacts beforehand, by mail')
  .description(
    'Tells mailboxes and contacts, by mail, that their domain moves; and those whose mail will not fit, to tidy up.',
  )
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .option('--again', 'tell once more what was told already, or is in doubt')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove warn example.at --dry-run', 'mailmove warn example.at'],
      guarantees: [
        'Each recipient once for each version of the text; a second run sends nothing.',
        'Whose mail would leak or not be seen (forwards without a copy, filters, full',
        'or unused mailboxes) gets a letter to print instead, and is named.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: NoticeOptions, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/warn.ts')).notify(context, 'warn', domains, options),
    ),
  )

program
  .command('provision')
  .summary('make domain, mailboxes, aliases and forwards on mailcow')
  .description(
    'Makes domain, mailboxes, aliases and forwards on mailcow, staged: mail still goes to the old server.',
  )
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove provision example.at --dry-run', 'mailmove provision example.at'],
      guarantees: [
        'Every object was read back and equals the plan; a second run changes nothing.',
        'Each initial password is sealed in the ledger before its mailbox exists.',
        'What users or others made on mailcow is never changed or deleted.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: MailboxOptions, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/provision.ts')).provision(context, domains, options.mailbox),
    ),
  )

program
  .command('copy')
  .summary('copy all mail, as often as you like')
  .description('Copies all mail from the old server to the new one, as often as you like.')
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove copy example.at', 'mailmove copy example.at --mailbox anna@example.at'],
      guarantees: [
        'Every message is there once, byte for byte, with flags and dates; or it is',
        'named with the reason why not. The old server is only read.',
        'It may be stopped or killed at any instant; the next run goes on from there.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: MailboxOptions, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/copy.ts')).copy(context, domains, options.mailbox),
    ),
  )

program
  .command('verify')
  .summary('compare both servers, message by message')
  .description(
    'Compares both servers, message by message and by content, without believing what copy remembers.',
  )
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove verify example.at'],
      guarantees: [
        'Both servers were read again and every message compared by its content.',
        'Only reads. The result is kept as evidence for the cut-over.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: MailboxOptions, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/verify.ts')).verify(context, domains, options.mailbox),
    ),
  )

program
  .command('export')
  .summary("write users' Sieve filters and address books to files")
  .description(
    "Writes users' Sieve filters to files, as they were and as mailcow takes them, and Roundcube's address books where old.addressBooks names its database; a folder for each mailbox.",
  )
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .option('--out <dir>', 'where the files go (default: exports in workDir)')
  .addHelpText(
    'after',
    helpText({
      examples: [
        'mailmove export example.at',
        'mailmove export example.at --mailbox anna@example.at --out ./export',
        'mailmove export example.at --dry-run',
      ],
      guarantees: [
        'Scripts are kept byte for byte; what mailcow gets was compiled there first.',
        'A second run writes only what has changed. What is gone on the old server',
        'stays in the export, marked. With filters: install the active script is put',
        'on mailcow too, with importContacts: true the contacts are put into SOGo; what',
        'users made, changed or deleted there is never touched.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: MailboxOptions & { readonly out?: string }, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/export.ts')).exportCommand(context, domains, options),
    ),
  )

program
  .command('cutover')
  .summary("move a domain's mail flow to mailcow, in the order that loses nothing")
  .description(
    "Moves a domain's mail flow to mailcow: mailcow final, the old server a relay, the last mail copied and compared, hand-over mails, MX.",
  )
  .argument('<domain...>', 'the domains')
  .option('--prepare', 'days before: only DKIM, SPF and short TTLs')
  .option('--refresh', 'afterwards: only the list of recipients that the old server knows')
  .option('--unwarned', 'without a warning beforehand, or with one of your own')
  .option('--old-server-done', 'with old.relay kind manual: the old server has been changed')
  .addHelpText(
    'after',
    helpText({
      examples: [
        'mailmove cutover example.at --dry-run',
        'mailmove cutover example.at --prepare',
        'mailmove cutover example.at',
      ],
      guarantees: [
        'At every moment at least one of the two servers delivers the mail, and never',
        'do both hand it on. Each step looks first and is on record; stopped or killed',
        'anywhere, the same command goes on. What waits (exit 3) waits in a safe state.',
      ],
      exitCodes: [0, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: CutoverArguments, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/cutover.ts')).cutover(context, domains, options),
    ),
  )

program
  .command('announce')
  .summary('put the hand-over mail into the old mailboxes')
  .description(
    "Puts the hand-over mail (initial password, settings, the user's own filters and contacts) into each old mailbox. The cut-over does it; alone it works once the last delta is verified.",
  )
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .option('--again', 'tell once more what was told already, or is in doubt')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove announce example.at', 'mailmove announce example.at --mailbox anna@example.at'],
      guarantees: [
        'It goes past every forward and filter, into the old mailbox, once, and is',
        'never copied to mailcow. Passwords are opened only for their mail.',
        'While mail can still arrive on the old server it sends nothing (exit code 3).',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: NoticeOptions, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/warn.ts')).notify(context, 'announce', domains, options),
    ),
  )

const password = program
  .command('password')
  .summary('give a mailbox a new initial password')
  .description('Initial passwords of mailboxes that mailmove made.')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove password reset anna@example.at'],
      guarantees: ['Passwords are shown to nobody but the user of the mailbox.'],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )

password
  .command('reset')
  .summary('set a new initial password and mail it')
  .description(
    'Sets a new initial password on mailcow, which its user has to change, and puts it into the old mailbox.',
  )
  .argument('<address>', 'the mailbox')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove password reset anna@example.at'],
      guarantees: [
        'The password is sealed before it is set, read back, and shown to nobody but',
        'its user. A mailbox that mailmove did not make is never given one.',
        'Killed at any instant and run again, it goes on with the same password.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((address: string, _options: object, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/password-reset.ts')).passwordReset(context, address),
    ),
  )

const notices = program
  .command('notices')
  .summary('look at the notices before they are sent')
  .description(
    'Notices to users and contacts: look through them, send one as a test, write the information page.',
  )
  .addHelpText(
    'after',
    helpText({
      examples: [
        'mailmove notices preview example.at --kind hand-over',
        'mailmove notices send-test admin@iteg.example --kind hand-over',
        'mailmove notices site --out ./umzug',
      ],
      guarantees: ['None of them tells a user anything, and none opens a password.'],
      exitCodes: [0, 2, 4, 130],
    }),
  )

notices
  .command('preview')
  .summary("render every recipient's mail into a local folder")
  .description("Renders every recipient's mail into a local folder with an index. Sends nothing.")
  .argument('<domain>', 'the domain')
  .requiredOption('--kind <kind>', 'pre-warning, hand-over, reminder, quota, ...')
  .option('--out <dir>', 'where the files go (default: previews in workDir)')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove notices preview example.at --kind hand-over'],
      guarantees: ['Passwords are masked, and none is opened. Only you can read the files.'],
      exitCodes: [0, 2, 4, 130],
    }),
  )
  .action((domain: string, options: { kind: string; out?: string }, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/notices.ts')).preview(context, domain, options),
    ),
  )

notices
  .command('send-test')
  .summary('send one notice about an invented firm')
  .description('Sends one notice about an invented firm, through notify.smtp.')
  .argument('<address>', 'where it goes')
  .requiredOption('--kind <kind>', 'pre-warning, hand-over, reminder, quota, ...')
  .option('--language <language>', 'de, en, or one of your own templates (default: de)')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove notices send-test admin@iteg.example --kind hand-over'],
      guarantees: ['Nothing of a real mailbox is in it, and nothing is recorded.'],
      exitCodes: [0, 2, 4, 130],
    }),
  )
  .action((address: string, options: { kind: string; language?: string }, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/notices.ts')).sendTest(context, address, options),
    ),
  )

notices
  .command('site')
  .summary('write the information page')
  .description('Writes the static information page, German and English, into a folder for your web server.')
  .requiredOption('--out <dir>', 'where the files go')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove notices site --out ./umzug'],
      guarantees: [
        'It names only domains with publish: true.',
        'It holds no secret, and loads nothing from elsewhere.',
      ],
      exitCodes: [0, 2, 130],
    }),
  )
  .action((options: { out: string }, command: Command) =>
    execute(command, async (context) => (await import('./commands/notices.ts')).site(context, options)),
  )

program
  .command('migrate')
  .summary('run the stages in their order, to the next gate')
  .description(
    'Runs all stages of domains in their order, several domains at once, each to its next gate, and says what it waits for and until when.',
  )
  .argument('<domain...>', 'the domains')
  .option('--until <stage>', 'the last stage to run (default: catchup)')
  .option('--yes', 'cut over without being asked')
  .addHelpText(
    'after',
    helpText({
      examples: [
        'mailmove migrate example.at example.org',
        'mailmove migrate example.at --until export',
        'mailmove migrate example.at --yes',
      ],
      guarantees: [
        'No domain is cut over before its users had the promised days, before old TTLs',
        'are over, outside the allowed hours, or before somebody said yes.',
        'Run again it goes on. A domain that stops does not stop the others.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: MigrateArguments, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/migrate.ts')).migrate(context, domains, options),
    ),
  )

program
  .command('catchup')
  .summary('add late mail to the new mailboxes, daily after the cut-over')
  .description(
    'After the cut-over: adds late mail, and what old clients still save in old mailboxes, to the new ones.',
  )
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove catchup example.at'],
      guarantees: [
        'Only adds, and nothing twice. What users moved, read or deleted in their new',
        'mailboxes stays as they left it. It says itself when nothing comes any more.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: MailboxOptions, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/catchup.ts')).catchup(context, domains, options.mailbox),
    ),
  )

program
  .command('adopt')
  .summary('who is really on the new server; reminders')
  .description(
    'Shows who has a password of his own, who logs in where, and who is still on the old server. With --remind those who have none are reminded; then their contact is told.',
  )
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .option('--remind', 'send the reminders that are due (notify.reminders), each once')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove adopt example.at', 'mailmove adopt example.at --remind --dry-run'],
      guarantees: [
        'Nobody logs in to find out. Each reminder goes into the old mailbox, once.',
        'Once a user has a password of his own, the initial one is removed from the',
        'ledger, and its letters.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: AdoptArguments, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/adopt.ts')).adopt(context, domains, options),
    ),
  )

program
  .command('log')
  .summary('every write to the outside world: when, who, what, outcome')
  .description(
    'Lists every write to the outside world, and the runs that made them: time, operator, intent, outcome. Without a domain: all.',
  )
  .argument('[domain...]', 'the domains; all when none is named')
  .option('--since <time>', 'a day (2026-11-24), a time, or how long ago (7d)')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove log example.at --since 7d', 'mailmove log --json > log.json'],
      guarantees: [
        'The intent was on the disk before the write was made. Nothing can be taken out',
        'of the log or changed in it; it holds no passwords and no subjects.',
      ],
      exitCodes: [0, 2, 130],
    }),
  )
  .action((domains: string[], options: { readonly since?: string }, command: Command) =>
    execute(command, async (context) => (await import('./commands/log.ts')).log(context, domains, options)),
  )

program
  .command('forget')
  .summary('remove what is kept of a domain, after retentionDays')
  .description(
    'Removes exports, messages set aside, letters, previews and sealed passwords of a domain, retentionDays after its cut-over.',
  )
  .argument('<domain>', 'the domain')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove forget example.at --dry-run', 'mailmove forget example.at'],
      guarantees: [
        'Before its time it removes nothing (exit code 3) and names the day; neither',
        'while a message set aside waits for a decision. The ledger keeps its facts.',
      ],
      exitCodes: [0, 2, 3, 130],
    }),
  )
  .action((domain: string, _options: object, command: Command) =>
    execute(command, async (context) => (await import('./commands/forget.ts')).forget(context, domain)),
  )

program
  .command('archive')
  .summary('save each old mailbox as a compressed tar, before the old server goes')
  .description(
    'Writes each old mailbox into a file: a Maildir in a compressed tar, with a manifest of content hashes, folders, flags and dates.',
  )
  .argument('<domain...>', 'the domains')
  .addOption(mailboxOption())
  .option('--out <dir>', 'where the files go (default: archive in workDir)')
  .option('--again', 'also those that are complete, for what has come since')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove archive example.at', 'mailmove archive example.at --out /backup/mail'],
      guarantees: [
        'The old server is only read. A file is there when it is complete; what is',
        'complete is not read again. Only you can read it. Mails of mailmove are left',
        'out.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: ArchiveArguments, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/archive.ts')).archive(context, domains, options),
    ),
  )

program
  .command('restore')
  .summary('put an archive back into a mailbox')
  .description('Puts the mail of an archive into a mailbox on the new server, the old one or any other.')
  .argument('<archive>', 'a file that mailmove archive wrote')
  .requiredOption('--to <address>', 'the mailbox')
  .option('--old', 'on the old server, through its master user')
  .option('--server <url>', 'on another server: imaps://host[:port], or imap:// with STARTTLS')
  .option('--login <user>', 'with --server: the login (default: the address)')
  .option('--password <reference>', "with --server: '${NAME}' or file:PATH, never the password itself")
  .option('--ca <file>', "with --server: the certificate (PEM) that signs the server's")
  .addHelpText(
    'after',
    helpText({
      examples: [
        'mailmove restore anna@example.at.tar.gz --to anna@example.at',
        "mailmove restore a.tar.gz --to a@b.at --server imaps://b.at --password '${PW}'",
      ],
      guarantees: [
        'The archive is checked as a whole before anything is written; a damaged or',
        'changed one is refused. Only adds: what is there with the same content in the',
        'same folder is not added again. Everything is read again afterwards.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((archive: string, options: RestoreArguments, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/restore.ts')).restore(context, archive, options),
    ),
  )
program
  .command('retire')
  .summary('may the old server be switched off? yes or no, with the evidence')
  .description(
    'Looks whether the old server may be switched off: a month since the last cut-over, nobody logs in, nothing is delivered, all verified, archives there and tried.',
  )
  .option('--finish', 'after a yes: take away what was there for the move only')
  .option('--archives <dir>', 'where mailmove archive wrote to (default: archive in workDir)')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove retire', 'mailmove retire --finish --dry-run'],
      guarantees: [
        'Everything is looked at anew; what cannot be looked at is a no (exit 3).',
        '--finish removes forwarding hosts, app passwords, the old part of SPF and',
        'DKIM, and the relay, each read back; after a no it does nothing.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((options: RetireArguments, command: Command) =>
    execute(command, async (context) => (await import('./commands/retire.ts')).retire(context, options)),
  )

program
  .command('rollback')
  .summary('take back what can be taken back, in reverse order')
  .description(
    'Before the cut-over: removes what was made on mailcow. After it: the old server delivers again, mail that came to mailcow is copied back, and users are told.',
  )
  .argument('<domain...>', 'the domains')
  .option('--old-server-done', 'with old.relay kind manual: the old server has been changed back')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove rollback example.at --dry-run', 'mailmove rollback example.at'],
      guarantees: [
        'At every moment at least one of the two servers delivers the mail. Nothing',
        'that mailmove did not make is removed, and no mailbox that its user knows of.',
      ],
      exitCodes: [0, 2, 3, 4, 130],
    }),
  )
  .action((domains: string[], options: RollbackArguments, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/rollback.ts')).rollback(context, domains, options),
    ),
  )

program
  .command('explain')
  .summary('where a message is, or why it was not copied')
  .description(
    'Looks for a message in the mailboxes of a domain on both servers, and says where it is, when it was copied, or why not.',
  )
  .argument('<domain>', 'the domain')
  .argument('<query>', 'a Message-ID in <>, an address, or a part of the subject')
  .addOption(mailboxOption())
  .addHelpText(
    'after',
    helpText({
      examples: [
        'mailmove explain example.at "Invoice 4711"',
        'mailmove explain example.at "<20260101.1@example.at>"',
        'mailmove explain example.at friend@elsewhere.example --mailbox anna@example.at',
      ],
      guarantees: [
        'Only reads; no message becomes read by it, and no content is shown.',
        'Found nowhere means: both servers were looked through, folder by folder.',
      ],
      exitCodes: [0, 1, 2, 3, 4, 130],
    }),
  )
  .action((domain: string, query: string, options: MailboxOptions, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/explain.ts')).explain(context, domain, query, options.mailbox),
    ),
  )

program
  .command('status')
  .summary('where everything stands, and what is next')
  .description(
    'Shows where every domain stands and the next action; of domains that are named, every mailbox.',
  )
  .argument('[domain...]', 'default: all that are known')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove status', 'mailmove status example.at --json'],
      guarantees: ['Asks no server and needs no password: it tells what the ledger holds.'],
      exitCodes: [0, 2],
    }),
  )
  .action((domains: string[], _options: object, command: Command) =>
    execute(command, async (context) => (await import('./commands/status.ts')).status(context, domains)),
  )

program
  .command('report')
  .summary('write the report for the customer')
  .description(
    'Writes one HTML file that a customer can read and print: what was moved, what was not and why, verified how.',
  )
  .argument('<domain>', 'the domain')
  .option('--language <language>', "de or en (default: the domain's)")
  .option('--out <file>', 'the HTML file (default: reports in workDir)')
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove report example.at', 'mailmove report example.at --language en --out report.html'],
      guarantees: [
        'Asks no server. It holds no secret and no subject of a message. The details',
        'lie beside it as JSON, and the report names their SHA-256.',
      ],
      exitCodes: [0, 2],
    }),
  )
  .action((domain: string, options: ReportArguments, command: Command) =>
    execute(command, async (context) =>
      (await import('./commands/report.ts')).report(context, domain, options),
    ),
  )

program
  .command('serve')
  .summary('show the status page in a browser')
  .description(
    'Shows where everything stands in a browser, live: all domains, what waits for whom, each with its mailboxes.',
  )
  .option('--port <port>', 'the port; 0 takes any free one', '7878')
  .option('--host <host>', 'the address to listen on', '127.0.0.1')
  .option('--token-file <file>', 'a file with the token (default: a new one is printed)')
  .addOption(
    new Option('--allow-host <name>', 'another name that the page is asked for under').argParser(collect),
  )
  .addHelpText(
    'after',
    helpText({
      examples: ['mailmove serve', 'mailmove serve --host 192.0.2.5 --token-file ./page-token'],
      guarantees: [
        'Only reads, and only the ledger; no secret is on it. From this machine only,',
        'unless --host says otherwise: then nobody sees it without the token.',
        'It runs until Ctrl-C.',
      ],
      exitCodes: [0, 2, 4],
    }),
  )
  .action((options: ServeArguments, command: Command) =>
    execute(command, async (context) => (await import('./commands/serve.ts')).serve(context, options)),
  )

process.exitCode = await start(program)
// Everything is closed by now. Should something still hold the process, it must not hold the user too.
setTimeout(() => process.exit(), 2000).unref()
