import type { Command } from 'commander'
import type { InitOptions } from '../init/answers.ts'
import { helpText } from '../help.ts'
import type { Runner } from '../run.ts'
import { mailboxOption, type MailboxOptions } from './options.ts'

/** What is done before anything is moved, in the order of the help. */
export function declareBefore(program: Command, execute: Runner['execute']): void {
  program
    .command('init')
    .summary('ask a few questions, write mailmove.yaml and the key')
    .description(
      'Asks a few questions and writes a commented mailmove.yaml and the key that seals passwords.',
    )
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
      execute(command, async (context) => (await import('../commands/init.ts')).init(context, options)),
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
      execute(command, async (context) => (await import('../commands/check.ts')).check(context)),
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
        (await import('../commands/survey.ts')).survey(context, domains, options.mailbox),
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
      (
        domain: string,
        code: string,
        item: string | undefined,
        options: { reason: string },
        command: Command,
      ) =>
        execute(command, async (context) =>
          (await import('../commands/accept.ts')).accept(context, {
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
      execute(command, async (context) => (await import('../commands/plan.ts')).plan(context, domain)),
    )
}
