import type { Logger } from '@iteg/migration'
import type { ExitCode } from './exit-codes.ts'
import type { RenderStyle } from './render/style.ts'
import type { Terminal } from './ui/terminal.ts'

/** The options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly config?: string
  readonly json?: boolean
  readonly dryRun?: boolean
  readonly verbose?: boolean
  readonly quiet?: boolean
}

/** What a command gets to work with. */
export interface CommandContext {
  readonly options: GlobalOptions
  /** As the user named it, or the default; relative to where the user stands. */
  readonly configFile: string
  readonly env: NodeJS.ProcessEnv
  /** Aborts at the first Ctrl-C: finish what is in hand, save, end. */
  readonly signal: AbortSignal
  readonly terminal: Terminal
  readonly style: RenderStyle
  readonly logger: Logger
}

/** What a command hands back; printing it and ending the process is not its business. */
export interface CommandResult {
  /** For `--json`. */
  readonly document: { readonly schema: string }
  /** For people. */
  readonly text: string
  readonly exitCode: ExitCode
  /** The text is what was asked for, so `--quiet` does not hide it. */
  readonly asked?: boolean
}
