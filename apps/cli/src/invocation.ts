import { commandNames } from './command-names.ts'
import path from 'node:path'

/** How the user started us, so that what we tell them to type next works where they stand. */
export interface Invocation {
  /** `mailmove`, or what stands for it in a clone. */
  readonly program: string
  /** Where the user stood: relative paths start there. */
  readonly directory: string
}

/**
 * In a clone, `npm run mailmove` moves to the clone's root before it starts us; INIT_CWD says where the user
 * stood. Any other npm script that happens to call us has chosen its directory itself.
 */
export function detectInvocation(env: NodeJS.ProcessEnv, directory: string): Invocation {
  const { npm_lifecycle_event: script, npm_package_json: manifest, INIT_CWD: stood } = env
  if (script !== 'mailmove' || manifest === undefined || stood === undefined)
    return { program: 'mailmove', directory }
  const root = path.dirname(manifest)
  const prefix = path.resolve(stood) === root ? '' : `--prefix ${shellQuote(root)} `
  return { program: `npm ${prefix}run -s mailmove --`, directory: stood }
}

/** An argument as a POSIX shell takes it; left alone when it needs no quotes. */
function shellQuote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`
}

/** The command line that repeats this run. */
export function repeatCommand({ program }: Invocation, args: readonly string[]): string {
  return [program, ...args.map(shellQuote)].join(' ')
}

const ourCommands = new RegExp(String.raw`\bmailmove (?=(?:${commandNames.join('|')})\b)`, 'g')

/**
 * Command lines in the library's texts (`mailmove copy example.at`) as they must be typed here: with the clone's
 * prefix and the same `--config`.
 */
export function asTyped(text: string, { program }: Invocation, config: string | undefined): string {
  const option = config === undefined ? '' : `--config ${shellQuote(config)} `
  return text.replace(ourCommands, () => `${program} ${option}`)
}
