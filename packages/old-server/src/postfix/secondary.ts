import { OldServerError } from '../errors.ts'
import type { Runner } from '../runner/runner.ts'
import { readState, type PostfixState } from './postfix-state.ts'
import {
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
  const state = await readState(runner, directory, options.signal)
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
  return planPrimary(await readState(runner, directory, options.signal), domain)
}

/**
 * Writes what a plan says, has Postfix check it, and reloads it. At any instant in between the domain's mail is accepted: the
 * relay is valid before the local side goes. If Postfix refuses the outcome, all files are put back.
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
  if (plan.files.length === 0 && plan.parameters.length === 0) return false
  await assertUnchanged(runner, plan.files, options)
  await backUp(runner, plan, options)
  try {
    for (const file of plan.files)
      await writeTable(runner, plan.directory, { ...file, text: file.after }, options)
    for (const { name, after } of plan.parameters)
      await setParameter(runner, plan.directory, name, after, options)
    await must(runner, ['postfix', '-c', plan.directory, 'check'], options)
    await must(runner, ['postfix', '-c', plan.directory, 'reload'], options)
  } catch (error) {
    // Half a change must not stay because somebody pressed Ctrl-C either: this is not stopped by the signal.
    await putBack(runner, plan)
    throw error
  }
  // What waits for its next try finds its way at once; a failure here delays it, no more.
  await runner.run(['postqueue', '-c', plan.directory, '-f'], options)
  return true
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
  if (file.type !== undefined && file.type !== 'texthash')
    await must(runner, ['postmap', '-c', directory, `${file.type}:${file.path}`], options)
}

async function setParameter(
  runner: Runner,
  directory: string,
  name: string,
  value: string,
  options: SecondaryOptions,
): Promise<void> {
  await must(runner, ['postconf', '-c', directory, '-e', `${name} = ${value}`], options)
}

async function putBack(runner: Runner, plan: SecondaryPlan): Promise<void> {
  for (const { name, before } of plan.parameters) await setParameter(runner, plan.directory, name, before, {})
  for (const { path, type, before } of plan.files.toReversed())
    await writeTable(runner, plan.directory, { path, type, text: before ?? '' }, {})
  await runner.run(['postfix', '-c', plan.directory, 'reload'])
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
