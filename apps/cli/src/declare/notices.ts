import type { Command } from 'commander'
import { helpText } from '../help.ts'
import type { Runner } from '../run.ts'

/** Passwords and notices, beside the stages that send them. */
export function declareNotices(program: Command, execute: Runner['execute']): void {
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
        (await import('../commands/password-reset.ts')).passwordReset(context, address),
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
        (await import('../commands/notices.ts')).preview(context, domain, options),
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
        (await import('../commands/notices.ts')).sendTest(context, address, options),
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
      execute(command, async (context) => (await import('../commands/notices.ts')).site(context, options)),
    )
}
