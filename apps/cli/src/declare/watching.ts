import { type Command, Option } from 'commander'
import type { ReportArguments } from '../commands/report.ts'
import type { ServeArguments } from '../commands/serve.ts'
import { helpText } from '../help.ts'
import type { Runner } from '../run.ts'
import { collect } from './options.ts'

/** Where everything stands. */
export function declareWatching(program: Command, execute: Runner['execute']): void {
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
      execute(command, async (context) => (await import('../commands/status.ts')).status(context, domains)),
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
        examples: [
          'mailmove report example.at',
          'mailmove report example.at --language en --out report.html',
        ],
        guarantees: [
          'Asks no server. It holds no secret and no subject of a message. The details',
          'lie beside it as JSON, and the report names their SHA-256.',
        ],
        exitCodes: [0, 2],
      }),
    )
    .action((domain: string, options: ReportArguments, command: Command) =>
      execute(command, async (context) =>
        (await import('../commands/report.ts')).report(context, domain, options),
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
      execute(command, async (context) => (await import('../commands/serve.ts')).serve(context, options)),
    )
}
