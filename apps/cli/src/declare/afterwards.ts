import type { Command } from 'commander'
import type { ArchiveArguments } from '../commands/archive.ts'
import type { RestoreArguments } from '../commands/restore.ts'
import type { RetireArguments } from '../commands/retire.ts'
import type { AdoptArguments } from '../commands/adopt.ts'
import type { MigrateArguments } from '../commands/migrate.ts'
import type { RollbackArguments } from '../commands/rollback.ts'
import { helpText } from '../help.ts'
import type { Runner } from '../run.ts'
import { mailboxOption, type MailboxOptions } from './options.ts'

/** All stages in one, and what comes after the cut-over. */
export function declareAfterwards(program: Command, execute: Runner['execute']): void {
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
        (await import('../commands/migrate.ts')).migrate(context, domains, options),
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
        (await import('../commands/catchup.ts')).catchup(context, domains, options.mailbox),
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
        (await import('../commands/adopt.ts')).adopt(context, domains, options),
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
      execute(command, async (context) =>
        (await import('../commands/log.ts')).log(context, domains, options),
      ),
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
      execute(command, async (context) => (await import('../commands/forget.ts')).forget(context, domain)),
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
        (await import('../commands/archive.ts')).archive(context, domains, options),
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
        (await import('../commands/restore.ts')).restore(context, archive, options),
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
      execute(command, async (context) => (await import('../commands/retire.ts')).retire(context, options)),
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
        (await import('../commands/rollback.ts')).rollback(context, domains, options),
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
        (await import('../commands/explain.ts')).explain(context, domain, query, options.mailbox),
      ),
    )
}
