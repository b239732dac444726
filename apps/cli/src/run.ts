import process from 'node:process'
import { type Command, CommanderError, type OutputConfiguration } from 'commander'
import type { CommandContext, CommandResult, GlobalOptions } from './context.ts'
import { explain, type Failure } from './errors.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { listenForInterrupts } from './interrupts.ts'
import { asTyped, type Invocation, repeatCommand } from './invocation.ts'
import { lineLogger } from './logger.ts'
import type { RenderStyle } from './render/style.ts'
import type { Paint } from './ui/paint.ts'
import { openTerminal, type Terminal } from './ui/terminal.ts'
import { visibleLines } from './ui/text.ts'

/** The program as it was started. */
export interface Start {
  readonly args: readonly string[]
  readonly invocation: Invocation
  /** Ends the process at once, for the second Ctrl-C. */
  readonly stopNow: () => void
}

type Work = (context: CommandContext) => Promise<CommandResult>

export interface Runner {
  /** For the action of a command: gives it what it works with, prints what it hands back. */
  readonly execute: (command: Command, work: Work) => Promise<void>
  /** Reads the command line, runs what it names and says how it ended; never rejects. */
  readonly start: (program: Command) => Promise<ExitCode>
  /** For an error that nobody was there to catch: tells of it like of any other. */
  readonly fail: (error: unknown) => Promise<ExitCode>
  /** For commander: help and version as a JSON document too where one was asked for; errors are `start`'s business. */
  readonly output: OutputConfiguration
}

const defaultConfig = 'mailmove.yaml'

/** Everything between the command line and the commands: errors, signals, printing, exit codes. */
export function createRunner({ args, invocation, stopNow }: Start): Runner {
  let exitCode: ExitCode = exitCodes.done

  const execute = async (command: Command, work: Work) => {
    const options = command.optsWithGlobals<GlobalOptions>()
    const terminal = terminalFor(options)
    const style = styleFor(options, terminal, terminal.paint, invocation)
    const logger = lineLogger(options.verbose === true ? (line) => terminal.note(line) : () => undefined)
    using interrupts = listenForInterrupts({
      onFirst: () =>
        terminal.note('Stopping: what is in hand is finished and saved. Ctrl-C again stops at once.'),
      onSecond: stopNow,
    })
    const { signal } = interrupts
    const print = printer(options, terminal, style, invocation)
    try {
      const configFile = options.config ?? defaultConfig
      const result = await work({ options, configFile, env: process.env, signal, terminal, style, logger })
      exitCode = print.result(result)
      if (!signal.aborted || exitCode === exitCodes.done) return
      exitCode = exitCodes.interrupted
      terminal.note(`${explain(signal.reason).message} Go on with: ${repeatCommand(invocation, args)}`)
    } catch (error) {
      // Whatever is thrown after the request to stop comes from stopping.
      if (signal.aborted) logger.debug({ error }, 'ended by the interrupt')
      const failure = signal.aborted
        ? { ...explain(signal.reason), remedy: `Go on with: ${repeatCommand(invocation, args)}` }
        : explain(error)
      exitCode = await print.failure(failure)
    }
  }

  const start = async (program: Command) => {
    try {
      await program.parseAsync(args, { from: 'user' })
    } catch (error) {
      if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done
      // Without a command, commander has shown the help on stderr: that says it all.
      if (
        error instanceof CommanderError &&
        error.code === 'commander.help' &&
        roughOptions(args).json !== true
      )
        return exitCodes.usage
      return await say(error instanceof CommanderError ? usageFailure(error, program, args) : explain(error))
    }
    return exitCode
  }

  const say = (failure: Failure): Promise<ExitCode> => {
    const options = roughOptions(args)
    const terminal = terminalFor(options)
    const style = styleFor(options, terminal, terminal.paint, invocation)
    return printer(options, terminal, style, invocation).failure(failure)
  }
  const output: OutputConfiguration = {
    writeOut: (text) => {
      const terminal = terminalFor({})
      if (roughOptions(args).json === true) terminal.document({ schema: 'mailmove.text/1', text })
      else process.stdout.write(text)
    },
    outputError: () => undefined,
  }
  return { execute, start, fail: (error) => say(explain(error)), output }
}

function terminalFor(options: GlobalOptions): Terminal {
  const { stdout, stderr, env } = process
  return openTerminal({ stdout, stderr, env, quiet: options.quiet === true })
}

function styleFor(
  options: GlobalOptions,
  { width }: Terminal,
  paint: Paint,
  invocation: Invocation,
): RenderStyle {
  return {
    width,
    paint,
    verbose: options.verbose === true,
    typed: (text) => asTyped(text, invocation, options.config),
  }
}

function printer(options: GlobalOptions, terminal: Terminal, style: RenderStyle, invocation: Invocation) {
  return {
    result: (result: CommandResult): ExitCode => {
      const { document, exitCode, asked = false } = result
      if (options.json === true) terminal.document(document)
      // The text is made when it is asked for.
      else if (options.quiet !== true || asked || exitCode !== exitCodes.done) terminal.print(result.text)
      return exitCode
    },
    failure: async (failure: Failure): Promise<ExitCode> => {
      // Not before it is needed: the stages' code takes longer to load than `--help` to print.
      const rendering = await import('./render/failure.ts').catch(() => undefined)
      if (rendering === undefined) return bareFailure(failure, options, terminal)
      const { errorDocument, renderFailure } = rendering
      const { report } = failure
      if (options.json === true) terminal.document(errorDocument(failure))
      else if (report?.domains.some(({ outcome }) => outcome !== 'stopped' && outcome !== 'failed') === true)
        terminal.print(await (await import('./render/report.ts')).renderReport(report, style))
      const noteStyle = styleFor(options, terminal, terminal.notePaint, invocation)
      terminal.note(renderFailure(failure, noteStyle))
      return failure.exitCode
    },
  }
}

/** When not even the code that renders errors can be loaded: whatever is broken must not stay unsaid. */
function bareFailure(
  { code, message, remedy, exitCode, stack }: Failure,
  { json, verbose }: Pick<GlobalOptions, 'json' | 'verbose'>,
  terminal: Pick<Terminal, 'document' | 'note'>,
): ExitCode {
  if (json === true)
    terminal.document({ schema: 'mailmove.error/1', code, message, remedy: remedy ?? null, exitCode })
  const lines = [
    `error: ${message}`,
    ...(remedy === undefined ? [] : [`→ ${remedy}`]),
    ...(verbose === true && stack !== undefined ? [stack] : []),
  ]
  terminal.note(visibleLines(lines.join('\n')))
  return exitCode
}

/** The options that matter for an error, when the command line could not be read as a whole. */
function roughOptions(args: readonly string[]): GlobalOptions {
  const end = args.indexOf('--')
  const before = end === -1 ? args : args.slice(0, end)
  return { json: before.includes('--json'), verbose: before.includes('--verbose') }
}

function usageFailure(error: CommanderError, program: Command, args: readonly string[]): Failure {
  const command = program.commands.find((candidate) => args.includes(candidate.name()))
  const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  return {
    exitCode: exitCodes.usage,
    code: 'usage',
    message: error.code === 'commander.help' ? 'no command is named' : message,
    remedy: `mailmove ${command === undefined ? '' : `${command.name()} `}--help shows how it is used.`,
  }
}
