import type { Runner } from '../runner/runner.ts'
import { type PostfixParameters, readParameters } from './parameters.ts'

/** Postfix' configuration and the sources of its tables, as they are. */
export interface PostfixState {
  readonly parameters: PostfixParameters
  /** Source of each table and list of names, by path. One that does not exist is not in it. */
  readonly sources: ReadonlyMap<string, string>
  /** There is a mark that a change of the domain was begun. */
  readonly unfinished: boolean
}

/** Lies beside main.cf while a domain's change is made: who dies in the middle leaves it, and the next one makes everything again. */
export function markFile(directory: string, domain: string): string {
  return `${directory}/mailmove_unfinished_${domain}`
}

/** Reads only. */
export async function readState(
  runner: Runner,
  directory: string,
  domain: string,
  signal?: AbortSignal,
): Promise<PostfixState> {
  const parameters = await readParameters(runner, directory, signal)
  const paths = Object.values(parameters.lists)
    .flat()
    .flatMap((entry) => (entry.kind === 'table' || entry.kind === 'file' ? [entry.path] : []))
  const own = Object.values(ownTables(parameters)).map(({ path }) => path)
  const sources = new Map<string, string>()
  for (const path of new Set([...paths, ...own])) {
    const source = await runner.readFile(path, { signal })
    if (source !== undefined) sources.set(path, source)
  }
  const mark = await runner.readFile(markFile(parameters.directory, domain), { signal })
  return { parameters, sources, unfinished: mark !== undefined }
}

/** Tables of our own, for parameters that name none that we could write to. */
export function ownTables({
  directory,
  defaultDatabaseType: type,
}: PostfixParameters): Readonly<
  Record<
    'relay_domains' | 'relay_recipient_maps' | 'transport_maps',
    { readonly type: string; readonly path: string }
  >
> {
  const table = (name: string): { readonly type: string; readonly path: string } => ({
    type,
    path: `${directory}/mailmove_${name}`,
  })
  return {
    relay_domains: table('relay_domains'),
    relay_recipient_maps: table('relay_recipients'),
    transport_maps: table('transport'),
  }
}
