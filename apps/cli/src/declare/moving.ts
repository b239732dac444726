import type { Command } from 'commander'
import type { CutoverArguments } from '../commands/cutover.ts'
import { helpText } from '../help.ts'
import type { Runner } from '../run.ts'
import { mailboxOption, type MailboxOptions, type NoticeOptions } from './options.ts'

/** The stages that move a domain. */
export function declareMoving(program: Command, execute: Runner['execute']): void {
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
        (await import('../commands/warn.ts')).notify(context, 'warn', domains, options),
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
        (await import('../commands/provision.ts')).provision(context, domains, options.mailbox),
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
        (await import('../commands/copy.ts')).copy(context, domains, options.mailbox),
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
        (await import('../commands/verify.ts')).verify(context, domains, options.mailbox),
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
        (await import('../commands/export.ts')).exportCommand(context, domains, options),
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
        (await import('../commands/cutover.ts')).cutover(context, domains, options),
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
        (await import('../commands/warn.ts')).notify(context, 'announce', domains, options),
      ),
    )
}
