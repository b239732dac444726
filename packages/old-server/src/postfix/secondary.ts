import { OldServerError } from '../errors.ts'
import type { Runner } from '../runner/runner.ts'
import { markFile, readState, type PostfixState } from './postfix-state.ts'
import {
  type ConcernedTable,
  type FileChange,
  opaqueTables,
  planPrimary,
  planSecondary,
  type SecondaryPlan,
  type SecondaryProblem,
  type SecondaryWanted,
} from './secondary-plan.ts'

export interface SecondaryOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads Postfix' configuration, and says what makes it a relay for a domain. Nothing is changed.
 * @throws {OldServerError} `postfix_unreadable`
 * @throws {RunnerError} when the machine cannot be reached
 */
export async function readSecondaryPlan(
  runner: Runner,
  directory: string,
  wanted: SecondaryWanted,
  options: SecondaryOptions = {},
): Promise<SecondaryPlan> {
  const state = await readState(runner, directory, wanted.domain, options.signal)
  const plan = planSecondary(state, wanted)
  const opaque = await askOpaque(runner, state, wanted, options)
  return { ...plan, problems: [...plan.problems, ...opaque] }
}

/** The way back of {@link readSecondaryPlan}: the server is final for the domain again, as it was. */
export async function readPrimaryPlan(
  runner: Runner,
  directory: string,
  domain: string,
  options: SecondaryOptions = {},
): Promise<SecondaryPlan> {
  return planPrimary(await readState(runner, directory, domain, options.signal), domain)
}

/**
 * Writes what a plan says, phase by phase; has Postfix check each, and reloads it. At any instant in between the domain's mail is
 * accepted. If Postfix refuses the outcome, all files are put back. A mark lies beside main.cf meanwhile: who is killed leaves it,
 * and the next plan begins from the beginning, tables and reloads included.
 * @returns whether anything was changed
 * @throws {OldServerError} `postfix_refuses`: a problem in the plan, somebody changed a file meanwhile, or Postfix says no
 * @throws {RunnerError}
 */
export async function applySecondary(
  runner: Runner,
  plan: SecondaryPlan,
  options: SecondaryOptions = {},
): Promise<boolean> {
  const [problem] = plan.problems
  if (problem !== undefined) throw new OldServerError('postfix_refuses', problem.message)
  if (isSecondaryDone(plan)) return false
  await assertUnchanged(runner, plan.files, options)
  await backUp(runner, plan, options)
  const mark = markFile(plan.directory, plan.domain)
  await runner.writeFile(mark, 'mailmove changes the domain; it takes this file away at the end.\n', options)
  try {
    await makeChange(runner, plan, options)
  } catch (error) {
    await putBack(runner, plan, mark, error)
    throw error
  }
  await must(runner, ['rm', '-f', '--', mark], options)
  // What waits for its next try finds its way at once; a failure here delays it, no more.
  await runner.run(['postqueue', '-c', plan.directory, '-f'], options)
  return true
}

/** Nothing is left to do. */
export function isSecondaryDone({
  files,
  parameters,
  unfinished,
}: Pick<SecondaryPlan, 'files' | 'parameters' | 'unfinished'>): boolean {
  return files.length === 0 && parameters.length === 0 && !unfinished
}

async function makeChange(runner: Runner, plan: SecondaryPlan, options: SecondaryOptions): Promise<void> {
  for (const phase of plan.phases) {
    const changes = plan.files.filter((file) => file.phase === phase)
    const known = plan.tables.filter(
      (table) => plan.unfinished && table.phase === phase && !changes.some(({ path }) => path === table.path),
    )
    const parameters = plan.parameters.filter((parameter) => parameter.phase === phase)
    for (const file of changes)
      await writeTable(runner, plan.directory, { ...file, text: file.after }, options)
    for (const table of known) await mapTable(runner, plan.directory, table, options)
    await setParameters(
      runner,
      plan.directory,
      parameters.map(({ name, after }) => ({ name, value: after })),
      options,
    )
    if (changes.length + parameters.length === 0 && !plan.unfinished) continue
    await must(runner, ['postfix', '-c', plan.directory, 'check'], options)
    await must(runner, ['postfix', '-c', plan.directory, 'reload'], options)
  }
}

async function askOpaque(
  runner: Runner,
  state: PostfixState,
  { domain, aliasDomains, recipients }: SecondaryWanted,
  { signal }: SecondaryOptions,
): Promise<readonly SecondaryProblem[]> {
  const names = [domain, ...aliasDomains]
  const keys = [
    ...names,
    ...names.map((name) => `@${name}`),
    ...recipients.filter((key) => !/[\s\p{Cc}]/u.test(key)),
  ]
  const problems: SecondaryProblem[] = []
  for (const { parameter, text } of opaqueTables(state)) {
    const asked = await runner.run(['postmap', '-c', state.parameters.directory, '-q', '-', text], {
      input: keys.map((key) => `${key}\n`).join(''),
      signal,
    })
    const [found] = asked.stdout.split('\n')
    if (found !== undefined && found !== '')
      problems.push({
        code: 'table-opaque',
        message: `${parameter} on ${runner.where} looks ${domain} up in ${text}, which is not a file to edit (it says: ${found.slice(0, 200)}).`,
      })
  }
  return problems
}

async function assertUnchanged(
  runner: Runner,
  files: readonly FileChange[],
  options: SecondaryOptions,
): Promise<void> {
  for (const { path, before } of files)
    if ((await runner.readFile(path, options)) !== before)
      throw new OldServerError(
        'postfix_refuses',
        `${path} was changed since it was read; nothing was done, try again.`,
      )
}

/** Beside each file, once per domain: what was there before us. */
async function backUp(
  runner: Runner,
  { files, domain }: SecondaryPlan,
  options: SecondaryOptions,
): Promise<void> {
  for (const { path, before } of files) {
    const copy = `${path}.before-mailmove-${domain}`
    if (before !== undefined && (await runner.readFile(copy, options)) === undefined)
      await runner.writeFile(copy, before, options)
  }
}

async function writeTable(
  runner: Runner,
  directory: string,
  file: Pick<FileChange, 'path' | 'type'> & { readonly text: string },
  options: SecondaryOptions,
): Promise<void> {
  await runner.writeFile(file.path, file.text, options)
  await mapTable(runner, directory, file, options)
}

/** From its source into the format in which Postfix asks it. */
async function mapTable(
  runner: Runner,
  directory: string,
  { type, path }: Pick<ConcernedTable, 'path' | 'type'>,
  options: SecondaryOptions,
): Promise<void> {
  if (type !== undefined && type !== 'texthash')
    await must(runner, ['postmap', '-c', directory, `${type}:${path}`], options)
}

/** All at once: postconf replaces main.cf by another. */
async function setParameters(
  runner: Runner,
  directory: string,
  parameters: readonly { readonly name: string; readonly value: string }[],
  options: SecondaryOptions,
): Promise<void> {
  if (parameters.length === 0) return
  const settings = parameters.map(({ name, value }) => `${name} = ${value}`)
  await must(runner, ['postconf', '-c', directory, '-e', ...settings], options)
}

/** In the reverse order, and not stopped by a signal: half a change must not stay because somebody pressed Ctrl-C. */
async function putBack(runner: Runner, plan: SecondaryPlan, mark: string, reason: unknown): Promise<void> {
  try {
    for (const phase of plan.phases.toReversed()) {
      const parameters = plan.parameters.filter((parameter) => parameter.phase === phase)
      await setParameters(
        runner,
        plan.directory,
        parameters.map(({ name, before }) => ({ name, value: before })),
        {},
      )
      for (const { path, type, before } of plan.files.filter((file) => file.phase === phase).toReversed())
        await writeTable(runner, plan.directory, { path, type, text: before ?? '' }, {})
      await runner.run(['postfix', '-c', plan.directory, 'reload'])
    }
    await must(runner, ['rm', '-f', '--', mark], {})
  } catch (error) {
    throw new OldServerError(
      'postfix_refuses',
      `${messageOf(reason)}; and what was changed could not be put back (${messageOf(error)}): run it again`,
      { cause: reason },
    )
  }
}

async function must(
  runner: Runner,
  argv: readonly [string, ...string[]],
  { signal }: SecondaryOptions,
): Promise<void> {
  const { code, stdout, stderr } = await runner.run(argv, { signal })
  if (code === 0) return
  const said = (stderr.trim() || stdout.trim())
    .split('\n')[0]
    ?.replaceAll(/\p{Cc}/gu, '')
    .slice(0, 300)
  throw new OldServerError(
    'postfix_refuses',
    `${argv[0]} on ${runner.where} ended with ${code}: ${said || 'no reason given'}`,
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
